"""Who is there and what it last said: every rule about online, offline and readings.

Source: spec services, section 4.
"""

from __future__ import annotations

from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.battery import Battery
from racelink_core.domain.clock import Clock
from racelink_core.domain.reading import Acknowledgement
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack, StatusReply
from racelink_core.state.store import Store


class Presence:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._batteries: dict[Mac, Battery] = {}

    def heard(self, mac: Mac, message: Forwarded, *, by_own_network: bool) -> None:
        """A node answered or announced itself. Heard by a foreign network's gateway it still is not online."""
        reply = message.reply
        now_s = self._clock.unix()
        changes: dict[str, Any] = {"host_rssi_dbm": message.rssi_dbm, "host_snr_db": message.snr_db}
        if by_own_network:
            changes |= {"online": True, "link_error": None, "last_seen_s": now_s}
        if isinstance(reply, StatusReply):
            changes |= {
                "flags": reply.flags,
                "config_byte": reply.config_byte,
                "effect_id": reply.effect_id,
                "brightness": reply.brightness,
                "voltage_mv": reply.voltage_mv,
                "battery_low": self._is_battery_low(mac, reply.voltage_mv),
                "node_rssi_dbm": reply.node_rssi_dbm,
                "node_snr_db": reply.node_snr_db,
            }
        elif isinstance(reply, Ack):
            changes["last_ack"] = Acknowledgement(ok=reply.is_ok, opcode=reply.opcode, status=reply.status, at_s=now_s)
        self._store.readings.update(mac, **changes)

    def silent(self, mac: Mac, request: str) -> None:
        """`request`: what it did not answer, e.g. "STATUS"."""
        self._store.readings.update(mac, online=False, link_error=f"Missing reply ({request})")

    def restarts(self, mac: Mac) -> None:
        """It was told to: nobody knows whether it heard that, before it is heard again."""
        self._store.readings.update(mac, online=False, link_error="Told to restart, not heard since")

    def _is_battery_low(self, mac: Mac, voltage_mv: int) -> bool:
        before = self._batteries.get(mac) or Battery(is_low=self._store.readings.of(mac).battery_low)
        self._batteries[mac] = battery = before.after(voltage_mv, self._store.snapshot.settings)
        return battery.is_low
