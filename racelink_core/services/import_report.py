"""What an import took and what not, for the operator. Kept with the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.state.importers.findings import Finding, Kind

OnConflict = Literal["keep", "replace"]
Trigger = Literal["first_start", "request", "program"]
_NAMED = 10


class KindReport(FrozenModel):
    """One kind of record, by name.

    added     was not there
    replaced  was there, and the older record took its place
    kept      is there and differs; the older record was not taken
    same      is there already, just like that
    """

    kind: Kind
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    same: int = 0


class ImportReport(FrozenModel):
    """taken            per kind of record
    changed          what was taken, but not as it stood there
    left_out         what was not taken, with the reason
    changed_count, left_out_count   how many there are; only the first 300 are listed
    is_dry_run       nothing was changed
    utc              when, as in 2026-01-02T03:04:05Z
    backup           the file to go back to; None if nothing was changed, or there was nothing before
    undo             how to go back; None if nothing was changed
    """

    utc: str
    trigger: Trigger
    is_dry_run: bool
    on_conflict: OnConflict
    sources: tuple[str, ...]
    taken: tuple[KindReport, ...]
    changed: tuple[Finding, ...]
    changed_count: int
    left_out: tuple[Finding, ...]
    left_out_count: int
    backup: str | None = None
    undo: str | None = None

    @property
    def is_without_effect(self) -> bool:
        return not any(kind.added or kind.replaced for kind in self.taken)

    @property
    def summary(self) -> str:
        """One sentence or two."""
        counts = [f"{len(kind.added) + len(kind.replaced)} {_NAMES[kind.kind]}" for kind in self.taken if _took(kind)]
        took = f"Taken over from an older RaceLink: {', '.join(counts)}." if counts else "Nothing new was taken over."
        return f"{took} Left out: {self.left_out_count}." if self.left_out_count else took

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in sentences."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from (f"Read: {source}." for source in self.sources)
        for kind in self.taken:
            done = (("Added", kind.added), ("Replaced", kind.replaced), ("Kept as here", kind.kept))
            yield from (f"{what}: {len(names)} {_NAMES[kind.kind]} ({_shown(names)})." for what, names in done if names)
        if same := ", ".join(f"{kind.same} {_NAMES[kind.kind]}" for kind in self.taken if kind.same):
            yield f"Here just like that: {same}."
        yield from (f"Not taken: {each.what}: {each.reason}" for each in self.left_out)
        yield from (f"{each.what}: {each.reason}" for each in self.changed)
        hidden = self.left_out_count + self.changed_count - len(self.left_out) - len(self.changed)
        if hidden > 0:
            yield f"And {hidden} more remarks."
        if self.backup is not None:
            yield f"A backup of what was here before: {self.backup}"


_NAMES: dict[Kind, str] = {
    "network": "network(s)",
    "group": "group(s)",
    "device": "device(s)",
    "preset": "RL preset(s)",
    "scene": "scene(s)",
    "option": "setting(s)",
    "source": "source(s)",
    "wled_presets": "WLED preset file(s)",
}


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")


def _took(kind: KindReport) -> bool:
    return bool(kind.added or kind.replaced)
