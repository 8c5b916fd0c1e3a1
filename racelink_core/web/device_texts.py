"""The device list as JSON, of which only what changed is written anew.

Fifty pages ask for it after every poll; a row costs twenty times as much to write as to look up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.reading import NOTHING_HEARD, Reading
from racelink_core.runtime.turns import Turns
from racelink_core.web.rows import device_row

if TYPE_CHECKING:
    from racelink_core.host import Host


@dataclass(frozen=True, slots=True)
class _Row:
    """Devices and readings are replaced, never changed: the same objects give the same text."""

    device: Device
    reading: Reading
    is_stale: bool
    text: bytes


class DeviceTexts:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._rows: dict[Mac, _Row] = {}

    def reply(self) -> bytes:
        """The whole answer, as `DevicesReply` describes it."""
        devices, readings = self._host.store.snapshot.devices, self._host.store.readings.all()
        rows: dict[Mac, _Row] = {}
        turns = Turns()
        for mac, device in devices.items():
            reading = readings.get(mac, NOTHING_HEARD)
            row = self._rows.get(mac)
            if row is None or not self._holds(row, device, reading):
                row = self._written(device, reading)
                turns.give_way_if_long()
            rows[mac] = row
        self._rows = rows
        return b'{"ok":true,"devices":[' + b",".join(row.text for row in rows.values()) + b"]}"

    def _holds(self, row: _Row, device: Device, reading: Reading) -> bool:
        return row.device is device and row.reading is reading and row.is_stale == self._is_stale(reading)

    def _is_stale(self, reading: Reading) -> bool:
        age_s = self._host.clock.unix() - reading.last_seen_s
        return reading.last_seen_s > 0 and age_s > self._host.timings.stale_after_s

    def _written(self, device: Device, reading: Reading) -> _Row:
        is_stale = self._is_stale(reading)
        row = device_row(
            device,
            reading,
            now_unix_s=self._host.clock.unix(),
            stale_after_s=self._host.timings.stale_after_s,
        )
        return _Row(device, reading, is_stale, row.model_dump_json().encode())
