"""RL presets: named effects that the host keeps. Source: spec scenes, section 7.2."""

from __future__ import annotations

from pydantic import Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import EffectFlags, EffectParameters


class RlPreset(FrozenModel):
    """`id` is never reused and is what RotorHazard bindings hold; `key` survives a rename."""

    id: int = Field(ge=0, strict=True)
    key: str = Field(pattern=r"^[a-z0-9_]+$", max_length=64)
    label: str = Field(min_length=1, max_length=64)
    created: str = ""
    updated: str = ""
    params: EffectParameters = EffectParameters()
    flags: EffectFlags = EffectFlags()
