"""How long one packet occupies the channel. Source: spec gateway-and-node-model, section B1."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from racelink_core.domain.radio_profile import RadioProfile

_LOW_RATE_SYMBOL_MS = 16


@lru_cache(maxsize=1024)
def time_on_air_ms(packet_bytes: int, profile: RadioProfile) -> float:
    """Milliseconds on air. `packet_bytes` counts the 7-byte header and the body, without USB framing.

    CRC on, explicit header. Check: 12 bytes at SF7/125 kHz take 41.2 ms.
    """
    symbol_ms = (1 << profile.sf) * 10 / profile.bw_khz_x10
    bits = 8 * packet_bytes - 4 * profile.sf + 16
    if profile.sf >= 7:
        slow = 2 if symbol_ms >= _LOW_RATE_SYMBOL_MS else 0
        overhead_symbols, bits, per_block = 4.25, bits + 28, 4 * (profile.sf - slow)
    else:
        overhead_symbols, bits, per_block = 6.25, bits + 20, 4 * profile.sf
    payload_symbols = ceil(max(bits, 0) / per_block) * profile.cr_den
    return (profile.preamble + overhead_symbols + 8 + payload_symbols) * symbol_ms
