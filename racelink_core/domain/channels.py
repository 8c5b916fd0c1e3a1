"""The channel tables of the two regions. Region and channel never travel on the wire.

Source: spec wire, section 15.2.
"""

from __future__ import annotations

from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile

Region = Literal["EU868", "US915"]
MIN_SEPARATION_HZ = 500_000
"""Two networks that run side by side keep this distance, or differ in sync word."""


class Channel(FrozenModel):
    id: int
    name: str
    profile: RadioProfile


_NAMES = ("Default", "Alt-1", "Alt-2", "Alt-3", "High")
_FREQUENCIES_HZ: dict[Region, tuple[int, ...]] = {
    "EU868": (867_700_000, 868_200_000, 868_700_000, 869_200_000, 869_700_000),
    "US915": (904_300_000, 905_300_000, 906_300_000, 907_300_000, 908_300_000),
}


def channels(region: Region) -> tuple[Channel, ...]:
    return tuple(
        Channel(id=number, name=name, profile=DEFAULT_PROFILE.model_copy(update={"freq_hz": freq_hz}))
        for number, (name, freq_hz) in enumerate(zip(_NAMES, _FREQUENCIES_HZ[region], strict=True), 1)
    )


def find_channel(profile: RadioProfile) -> tuple[Region, int] | None:
    """The region and channel whose seven values all match, or None for a custom profile."""
    for region in _FREQUENCIES_HZ:
        for channel in channels(region):
            if channel.profile == profile:
                return region, channel.id
    return None
