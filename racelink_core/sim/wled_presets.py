"""What a segment looks like, and the presets that every simulated node holds: one look per slot, always the same."""

from __future__ import annotations

from colorsys import hsv_to_rgb
from dataclasses import dataclass

from racelink_core.protocol.control import Rgb

FIRST_SLOT, LAST_SLOT = 1, 250
_EFFECTS = 187


@dataclass(frozen=True, slots=True)
class Look:
    """A segment's fields, named as in CONTROL. The first colour is the boot colour, WLED's orange."""

    mode: int = 0
    speed: int = 128
    intensity: int = 128
    custom1: int = 128
    custom2: int = 128
    custom3: int = 16
    check1: bool = False
    check2: bool = False
    check3: bool = False
    palette: int = 0
    color1: Rgb = (255, 160, 0)
    color2: Rgb = (0, 0, 0)
    color3: Rgb = (0, 0, 0)


def preset_look(slot: int) -> Look | None:
    """The look stored in a slot; None outside 1..250, where nothing can be stored."""
    if not FIRST_SLOT <= slot <= LAST_SLOT:
        return None
    red, green, blue = hsv_to_rgb((slot * 47 % 360) / 360, 1.0, 1.0)
    return Look(
        mode=slot % _EFFECTS,
        speed=slot * 7 % 256,
        intensity=slot * 13 % 256,
        palette=slot % 50,
        color1=(round(red * 255), round(green * 255), round(blue * 255)),
    )
