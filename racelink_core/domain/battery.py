"""When a battery counts as low. Source: spec services, 15.3."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.settings import Settings

_ONE_CELL_BELOW_MV = 5_000
_ONE_CELL_WARN_MV = 3_400
"""The rule of the spec knows two and six cells. Below 5 V it is one: two would have been dead long before."""
_REPORTS_TO_WARN = 2
"""A lamp that flashes pulls its voltage down for a moment; one low report is none."""
_HYSTERESIS_MV = 100


@dataclass(frozen=True, slots=True)
class Battery:
    """`low_reports`: how many low ones came in a row."""

    is_low: bool = False
    low_reports: int = 0

    def after(self, voltage_mv: int, settings: Settings) -> Battery:
        """What holds after one more report. 0 V says that the node cannot measure, and changes nothing."""
        if not voltage_mv:
            return self
        warn_mv = warn_below_mv(voltage_mv, settings)
        if self.is_low:
            return self if voltage_mv < warn_mv + _HYSTERESIS_MV else Battery()
        if voltage_mv >= warn_mv:
            return Battery()
        return Battery(self.low_reports + 1 >= _REPORTS_TO_WARN, self.low_reports + 1)


def warn_below_mv(voltage_mv: int, settings: Settings) -> int:
    """The limit for a battery of this voltage: one, two or six cells."""
    if voltage_mv < _ONE_CELL_BELOW_MV:
        return _ONE_CELL_WARN_MV
    is_two_cells = voltage_mv < settings.battery_split_v * 1000
    return round((settings.battery_warn_2s_v if is_two_cells else settings.battery_warn_6s_v) * 1000)
