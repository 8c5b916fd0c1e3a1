"""When a battery counts as low."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from racelink_core.domain.battery import Battery, warn_below_mv
from racelink_core.domain.settings import Settings

RULE = Settings()


def after(*reports_mv: int, settings: Settings = RULE) -> bool:
    battery = Battery()
    for voltage_mv in reports_mv:
        battery = battery.after(voltage_mv, settings)
    return battery.is_low


@pytest.mark.parametrize(
    ("voltage_mv", "limit_mv"),
    [(3_300, 3_400), (4_999, 3_400), (5_000, 6_800), (11_999, 6_800), (12_000, 20_400), (24_000, 20_400)],
)
def test_a_battery_has_one_two_or_six_cells(voltage_mv: int, limit_mv: int) -> None:
    assert warn_below_mv(voltage_mv, RULE) == limit_mv


@pytest.mark.parametrize(
    ("reports_mv", "is_low"),
    [
        ((6_700,), False),
        ((6_700, 6_700), True),
        ((6_700, 6_800, 6_700), False),
        ((6_700, 0, 6_700), True),
        ((0, 0, 0), False),
        ((6_700, 6_700, 6_899), True),
        ((6_700, 6_700, 6_900), False),
        ((6_700, 6_700, 6_900, 6_700), False),
        ((6_700, 6_700, 0), True),
        ((3_399, 3_399), True),
        ((3_400, 3_400), False),
        ((20_399, 20_399), True),
        ((65_535, 65_535), False),
    ],
)
def test_two_low_reports_in_a_row_raise_the_warning_and_a_tenth_of_a_volt_more_ends_it(
    reports_mv: tuple[int, ...], is_low: bool
) -> None:
    assert after(*reports_mv) is is_low


def test_the_limits_can_be_moved() -> None:
    strict = Settings(battery_warn_2s_v=7.4, battery_warn_6s_v=22.2, battery_split_v=9.0)
    assert after(7_300, 7_300, settings=strict)
    assert after(10_000, 10_000, settings=strict)
    assert not after(22_200, 22_200, settings=strict)


@pytest.mark.parametrize("values", [{"battery_warn_2s_v": 4.9}, {"battery_warn_6s_v": 25.3}, {"battery_split_v": 8.4}])
def test_a_limit_that_makes_no_sense_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)
