"""What the rows derive from readings."""

from __future__ import annotations

import pytest

from racelink_core.web.rows import is_battery_low


@pytest.mark.parametrize(
    ("voltage_mv", "is_low"),
    [(0, False), (3_300, True), (4_000, False), (6_700, True), (6_800, False), (20_300, True), (24_000, False),
     (65_535, False)],
)  # fmt: skip
def test_a_battery_is_low_under_3_4_volts_per_cell(voltage_mv: int, is_low: bool) -> None:
    assert is_battery_low(voltage_mv) is is_low
