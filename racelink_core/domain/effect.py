"""The 14 values that make an effect, and the flags that travel with it.

Source: spec scenes, sections 6 and 7.1.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from racelink_core.domain.base import FrozenModel

Byte = Annotated[int, Field(ge=0, le=255, strict=True)]
Colour = tuple[Byte, Byte, Byte]


class EffectParameters(FrozenModel):
    """None means "not sent, the node keeps its value". Field order is the editor's order."""

    mode: Byte | None = None
    speed: Byte | None = None
    intensity: Byte | None = None
    custom1: Byte | None = None
    custom2: Byte | None = None
    custom3: Annotated[int, Field(ge=0, le=31, strict=True)] | None = None
    check1: bool | None = None
    check2: bool | None = None
    check3: bool | None = None
    palette: Byte | None = None
    color1: Colour | None = None
    color2: Colour | None = None
    color3: Colour | None = None
    brightness: Byte | None = None


class EffectFlags(FrozenModel):
    """The four flags an operator chooses; POWER_ON and HAS_BRI are derived (spec scenes, section 6)."""

    arm_on_sync: bool = False
    force_tt0: bool = False
    force_reapply: bool = False
    offset_mode: bool = False


class FlagsOverride(FrozenModel):
    """Flags that an action sets over those of its preset; None inherits."""

    arm_on_sync: bool | None = None
    force_tt0: bool | None = None
    force_reapply: bool | None = None
    offset_mode: bool | None = None

    def applied_to(self, flags: EffectFlags) -> EffectFlags:
        chosen = {name: value for name, value in self if value is not None}
        return flags.model_copy(update=chosen) if chosen else flags
