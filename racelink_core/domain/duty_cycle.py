"""How much of an hour a transmitter may be on air. Region and channel decide; nobody measures it but us."""

from __future__ import annotations

from racelink_core.domain.network import Network

WINDOW_S = 3600.0
_EUROPE_HZ = (863_000_000, 870_000_000)
_EUROPEAN_BANDS: tuple[tuple[int, int, float], ...] = (
    (865_000_000, 868_600_000, 1.0),
    (868_700_000, 869_200_000, 0.1),
    (869_400_000, 869_650_000, 10.0),
    (869_700_000, 870_000_000, 1.0),
)
"""From, to, percent of an hour; what lies between and beside them 0.1. Source: ERC Recommendation 70-03, annex 1. For
the channels of EU868 it gives what spec services, 10 names: 1 % on 1, 2 and 5, 0.1 % on 3 and 4."""


def duty_cycle_percent(freq_hz: int) -> float | None:
    """Percent of an hour; None outside of Europe's band, where there is no such limit."""
    first, last = _EUROPE_HZ
    if not first <= freq_hz <= last:
        return None
    return next((percent for start, end, percent in _EUROPEAN_BANDS if start <= freq_hz <= end), 0.1)


def limit_of(network: Network) -> float | None:
    """Percent of an hour; None: no limit, or no radio."""
    return None if network.profile is None else duty_cycle_percent(network.profile.freq_hz)
