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
        now_s, stale_after_s = self._host.clock.unix(), self._host.timings.stale_after_s
        stale_before_s = now_s - stale_after_s
        known = self._rows
        rows: dict[Mac, _Row] = {}
        turns = Turns()
        for mac, device in devices.items():
            reading = readings.get(mac, NOTHING_HEARD)
            is_stale = 0 < reading.last_seen_s < stale_before_s
            row = known.get(mac)
            if row is None or row.device is not device or row.reading is not reading or row.is_stale is not is_stale:
                written = device_row(device, reading, now_unix_s=now_s, stale_after_s=stale_after_s)
                row = _Row(device, reading, is_stale, written.model_dump_json().encode())
                turns.give_way_if_long()
            rows[mac] = row
        self._rows = rows
        return b'{"ok":true,"devices":[' + b",".join([row.text for row in rows.values()]) + b"]}"
