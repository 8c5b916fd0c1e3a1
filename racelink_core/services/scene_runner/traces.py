"""What a run leaves on lamps that would keep them from following: offset mode, and effects that wait for a SYNC.

Source: spec scenes, N6a, N8 and 15.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.protocol.bodies import Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.armed_nodes import Addressee, ArmedNodes

_UNCHANGED = PacketFlags.POWER_ON | PacketFlags.HAS_BRI


class Traces:
    """Follows the packets of one run, per network."""

    def __init__(self) -> None:
        self._armed = ArmedNodes()
        self._in_offset: dict[str, set[Addressee]] = {}
        self._touched: dict[str, set[Addressee]] = {}

    @property
    def network_ids(self) -> tuple[str, ...]:
        """Where it told lamps anything."""
        return tuple(self._touched)

    def sent(self, network_id: str, packet: RadioPacket, outcome: SendOutcome, now_s: float) -> None:
        if not outcome.attempts:
            return
        self._armed.sent(network_id, packet, now_s)
        body = packet.body
        if not isinstance(body, Offset | Control | Preset):
            return
        to = Addressee(packet.receiver, body.group_id)
        self._touched.setdefault(network_id, set()).add(to)
        if not isinstance(body, Offset):
            return
        in_offset = self._in_offset.setdefault(network_id, set())
        if body.mode is not OffsetMode.NONE:
            in_offset.add(to)
        elif outcome.ok:
            in_offset -= {each for each in in_offset if to.covers(each)}

    def clean_up(
        self,
        network_id: str,
        *,
        notes: OffsetNotes,
        armed: ArmedNodes,
        now_s: float,
        newer: Traces | None = None,
        groups: Collection[int] = (),
    ) -> tuple[RadioPacket, ...]:
        """Frees whom nobody else has freed since. Effects and brightness stay as they are.

        armed    what all senders together armed
        newer    of the run that replaced this one: whom it told something is its own business
        groups   that the network has; where `newer` must not be disturbed, they are freed one by one
        """
        now_armed = armed.armed(network_id, now_s)
        held = [
            to
            for to in self._left(network_id, self._offset_of(network_id), newer, groups, now_s)
            if _is_held(to, notes)
        ]
        waiting = [
            to
            for to in self._left(network_id, self._armed.armed(network_id, now_s), newer, groups, now_s)
            if any(to.overlaps(each) for each in now_armed)
        ]
        return (
            *(RadioPacket(to.receiver, Offset(to.group_id, OffsetMode.NONE)) for to in held),
            *(RadioPacket(to.receiver, Control(to.group_id, _UNCHANGED)) for to in waiting),
        )

    def _offset_of(self, network_id: str) -> Collection[Addressee]:
        return sorted(self._in_offset.get(network_id, ()), key=lambda to: (to.group_id, to.receiver))

    def _left(
        self, network_id: str, left: Collection[Addressee], newer: Traces | None, groups: Collection[int], now_s: float
    ) -> Iterator[Addressee]:
        told = set() if newer is None else newer._touched.get(network_id, set())
        is_in_use = newer is not None and bool(newer._offset_of(network_id) or newer._armed.armed(network_id, now_s))
        for to in left:
            if is_in_use and to == Addressee(BROADCAST, ALL_GROUPS):
                each_group = (Addressee(BROADCAST, group_id) for group_id in groups)
                yield from (each for each in each_group if not any(new.covers(each) for new in told))
            elif not any(new.covers(to) for new in told):
                yield to


def _is_held(to: Addressee, notes: OffsetNotes) -> bool:
    held = notes.in_offset - notes.leaving
    return bool(held) if to.group_id == ALL_GROUPS else to.group_id in held
