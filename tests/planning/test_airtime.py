"""Time on air against the table of the behavioural model, B1."""

from __future__ import annotations

import pytest

from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.planning.airtime import time_on_air_ms

SF7_BW250 = DEFAULT_PROFILE.model_copy(update={"bw_khz_x10": 2500})
SF9_BW125 = DEFAULT_PROFILE.model_copy(update={"sf": 9})
SF12_BW125 = DEFAULT_PROFILE.model_copy(update={"sf": 12})
SF5_BW125 = DEFAULT_PROFILE.model_copy(update={"sf": 5})


@pytest.mark.parametrize(
    ("packet_bytes", "sf7_ms", "sf7_wide_ms", "sf9_ms", "sf12_ms"),
    [
        (8, 36.10, 18.05, 123.9, 991.2),
        (9, 41.22, 20.61, 144.4, 991.2),
        (10, 41.22, 20.61, 144.4, 991.2),
        (11, 41.22, 20.61, 144.4, 1155.1),
        (12, 41.22, 20.61, 144.4, 1155.1),
        (13, 46.34, 23.17, 164.9, 1155.1),
        (14, 46.34, 23.17, 164.9, 1155.1),
        (15, 46.34, 23.17, 164.9, 1155.1),
        (16, 51.46, 25.73, 164.9, 1318.9),
        (19, 51.46, 25.73, 185.3, 1318.9),
        (28, 66.82, 33.41, 226.3, 1646.6),
        (64, 118.02, 59.01, 390.1, 2793.5),
    ],
)
def test_a_packet_takes_the_time_of_the_table(
    packet_bytes: int, sf7_ms: float, sf7_wide_ms: float, sf9_ms: float, sf12_ms: float
) -> None:
    assert time_on_air_ms(packet_bytes, DEFAULT_PROFILE) == pytest.approx(sf7_ms, abs=0.006)
    assert time_on_air_ms(packet_bytes, SF7_BW250) == pytest.approx(sf7_wide_ms, abs=0.006)
    assert time_on_air_ms(packet_bytes, SF9_BW125) == pytest.approx(sf9_ms, abs=0.06)
    assert time_on_air_ms(packet_bytes, SF12_BW125) == pytest.approx(sf12_ms, abs=0.06)


def test_the_two_fastest_settings_have_a_longer_preamble() -> None:
    # 8 + 6.25 + 8 symbols, and ceil((80 + 16 - 20 + 20) / 20) blocks of 5, of 0.256 ms each.
    assert time_on_air_ms(10, SF5_BW125) == pytest.approx((22.25 + 25) * 0.256)


def test_a_stronger_coding_rate_takes_longer() -> None:
    assert time_on_air_ms(12, DEFAULT_PROFILE.model_copy(update={"cr_den": 8})) > time_on_air_ms(12, DEFAULT_PROFILE)
