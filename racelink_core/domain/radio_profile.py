"""The seven values that make two radios hear each other. Source: spec wire, section 15.1."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from racelink_core.domain.base import FrozenModel

BANDWIDTH_CODES = (78, 104, 156, 208, 313, 417, 625, 1250, 2500, 5000)


class RadioProfile(FrozenModel):
    """LoRa settings of a network. Ranges are what gateway and node accept (spec wire, 15.1)."""

    freq_hz: int = Field(ge=863_000_000, le=928_000_000, strict=True)
    bw_khz_x10: Literal[78, 104, 156, 208, 313, 417, 625, 1250, 2500, 5000]
    sf: int = Field(ge=5, le=12, strict=True)
    cr_den: int = Field(ge=5, le=8, strict=True)
    sync_word: int = Field(ge=0, le=255, strict=True)
    tx_power_dbm: int = Field(ge=-9, le=22, strict=True)
    preamble: int = Field(ge=6, le=65535, strict=True)


DEFAULT_PROFILE = RadioProfile(
    freq_hz=867_700_000, bw_khz_x10=1250, sf=7, cr_den=5, sync_word=0x12, tx_power_dbm=14, preamble=8
)
"""What gateways and nodes come with: EU868 channel 1."""
