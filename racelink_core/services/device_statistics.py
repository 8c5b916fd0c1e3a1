"""How reliably each device answers, and how well it is heard; since the start of the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import GetDevices, GetStatus
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import Ack
from racelink_core.services.directory import Directory


@dataclass(slots=True)
class DeviceCount:
    """asked, replied  requests that a gateway sent to it, alone or among others, and those it answered
    heard           packets of it that a gateway of its network forwarded; signal as that gateway heard it
    """

    asked: int = 0
    replied: int = 0
    heard: int = 0
    rssi_dbm: int | None = None
    snr_db: int | None = None
    rssi_sum: int = 0
    snr_sum: int = 0
    open_opcode: int | None = None
    """Of the last request, until it is answered."""


class DeviceStatistics:
    """Fed by `Airtime` in the order of what happened."""

    def __init__(self) -> None:
        self._directory = Directory()
        self._counts: dict[Mac, DeviceCount] = {}

    def all(self) -> Mapping[Mac, DeviceCount]:
        return self._counts

    def asked(self, network_id: str, packet: RadioPacket, snapshot: Snapshot) -> None:
        if not packet.expects_reply:
            return
        for device in self._receivers(network_id, packet, snapshot):
            count = self._counts.setdefault(device.mac, DeviceCount())
            count.asked += 1
            count.open_opcode = packet.opcode

    def heard(self, network_id: str, message: Forwarded, snapshot: Snapshot) -> None:
        device = self._directory.find(network_id, message.sender, snapshot)
        if device is None or message.reply is None:
            return
        count = self._counts.setdefault(device.mac, DeviceCount())
        count.heard += 1
        count.rssi_dbm, count.snr_db = message.rssi_dbm, message.snr_db
        count.rssi_sum += message.rssi_dbm
        count.snr_sum += message.snr_db
        answers = message.reply.opcode if isinstance(message.reply, Ack) else message.opcode
        if count.open_opcode == answers:
            count.replied += 1
            count.open_opcode = None

    def _receivers(self, network_id: str, packet: RadioPacket, snapshot: Snapshot) -> Iterable[Device]:
        if not packet.receiver.is_broadcast:
            device = self._directory.find(network_id, packet.receiver, snapshot)
            return () if device is None else (device,)
        if not isinstance(packet.body, GetDevices | GetStatus):
            return ()
        group_id = packet.body.group_id
        return [
            device
            for device in snapshot.devices.values()
            if group_id in (ALL_GROUPS, device.group_id) and network_of(device, snapshot) == network_id
        ]
