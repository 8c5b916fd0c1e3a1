"""What an importer has to tell the operator: what was left out, and what was taken differently."""

from __future__ import annotations

from typing import Literal

from racelink_core.domain.base import FrozenModel

Kind = Literal["source", "network", "group", "device", "preset", "scene", "wled_presets", "option"]
_MOST = 300
_LONGEST = 80


class Finding(FrozenModel):
    """`what` names the record as the operator knows it; `reason` is a sentence."""

    kind: Kind
    what: str
    reason: str


class Findings:
    """Collects while importers read. It stops growing at 300 of each sort, and counts on."""

    def __init__(self) -> None:
        self._left_out: list[Finding] = []
        self._changed: list[Finding] = []
        self.left_out_count = 0
        self.changed_count = 0

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
            self._left_out.append(Finding(kind=kind, what=shown(what), reason=reason))

    def change(self, kind: Kind, what: object, reason: str) -> None:
        """Taken, but not as it stood there."""
        self.changed_count += 1
        if len(self._changed) < _MOST:
            self._changed.append(Finding(kind=kind, what=shown(what), reason=reason))


def shown(value: object) -> str:
    """Any value from a file as one short printable line."""
    if isinstance(value, int) and value.bit_length() > 64:
        return "a huge number"
    text = value if isinstance(value, str) else repr(value) if isinstance(value, int | float | None) else "a record"
    cut = text[: _LONGEST + 1]
    cleaned = "".join(character if character.isprintable() else " " for character in cut).strip()
    return cleaned if len(cleaned) <= _LONGEST else f"{cleaned[:_LONGEST]}…"
