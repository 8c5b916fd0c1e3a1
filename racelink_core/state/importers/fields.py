"""Single values of older records, read forgivingly: what does not fit is named, and the default holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from racelink_core.domain.whole_number import whole_number
from racelink_core.state.importers.findings import Findings, Kind, shown

Record = Mapping[str, Any]
NAME_LENGTH = 64


class FieldReader:
    """The values of one record. `what` is how the report calls it."""

    def __init__(self, record: Record, kind: Kind, what: str, findings: Findings) -> None:
        self.record, self._kind, self._what, self._findings = record, kind, what, findings
        self._read: set[str] = set()

    def whole(self, keys: str | Sequence[str], default: int, lowest: int, highest: int) -> int:
        """The first of the keys that holds a whole number in range; else the default, and the report says so."""
        names = (keys,) if isinstance(keys, str) else keys
        self._read.update(names)
        refused: list[str] = []
        for name in names:
            value = self.record.get(name)
            if value is None:
                continue
            number = whole_number(value)
            if number is not None and lowest <= number <= highest:
                return number
            refused.append(f"{name} is {shown(value)}")
        if refused:
            self.changed(f"{', '.join(refused)}: expected {lowest} to {highest}, taken as {default}")
        return default

    def real(self, key: str, default: float = 0.0) -> float:
        """A finite number, 0 or more."""
        self._read.add(key)
        value = self.record.get(key)
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 <= value < 1e12
            and math.isfinite(value)
        ):
            return float(value)
        return default

    def raw(self, key: str) -> Any:
        self._read.add(key)
        return self.record.get(key)

    def text(self, key: str) -> str:
        """Printable, trimmed, at most 64 characters; empty if there is none."""
        self._read.add(key)
        value = self.record.get(key)
        if not isinstance(value, str):
            return ""
        cleaned = "".join(character for character in value if character.isprintable()).strip()
        if len(cleaned) > NAME_LENGTH:
            self.changed(f"{key} was longer than {NAME_LENGTH} characters and is cut")
        return cleaned[:NAME_LENGTH].strip()

    def has(self, key: str) -> bool:
        return self.record.get(key) is not None

    def changed(self, reason: str) -> None:
        self._findings.change(self._kind, self._what, reason)

    def unknown(self, *also_known: str) -> dict[str, Any]:
        """What nobody asked for: kept beside the record."""
        return {key: value for key, value in self.record.items() if key not in self._read and key not in also_known}
