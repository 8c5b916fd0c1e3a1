"""What an import of a configuration did, or would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.configuration_document import TITLES, Mode, PartName
from racelink_core.state.importers.findings import Finding

_NAMED = 10


class PartReport(FrozenModel):
    """One part, by name of what is in it. `unchanged`: how many were here just like that."""

    part: PartName
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def has_effect(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class ConfigurationReport(FrozenModel):
    """racelink, exported  which version wrote the document, and when
    refused            what was not taken, with the reason
    remarks            what was taken, but not as it stood there, or needs a look
    ..._count          how many there are; only the first 300 are listed
    pending_devices    devices that have to confirm another group than before; nothing was sent to them
    backup             the file to go back to; None if nothing was changed, or there was nothing saved before
    undo               how to go back
    """

    is_dry_run: bool
    mode: Mode
    racelink: str
    exported: str
    parts: tuple[PartReport, ...]
    refused: tuple[Finding, ...]
    refused_count: int
    remarks: tuple[Finding, ...]
    remarks_count: int
    pending_devices: int
    backup: str | None = None
    undo: str | None = None

    @property
    def is_without_effect(self) -> bool:
        return not any(part.has_effect for part in self.parts)

    @property
    def removed_count(self) -> int:
        return sum(len(part.removed) for part in self.parts)

    @property
    def summary(self) -> str:
        """One sentence or two."""
        counts = [f"{TITLES[part.part]}: {_counts(part)}" for part in self.parts if part.has_effect]
        begun = "The import would do this." if self.is_dry_run else "Imported."
        text = f"{begun} {'; '.join(counts)}." if counts else "There is nothing to change: all of it is here already."
        return f"{text} Not taken: {self.refused_count}." if self.refused_count else text

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in sentences."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        for part in self.parts:
            yield from _sentences(part)
        if same := ", ".join(f"{TITLES[part.part]} {part.unchanged}" for part in self.parts if part.unchanged):
            yield f"Here just like that: {same}."
        yield from (f"Not taken: {each.what}: {each.reason}" for each in self.refused)
        yield from (f"{each.what}: {each.reason}" for each in self.remarks)
        hidden = self.refused_count + self.remarks_count - len(self.refused) - len(self.remarks)
        if hidden > 0:
            yield f"And {hidden} more remarks."
        if self.pending_devices:
            yield (
                f"Devices that have to confirm their group: {self.pending_devices}. An import sends nothing: use "
                "Re-sync groups when the lamps are switched on, or wait until they are heard."
            )
        if self.is_without_effect:
            yield "There is nothing to change: all of it is here already."
        elif self.backup is not None:
            yield f"A backup of what was here before: {self.backup}"


def _counts(part: PartReport) -> str:
    named = (("added", part.added), ("changed", part.changed), ("removed", part.removed))
    return ", ".join(f"{len(names)} {done}" for done, names in named if names)


def _sentences(part: PartReport) -> Iterator[str]:
    for done, names in (("added", part.added), ("changed", part.changed), ("removed", part.removed)):
        if names:
            yield f"{TITLES[part.part]} {done}: {len(names)} ({_shown(names)})."


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
