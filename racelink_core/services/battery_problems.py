"""Batteries that run low, said to an operator."""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.problems import Problem
from racelink_core.state.readings import Readings

_NAMED = 5


def battery_problems(snapshot: Snapshot, readings: Readings) -> Iterable[Problem]:
    """At most one, which names the weakest."""
    devices = snapshot.devices
    weak = [
        (reading.voltage_mv, devices[mac].name)
        for mac, reading in readings.all().items()
        if reading.warns_of_battery and mac in devices
    ]
    if weak:
        named = ", ".join(f"{name} ({voltage_mv / 1000:.1f} V)" for voltage_mv, name in sorted(weak)[:_NAMED])
        more = f" and {len(weak) - _NAMED} more" if len(weak) > _NAMED else ""
        yield Problem("battery_low", f"Low battery: {named}{more}. Charge or change it before the next race.")
