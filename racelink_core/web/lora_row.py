"""The radio settings by which costs are counted. Source: spec http-api, 9.1; spec scenes, 16.2."""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.network import Network
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.planning.scene.estimate import OVERHEAD_MS

_TYPICAL_BYTES = 12
_LOW_RATE_SF, _LOW_RATE_BW_HZ = 11, 125_000


class LoraRow(FrozenModel):
    """`cr`: the denominator of the coding rate 4/5 to 4/8. `wire_overhead_ms_per_packet`: until it was measured."""

    sf: int
    bw_hz: int
    cr: int
    preamble_sym: int
    explicit_header: bool
    low_dr_opt: bool
    crc_on: bool
    wire_overhead_ms_per_packet: float


def lora_row(networks: Iterable[Network]) -> LoraRow:
    """Of the network whose packets take longest; the default profile if there is no radio network."""
    profiles = [network.profile for network in networks if network.profile is not None]
    slowest = max(profiles, key=lambda profile: time_on_air_ms(_TYPICAL_BYTES, profile), default=DEFAULT_PROFILE)
    bw_hz = slowest.bw_khz_x10 * 100
    return LoraRow(
        sf=slowest.sf,
        bw_hz=bw_hz,
        cr=slowest.cr_den,
        preamble_sym=slowest.preamble,
        explicit_header=True,
        low_dr_opt=slowest.sf >= _LOW_RATE_SF and bw_hz <= _LOW_RATE_BW_HZ,
        crc_on=True,
        wire_overhead_ms_per_packet=OVERHEAD_MS,
    )
