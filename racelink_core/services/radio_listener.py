"""Turns what gateways hear into readings, and starts what follows from it.

Source: spec services, sections 4 and 7.1.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.events import GatewayEvent
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.gateway_messages import Forwarded, GatewayState, StateChanged
from racelink_core.protocol.replies import Ack, IdentifyReply, StatusReply
from racelink_core.runtime.mailbox import Mailbox
from racelink_core.services.presence import Presence
from racelink_core.services.restore import Restore
from racelink_core.services.tasks import Tasks
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_MAX_WAITING = 1024


class RadioListener:
    """Called on the links' readers, works on a greenlet of its own.

    At most 1024 events wait; when there is no more room the newest is dropped and counted: readings are repeated
    with the next reply.
    """

    def __init__(self, store: Store, presence: Presence, restore: Restore, tasks: Tasks) -> None:
        self._store, self._presence, self._restore, self._tasks = store, presence, restore, tasks
        self._waiting: Mailbox[GatewayEvent] = Mailbox(_MAX_WAITING)
        self._directory = _Directory()
        self._thread: threading.Thread | None = None
        self.heard: Callable[[Device, Forwarded, bool], None] = lambda device, message, was_offline: None
        """Called for each reply of a device to its own network's gateway, once its reading is up to date."""
        self.dropped_events = 0

    def __call__(self, event: GatewayEvent) -> None:
        if isinstance(event.message, StateChanged):
            if event.message.state is GatewayState.RX_WINDOW:
                self._tasks.count_window()
            return
        if not isinstance(event.message, Forwarded) or event.message.reply is None or self._thread is None:
            return
        if not self._waiting.put(event):
            self.dropped_events += 1

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="rl-radio-listener", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Harmless twice; what already waits is still evaluated."""
        thread, self._thread = self._thread, None
        self._waiting.close()
        if thread is not None:
            thread.join(timeout_s)

    def _run(self) -> None:
        while (event := self._waiting.take()) is not None:
            try:
                self._handle(event)
            except Exception:  # noqa: BLE001 - the edge of a worker: one bad reply must not end it
                _log.exception("A reply heard by gateway %s was not evaluated", event.gateway)

    def _handle(self, event: GatewayEvent) -> None:
        message = event.message
        if not isinstance(message, Forwarded) or message.reply is None:
            return
        self._tasks.count_reply()
        snapshot = self._store.snapshot
        network_id = self._directory.network_served_by(event.gateway, snapshot)
        device = self._directory.find(message, network_id, snapshot)
        if device is None:
            return
        by_own_network = network_of(device, snapshot) == network_id
        was_offline = self._store.readings.of(device.mac).online is False
        self._presence.heard(device.mac, message, by_own_network=by_own_network)
        if by_own_network:
            self.heard(device, message, was_offline)
        if by_own_network and _has_lost_its_group(device, message, snapshot):
            self._restore.request(device.mac)
        elif by_own_network and _lacks_priming(message):
            self._restore.request(device.mac, prime_only=True)


def _has_lost_its_group(device: Device, message: Forwarded, snapshot: Snapshot) -> bool:
    """The host is the master of membership: whatever differs from the store is put right."""
    if isinstance(message.reply, IdentifyReply):
        is_known_group = device.group_id == UNCONFIGURED or device.group_id in snapshot.groups
        differs = message.reply.group_id != device.group_id
        return is_known_group and (differs or device.group_push_pending)
    # This ACK may be the very confirmation that a push is waiting for.
    is_confirmation = isinstance(message.reply, Ack) and message.reply.opcode == Opcode.SET_GROUP
    return device.group_push_pending and not is_confirmation


def _lacks_priming(message: Forwarded) -> bool:
    """Every CONTROL of ours carries HAS_BRI, so a node without it has never taken one (design, section 6)."""
    return isinstance(message.reply, StatusReply) and not message.reply.flags & PacketFlags.HAS_BRI


class _Directory:
    """Finds devices and networks by what travels on air; rebuilt when the snapshot is another one."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._by_address: dict[RadioAddress, list[Device]] = {}
        self._by_gateway: dict[Mac, str] = {}

    def network_served_by(self, gateway: Mac, snapshot: Snapshot) -> str | None:
        self._refresh(snapshot)
        return self._by_gateway.get(gateway)

    def find(self, message: Forwarded, network_id: str | None, snapshot: Snapshot) -> Device | None:
        """By MAC if the reply has it, else by address; of two with the same address the one on this network."""
        self._refresh(snapshot)
        if isinstance(message.reply, IdentifyReply) and message.reply.mac is not None:
            return snapshot.devices.get(message.reply.mac)
        candidates = self._by_address.get(message.sender, [])
        here = [device for device in candidates if device.network_id == network_id]
        return next(iter(here or candidates), None)

    def _refresh(self, snapshot: Snapshot) -> None:
        if snapshot is self._snapshot:
            return
        self._by_address = {}
        for device in snapshot.devices.values():
            self._by_address.setdefault(device.radio_address, []).append(device)
        self._by_gateway = {
            network.gateway_mac: network.id for network in snapshot.networks.values() if network.gateway_mac is not None
        }
        self._snapshot = snapshot
