"""Which nodes may hold an armed effect: an unarmed CONTROL would disarm them.

Source: spec scenes, N6a; design, section 6. In memory only: after a restart of the host nothing counts as armed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import MAX_OFFSET_MS
from racelink_core.protocol.bodies import Control, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

_FIRED_BY_S = MAX_OFFSET_MS / 1000
"""A triggered effect with an offset still waits that long on the node, and can still be cancelled."""


@dataclass(frozen=True, slots=True)
class _Armed:
    receiver: RadioAddress
    group_id: int
    has_offset: bool
    until_s: float | None = None
    """None: no trigger yet."""


class ArmedNodes:
    """Follows the packets that left, per network."""

    def __init__(self) -> None:
        self._armed: dict[str, frozenset[_Armed]] = {}

    def sent(self, network_id: str, packet: RadioPacket, now_s: float) -> None:
        armed, body = self._armed.get(network_id, frozenset()), packet.body
        if isinstance(body, Control):
            armed = frozenset(each for each in armed if not _is_same(each, packet.receiver, body.group_id))
            if body.flags & PacketFlags.ARM_ON_SYNC:
                armed |= {_Armed(packet.receiver, body.group_id, bool(body.flags & PacketFlags.OFFSET_MODE))}
        elif isinstance(body, Sync) and (body.flags or 0) & SYNC_TRIGGER:
            until_s = now_s + _FIRED_BY_S
            armed = frozenset(
                _Armed(each.receiver, each.group_id, True, until_s if each.until_s is None else each.until_s)
                for each in armed
                if each.has_offset and (each.until_s is None or each.until_s > now_s)
            )
        else:
            return
        self._armed[network_id] = armed

    def may_be_armed(self, network_id: str, address: RadioAddress, group_ids: Iterable[int], now_s: float) -> bool:
        """`group_ids`: every group that the node may have been in when something was armed."""
        groups = {ALL_GROUPS, *group_ids}
        return any(
            each.receiver == address or (each.receiver.is_broadcast and each.group_id in groups)
            for each in self._armed.get(network_id, ())
            if each.until_s is None or each.until_s > now_s
        )


def _is_same(armed: _Armed, receiver: RadioAddress, group_id: int) -> bool:
    """Whether everyone whom `armed` means is addressed now."""
    if not receiver.is_broadcast:
        return armed.receiver == receiver
    return group_id == ALL_GROUPS or (armed.receiver.is_broadcast and armed.group_id == group_id)
