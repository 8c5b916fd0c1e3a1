"""Which nodes may hold an armed effect: an unarmed CONTROL would disarm them.

Source: spec scenes, N6a; design, section 6. In memory only: after a restart of the host nothing counts as armed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import MAX_OFFSET_MS, OffsetMode
from racelink_core.protocol.bodies import Control, Offset, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

_FIRED_BY_S = MAX_OFFSET_MS / 1000
"""A triggered effect with an offset still waits that long on the node, and can still be cancelled."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a packet is for: its receiver, and the group that filters."""

    receiver: RadioAddress
    group_id: int

    def covers(self, other: Addressee) -> bool:
        """Whether everyone whom `other` means is addressed by this, too."""
        if not self.receiver.is_broadcast:
            return other.receiver == self.receiver
        return self.group_id == ALL_GROUPS or (other.receiver.is_broadcast and other.group_id == self.group_id)

    def overlaps(self, other: Addressee) -> bool:
        """Whether a node may be meant by both."""
        if ALL_GROUPS not in (self.group_id, other.group_id) and self.group_id != other.group_id:
            return False
        return self.receiver.is_broadcast or other.receiver.is_broadcast or self.receiver == other.receiver


@dataclass(frozen=True, slots=True)
class _Armed:
    """has_offset         its own was frozen when it was armed
    is_in_offset_mode  as it was told since: what comes without the flag is dropped, and disarms nobody
    until_s            when it has fired at the latest; None: no trigger yet
    """

    to: Addressee
    has_offset: bool
    is_in_offset_mode: bool
    until_s: float | None = None


class ArmedNodes:
    """Follows the packets that left, per network."""

    def __init__(self) -> None:
        self._armed: dict[str, frozenset[_Armed]] = {}

    def sent(self, network_id: str, packet: RadioPacket, now_s: float) -> None:
        armed, body = self._armed.get(network_id, frozenset()), packet.body
        if isinstance(body, Offset):
            armed = frozenset(_after_offset(each, Addressee(packet.receiver, body.group_id), body) for each in armed)
        elif isinstance(body, Control):
            to, is_in_offset_mode = Addressee(packet.receiver, body.group_id), _has_offset(body)
            armed = frozenset(
                each for each in armed if each.is_in_offset_mode is not is_in_offset_mode or not to.covers(each.to)
            )
            if body.flags & PacketFlags.ARM_ON_SYNC:
                armed |= {_Armed(to, is_in_offset_mode, is_in_offset_mode)}
        elif isinstance(body, Sync) and (body.flags or 0) & SYNC_TRIGGER:
            until_s = now_s + _FIRED_BY_S
            armed = frozenset(
                replace(each, until_s=until_s if each.until_s is None else each.until_s)
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
            to.receiver == address or (to.receiver.is_broadcast and to.group_id in groups)
            for to in self.armed(network_id, now_s)
        )

    def armed(self, network_id: str, now_s: float) -> tuple[Addressee, ...]:
        """Whom an armed effect was sent to that has not fired, or still waits for its offset."""
        return tuple(
            each.to for each in self._armed.get(network_id, ()) if each.until_s is None or each.until_s > now_s
        )


def _after_offset(armed: _Armed, to: Addressee, offset: Offset) -> _Armed:
    if not to.covers(armed.to):
        return armed
    return replace(armed, is_in_offset_mode=offset.mode is not OffsetMode.NONE)


def _has_offset(body: Control) -> bool:
    return bool(body.flags & PacketFlags.OFFSET_MODE)
