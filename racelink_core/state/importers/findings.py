"""What an importer has to tell the operator: what was left out, and what was taken differently."""

from __future__ import annotations

from typing import Literal

from racelink_core.domain.base import FrozenModel

Kind = Literal[
    "source", "network", "group", "device", "preset", "scene", "wled_presets", "option", "seat", "race_binding"
]
_MOST = 300
_LONGEST, LONGEST_PLACE = 80, 250
"""Characters of what is shown; a place is a path or an address."""


class Finding(FrozenModel):
    """`what` names the record as the operator knows it; `reason` is a sentence."""

    kind: Kind
    what: str
    reason: str


class Findings:
    """Collects while importers read. It stops growing at 300 of each sort, and counts on."""

    def __init__(self, begun: Findings | None = None) -> None:
        """`begun`: those of an earlier step, which are not changed."""
        self._left_out: list[Finding] = [] if begun is None else [*begun.left_out]
        self._changed: list[Finding] = [] if begun is None else [*begun.changed]
        self.left_out_count: int = 0 if begun is None else begun.left_out_count
        self.changed_count: int = 0 if begun is None else begun.changed_count

    @property
    def left_out(self) -> tuple[Finding, ...]:
        return tuple(self._left_out)

    @property
    def changed(self) -> tuple[Finding, ...]:
        return tuple(self._changed)

    def leave_out(self, kind: Kind, what: object, reason: str) -> None:
        """Not taken."""
        self.left_out_count += 1
        if len(self._left_out) < _MOST:
            self._left_out.append(Finding(kind=kind, what=_named(kind, what), reason=reason))

    def change(self, kind: Kind, what: object, reason: str) -> None:
        """Taken, but not as it stood there."""
        self.changed_count += 1
        if len(self._changed) < _MOST:
            self._changed.append(Finding(kind=kind, what=_named(kind, what), reason=reason))


def shown(value: object, longest: int = _LONGEST) -> str:
    """Any value from a file as one short printable line."""
    if isinstance(value, int) and value.bit_length() > 64:
        return "a huge number"
    text = value if isinstance(value, str) else repr(value) if isinstance(value, int | float | None) else "a record"
    cut = text[: longest + 1]
    cleaned = "".join(character if character.isprintable() else " " for character in cut).strip()
    return cleaned if len(cleaned) <= longest else f"{cleaned[:longest]}…"


def _named(kind: Kind, what: object) -> str:
    return shown(what, LONGEST_PLACE if kind in ("source", "wled_presets") else _LONGEST)
