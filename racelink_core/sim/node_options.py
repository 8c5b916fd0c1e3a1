"""A node's stored options: what CONFIG writes and GET_CONFIG reads. Source: spec wire, section 12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from racelink_core.domain.node_options import NodeOption

STARTBLOCK_TYPES = frozenset({50, 51})


class _Property(NamedTuple):
    default: tuple[int, int, int, int]
    data_bytes: int


_PROPERTIES: Mapping[int, _Property] = {
    NodeOption.FRAME_RATE: _Property((75, 0, 0, 0), 1),
    NodeOption.SEGMENT_0: _Property((0, 0, 200, 0), 4),
    NodeOption.SEGMENT_1: _Property((0, 0, 0, 0), 4),
    NodeOption.CURRENT_LIMIT: _Property((0, 0, 0, 0), 2),
    NodeOption.BOOT_BRIGHTNESS: _Property((128, 0, 0, 0), 1),
    NodeOption.TRANSITION: _Property((700 & 0xFF, 700 >> 8, 0, 0), 2),
}
_SLOTS: Mapping[int, str] = {
    NodeOption.STARTBLOCK_SLOTS: "startblock_slots",
    NodeOption.STARTBLOCK_FIRST: "startblock_first_slot",
}


class NodeOptions:
    """Values as the 4 data bytes of CONFIG. They survive a restart."""

    def __init__(self, dev_type: int, specials: Mapping[str, Any]) -> None:
        self._values: dict[int, tuple[int, int, int, int]] = {
            option: one.default for option, one in _PROPERTIES.items()
        }
        if dev_type in STARTBLOCK_TYPES:
            for option, name in _SLOTS.items():
                self._values[option] = (_clamped_slot(int(specials.get(name, 1))), 0, 0, 0)

    @property
    def boot_brightness(self) -> int:
        return self._values[NodeOption.BOOT_BRIGHTNESS][0]

    @property
    def slots(self) -> range:
        """The startblock slots that this node shows; empty on other nodes."""
        if NodeOption.STARTBLOCK_FIRST not in self._values:
            return range(0)
        first = self._values[NodeOption.STARTBLOCK_FIRST][0]
        return range(first, first + self._values[NodeOption.STARTBLOCK_SLOTS][0])

    def read(self, option: int) -> tuple[int, int, int, int] | None:
        """None when the option cannot be read, or this node does not have it."""
        return self._values.get(option)

    def write(self, option: int, data: tuple[int, int, int, int]) -> bool:
        """Stores a property; False when it is none, or this node does not have it."""
        if option not in self._values:
            return False
        if option in _SLOTS:
            self._values[option] = (_clamped_slot(data[0]), 0, 0, 0)
            return True
        used = _PROPERTIES[option].data_bytes
        self._values[option] = (*data[:used], *(0,) * (4 - used))  # type: ignore[assignment]
        return True

    def reset(self) -> None:
        """Options 05 to 0A get their defaults; the startblock keeps its slots."""
        self._values.update((option, one.default) for option, one in _PROPERTIES.items())


def _clamped_slot(value: int) -> int:
    return min(max(value, 1), 8)
