"""Counts what an import does with the records of one kind."""

from __future__ import annotations

from racelink_core.services.import_report import KindReport
from racelink_core.state.importers.findings import Kind


class Tally:
    """Names of what was added, replaced and kept; `same`: how many were there just like that."""

    def __init__(self) -> None:
        self.added: list[str] = []
        self.replaced: list[str] = []
        self.kept: list[str] = []
        self.same = 0

    def report(self, kind: Kind) -> KindReport:
        return KindReport(
            kind=kind, added=tuple(self.added), replaced=tuple(self.replaced), kept=tuple(self.kept), same=self.same
        )
