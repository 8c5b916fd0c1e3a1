"""Telling one node its group: an acknowledged SET_GROUP, then the priming that keeps SYNC from dimming it.

Source: spec services, section 7; spec wire, section 20; design, section 6, "Lamps".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.domain.timings import Timings
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.inquiry import Question
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import ack_from
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import Control, SetGroup
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import Ack
from racelink_core.services.armed_nodes import ArmedNodes
from racelink_core.services.asking import inquiry_of
from racelink_core.services.presence import Presence
from racelink_core.services.tasks import TaskHandle
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_KEEP_BRIGHTNESS = PacketFlags.POWER_ON | PacketFlags.HAS_BRI


class Push(Enum):
    """How telling one node ended."""

    CONFIRMED = "confirmed"
    SILENT = "silent"
    """It did not answer, or refused."""
    NOT_SENT = "not_sent"
    """The gateway is gone or did not send; the node itself did nothing wrong."""


class Membership:
    def __init__(
        self,
        *,
        store: Store,
        lane_of: Callable[[str], Lane],
        presence: Presence,
        armed: ArmedNodes,
        clock: Clock,
        timings: Timings,
    ) -> None:
        self._store, self._lane_of, self._presence, self._armed = store, lane_of, presence, armed
        self._clock, self._timings = clock, timings

    def push(self, device: Device, priority: Priority, *, prime: bool, request_name: str = "SET_GROUP") -> Push:
        """Sends the stored group and waits for the acknowledgement; never inside a transaction.

        prime         follow with an empty CONTROL, for nodes that are new or have restarted
        request_name  what the device's row says when it stays silent
        A group that is no longer the stored one when the lane is free is not sent: NOT_SENT. Raises NoGateway.
        """
        network_id = network_of(device, self._store.snapshot)
        if network_id is None:
            return Push.NOT_SENT
        lane = self._lane_of(network_id)
        replies = lane.request(
            RadioPacket(device.radio_address, SetGroup(device.group_id)),
            lambda: ack_from(device.mac, Opcode.SET_GROUP),
            priority,
            attempts=self._timings.unicast_attempts,
            attempt_s=self._timings.unicast_attempt_s,
            may_ask=lambda: self._is_stored(device),
        )
        if not replies.events:
            if replies.is_disturbed or replies.detail is not None or replies.reason != "no_reply":
                return Push.NOT_SENT
            self._presence.silent(device.mac, request_name)
            return Push.SILENT
        if not _is_confirmed(replies.events[-1]):
            return Push.SILENT
        if prime:
            self.prime(device, priority)
        return Push.CONFIRMED

    def tell_all(
        self,
        devices: Sequence[Device],
        priority: Priority,
        task: TaskHandle,
        confirmed: Callable[[Sequence[Device]], object],
        *,
        rounds: int,
    ) -> None:
        """Sends each its stored group, several at a time. All are on one network; never inside a transaction.

        confirmed  called with those that acknowledged since it was called last, on this greenlet
        Who stays silent is judged by nobody: `push` is for that. Raises NoGateway, LaneFull or RadioForbidden.
        """
        network_id = network_of(devices[0], self._store.snapshot) if devices else None
        if network_id is None:
            return
        news: list[Device] = []

        def question(device: Device) -> Question:
            def heard(event: GatewayEvent) -> None:
                if _is_confirmed(event):
                    news.append(device)

            return Question(
                RadioPacket(device.radio_address, SetGroup(device.group_id)),
                lambda: ack_from(device.mac, Opcode.SET_GROUP, heard),
                may_ask=lambda: self._is_stored(device),
            )

        def hand_on() -> None:
            fresh, news[:] = tuple(news), []
            if fresh:
                confirmed(fresh)

        inquiry = inquiry_of(task, self._lane_of(network_id), priority, hand_on)
        try:
            inquiry.run([question(device) for device in devices], rounds)
        finally:
            hand_on()

    def _is_stored(self, device: Device) -> bool:
        """Whether this is still its group: it may have been moved, and told so, while the lane was busy."""
        stored = self._store.snapshot.devices.get(device.mac)
        return stored is not None and stored.group_id == device.group_id

    def doubt(self, device: Device) -> None:
        """Stores that the node still has to confirm this group, so that whatever it says next starts another try."""
        with self._store.transaction() as draft:
            stored = draft.devices.get(device.mac)
            if stored is not None and stored.group_id == device.group_id and not stored.group_push_pending:
                draft.devices[device.mac] = stored.model_copy(update={"group_push_pending": True})

    def confirm(self, macs: Iterable[Mac], group_ids: dict[Mac, GroupId]) -> None:
        """Stores that these nodes hold their groups; one that was moved meanwhile stays pending."""
        with self._store.transaction() as draft:
            for mac in macs:
                device = draft.devices.get(mac)
                if device is not None and device.group_push_pending and device.group_id == group_ids.get(mac):
                    draft.devices[mac] = device.model_copy(update={"group_push_pending": False})

    def prime(self, device: Device, priority: Priority) -> None:
        """From then on no SYNC changes its brightness. An armed node would be disarmed by it, and so is left alone.

        Nobody confirms it; a later STATUS shows whether it arrived. Raises NoGateway.
        """
        network_id = network_of(device, self._store.snapshot)
        if network_id is None:
            return
        groups = (device.group_id, UNCONFIGURED)
        if self._armed.may_be_armed(network_id, device.radio_address, groups, self._clock.monotonic()):
            _log.info("%s may be armed and is not primed now", device.name)
            return
        lane = self._lane_of(network_id)
        lane.send([RadioPacket(device.radio_address, Control(device.group_id, _KEEP_BRIGHTNESS))], priority)

    def prime_group(self, devices: Sequence[Device], priority: Priority) -> None:
        """As `prime`, with one packet for all: `devices` are all members of one group, and on one network.

        It is sent twice, as nobody confirms it. Raises NoGateway.
        """
        network_id = network_of(devices[0], self._store.snapshot) if devices else None
        if network_id is None:
            return
        group_id, now_s = devices[0].group_id, self._clock.monotonic()
        if any(
            self._armed.may_be_armed(network_id, device.radio_address, (group_id, UNCONFIGURED), now_s)
            for device in devices
        ):
            for device in devices:
                self.prime(device, priority)
            return
        packet = RadioPacket(BROADCAST, Control(group_id, _KEEP_BRIGHTNESS))
        self._lane_of(network_id).send([packet, packet], priority)


def _is_confirmed(event: GatewayEvent) -> bool:
    message = event.message
    return isinstance(message, Forwarded) and isinstance(message.reply, Ack) and message.reply.is_ok
