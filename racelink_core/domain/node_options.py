"""The options that a node stores: numbers, ranges, and how a value becomes the 4 data bytes of CONFIG.

Source: spec wire, section 12; spec services, sections 8.1 and 8.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

from racelink_core.domain.device_type import Capability
from racelink_core.domain.errors import InvalidValue

Data = tuple[int, int, int, int]
"""data0 to data3 of CONFIG."""


class NodeOption(IntEnum):
    MAC_FILTER = 0x01
    CLEAR_MASTER = 0x02
    PERSIST_MASTER = 0x03
    ACCESS_POINT = 0x04
    FRAME_RATE = 0x05
    SEGMENT_0 = 0x06
    SEGMENT_1 = 0x07
    CURRENT_LIMIT = 0x08
    BOOT_BRIGHTNESS = 0x09
    TRANSITION = 0x0A
    RESET = 0x0F
    FORGET_MASTER = 0x80
    """Nodes acknowledge it and do nothing; what it stands for takes PERSIST_MASTER and CLEAR_MASTER."""
    REBOOT = 0x81
    STARTBLOCK_SLOTS = 0x8C
    STARTBLOCK_FIRST = 0x8D


class Segment(NamedTuple):
    """LEDs `start` up to, and without, `stop`. Equal: not configured."""

    start: int
    stop: int


PropertyValue = int | Segment


@dataclass(frozen=True, slots=True)
class NodeProperty:
    """One value that a node keeps over restarts, can be told and can be asked for.

    shape     uint16-pair: a Segment, stored under two flat keys, `<key>_start` and `<key>_stop`
    minimum, maximum   of the value, or of each half of a pair
    size      data bytes in use: 1, 2 or 4
    default   what a node has fresh from the factory or after "Reset to RaceLink defaults"; None: depends on its strip
    may_be_empty  a Segment with start = stop is allowed
    """

    key: str
    label: str
    option: NodeOption
    capability: Capability
    minimum: int
    maximum: int
    size: int
    default: int | None
    may_be_empty: bool = False

    @property
    def shape(self) -> Literal["scalar", "uint16-pair"]:
        return "uint16-pair" if self.size == 4 else "scalar"

    @property
    def flat_keys(self) -> tuple[str, ...]:
        """The keys in Device.specials."""
        return (f"{self.key}_start", f"{self.key}_stop") if self.shape == "uint16-pair" else (self.key,)

    def checked(self, value: PropertyValue) -> PropertyValue:
        """What an operator asks for. Raises InvalidValue."""
        value = self.reported(value)
        if isinstance(value, Segment) and value.stop <= value.start and not (self.may_be_empty and value == (0, 0)):
            unused = ", or 0 and 0 for no segment" if self.may_be_empty else ""
            raise InvalidValue("value", f"{self.label} must stop behind its start (start < stop{unused}), got {value}")
        return value

    def reported(self, value: PropertyValue) -> PropertyValue:
        """What a node said: in range and of the right shape, but its business otherwise. Raises InvalidValue."""
        if isinstance(value, Segment) is not (self.shape == "uint16-pair"):
            expected = "an object with start and stop" if self.shape == "uint16-pair" else "one whole number"
            raise InvalidValue("value", f"{self.label} takes {expected}")
        for number in self._numbers(value):
            if not self.minimum <= number <= self.maximum:
                raise InvalidValue(
                    "value", f"{self.label} takes {self.minimum} to {self.maximum}, got {_shortened(number)}"
                )
        return value

    def to_data(self, value: PropertyValue) -> Data:
        """For a checked value."""
        width = 1 if self.size == 1 else 2
        raw = b"".join(number.to_bytes(width, "little") for number in self._numbers(value)).ljust(4, b"\0")
        return (raw[0], raw[1], raw[2], raw[3])

    def from_data(self, data: Data) -> PropertyValue:
        raw = bytes(data)
        if self.shape == "uint16-pair":
            return Segment(int.from_bytes(raw[:2], "little"), int.from_bytes(raw[2:], "little"))
        return int.from_bytes(raw[: self.size], "little")

    def to_flat(self, value: PropertyValue) -> dict[str, int]:
        return dict(zip(self.flat_keys, self._numbers(value), strict=True))

    def stored_in(self, specials: Mapping[str, int]) -> PropertyValue | None:
        """None: nothing is stored, or it cannot be."""
        numbers = [specials.get(key) for key in self.flat_keys]
        if any(number is None or not self.minimum <= number <= self.maximum for number in numbers):
            return None
        known = [number for number in numbers if number is not None]
        return Segment(*known) if self.shape == "uint16-pair" else known[0]

    def expected_of(self, specials: Mapping[str, int]) -> PropertyValue | None:
        """The stored value; without one what a fresh node has. None: that depends on its strip."""
        stored = self.stored_in(specials)
        return self.default if stored is None else stored

    def _numbers(self, value: PropertyValue) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, Segment) else (value,)


def _shortened(number: int) -> str:
    """A number with thousands of digits is no use in a message."""
    text = f"{number:#x}" if number.bit_length() > 64 else str(number)
    return text if len(text) <= 24 else f"{text[:20]}…"


PROPERTIES: tuple[NodeProperty, ...] = (
    NodeProperty("wled_fps", "Target refresh rate (fps, 0 = unlimited)", NodeOption.FRAME_RATE, "WLED", 0, 250, 1, 75),
    NodeProperty(
        "wled_abl_ma", "Maximum current (mA, 0 = no limit)", NodeOption.CURRENT_LIMIT, "WLED", 0, 65_535, 2, 0
    ),
    NodeProperty("wled_bri", "Brightness after power-on", NodeOption.BOOT_BRIGHTNESS, "WLED", 0, 255, 1, 128),
    NodeProperty("wled_transition_ms", "Transition time (ms)", NodeOption.TRANSITION, "WLED", 0, 65_535, 2, 700),
    NodeProperty("wled_seg0", "Segment 0 (LEDs from, to)", NodeOption.SEGMENT_0, "WLED", 0, 65_535, 4, None),
    NodeProperty("wled_seg1", "Segment 1 (LEDs from, to)", NodeOption.SEGMENT_1, "WLED", 0, 65_535, 4, None, True),
    NodeProperty("startblock_slots", "Number of slots", NodeOption.STARTBLOCK_SLOTS, "STARTBLOCK", 1, 8, 1, 1),
    NodeProperty("startblock_first_slot", "First slot", NodeOption.STARTBLOCK_FIRST, "STARTBLOCK", 1, 8, 1, 1),
)
RESET_BY_NODE = tuple(each for each in PROPERTIES if each.option <= NodeOption.TRANSITION)
"""What option RESET puts back to its default; a startblock keeps its slots."""
