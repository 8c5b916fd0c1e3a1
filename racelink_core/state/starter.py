"""What a new installation starts with, so that a race can be bound to light at once."""

from __future__ import annotations

from racelink_core.domain.channels import channels
from racelink_core.domain.effect import Colour, EffectParameters
from racelink_core.domain.network import DEFAULT_NETWORK_ID, Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.snapshot import Snapshot

_SOLID, _BREATHE, _RAINBOW, _STROBE = 0, 2, 9, 23
_GREEN: Colour = (0, 255, 0)
_RED: Colour = (255, 0, 0)
_AMBER: Colour = (255, 120, 0)
_WHITE: Colour = (255, 255, 255)
_BLUE: Colour = (0, 60, 255)


def starter_content(utc: str) -> Snapshot:
    """One network on the channel that every gateway comes with, and presets for the usual moments of a race.

    `utc`: when it was created, as in 2026-01-02T03:04:05Z.
    """
    channel = channels("EU868")[0]
    network = Network(
        id=DEFAULT_NETWORK_ID, name="Default", region="EU868", channel_id=channel.id, profile=channel.profile
    )
    presets = [
        RlPreset(id=number, key=key, label=label, created=utc, updated=utc, params=params)
        for number, (key, label, params) in enumerate(
            (
                ("green_go", "Green go", _solid(_GREEN, 255)),
                ("red_stop", "Red stop", _solid(_RED, 255)),
                ("amber_caution", "Amber caution", _solid(_AMBER, 255)),
                ("white", "White", _solid(_WHITE, 200)),
                ("blue_breathe", "Blue breathe", _moving(_BREATHE, _BLUE, speed=128, brightness=180)),
                (
                    "rainbow",
                    "Rainbow",
                    EffectParameters(mode=_RAINBOW, speed=128, intensity=128, palette=0, brightness=180),
                ),
                ("finish_strobe", "Finish strobe", _moving(_STROBE, _WHITE, speed=200, brightness=255)),
                ("dim_idle", "Dim idle", _solid(_WHITE, 30)),
            ),
            1,
        )
    ]
    return Snapshot(networks={network.id: network}, presets={preset.id: preset for preset in presets})


def _solid(colour: Colour, brightness: int) -> EffectParameters:
    return EffectParameters(mode=_SOLID, palette=0, color1=colour, brightness=brightness)


def _moving(mode: int, colour: Colour, *, speed: int, brightness: int) -> EffectParameters:
    """The second colour is what the effect fades to or flashes against."""
    return EffectParameters(mode=mode, speed=speed, palette=0, color1=colour, color2=(0, 0, 0), brightness=brightness)
