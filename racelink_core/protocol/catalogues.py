"""Scenes and indicators that nodes know by number. Unknown numbers are ignored by nodes.

Source: spec wire, section 14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.control import Rgb
from racelink_core.protocol.offset import Offset

STROBE_EFFECT = 23


@dataclass(frozen=True, slots=True)
class HeadlessScene:
    """`mode`, `speed`, `intensity`, `color` None = the node keeps its own; `offset` None = none."""

    name: str
    mode: int = 0
    speed: int | None = None
    intensity: int | None = None
    color: Rgb | None = None
    offset: Offset | None = None
    is_dark: bool = False
    """Brightness is forced to 0, whatever the packet says."""
    restores_boot: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A strobe (effect 23) over what is shown. `is_recent`: older nodes do not know it."""

    name: str
    speed: int
    intensity: int
    color: Rgb
    brightness: int
    is_recent: bool = False


HEADLESS_SCENES: Mapping[int, HeadlessScene] = MappingProxyType(
    {
        0: HeadlessScene(
            "Offset Breathe", 3, 128, 128, (255, 255, 255), Offset(255, OffsetMode.LINEAR, base_ms=0, step_ms=400)
        ),
        1: HeadlessScene("Solid Red", color=(255, 0, 0)),
        2: HeadlessScene("Solid Green", color=(0, 255, 0)),
        3: HeadlessScene("All Off", color=(0, 0, 0), is_dark=True),
        4: HeadlessScene("Restore Boot", restores_boot=True),
    }
)

INDICATORS: Mapping[int, Indicator] = MappingProxyType(
    {
        0: Indicator("Pair Confirmed", 235, 128, (0x00, 0xFF, 0xAA), 230),
        1: Indicator("Probe Rejected", 250, 128, (0xFF, 0x33, 0x00), 230),
        2: Indicator("Headless Enter", 245, 128, (0x00, 0xCC, 0xFF), 230),
        3: Indicator("Headless Exit", 245, 128, (0xFF, 0xAA, 0x00), 230),
        4: Indicator("Identify", 245, 128, (0xFF, 0x00, 0xCC), 230),
        5: Indicator("Pairing TX", 248, 96, (0x00, 0xFF, 0x40), 200),
        6: Indicator("AP Enabled", 245, 128, (0xCC, 0x33, 0xFF), 230, is_recent=True),
        7: Indicator("AP Disabled", 245, 128, (0xAA, 0x66, 0x33), 230, is_recent=True),
        8: Indicator("Action Locked", 250, 128, (0xFF, 0x66, 0x22), 230, is_recent=True),
    }
)
IDENTIFY_INDICATOR = 4
