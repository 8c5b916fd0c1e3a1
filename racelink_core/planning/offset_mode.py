"""Packets that nodes in offset mode would drop get an OFFSET "none" before them.

Source: spec wire, 9.2; design, section 6, "Lamps": an unknown note counts as "may be" for live commands.
"""

from __future__ import annotations

from collections.abc import Mapping

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.group import ALL_GROUPS, GroupId
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.planning.operation import WireOperation
from racelink_core.protocol.bodies import Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

_EVERY_GROUP = range(ALL_GROUPS)
_Addressee = tuple[str, RadioAddress, GroupId]


def leaving_offset_mode(
    operations: tuple[WireOperation, ...], notes: Mapping[str, OffsetNotes]
) -> tuple[WireOperation, ...]:
    """All that is needed comes before the first packet that needs it, so that lamps still change together."""
    freed: set[_Addressee] = set()
    leading: list[WireOperation] = []
    first: int | None = None
    for index, operation in enumerate(operations):
        body = operation.packet.body
        if isinstance(body, Offset):
            freed |= {(network, operation.packet.receiver, GroupId(body.group_id)) for network in operation.network_ids}
        elif isinstance(body, Control | Preset) and not body.flags & PacketFlags.OFFSET_MODE:
            group_id = GroupId(body.group_id)
            held = tuple(
                network
                for network in operation.network_ids
                if (network, operation.packet.receiver, group_id) not in freed
                and _may_be_held(notes.get(network), group_id)
            )
            if held:
                first = index if first is None else first
                packet = RadioPacket(operation.packet.receiver, Offset(group_id, OffsetMode.NONE))
                leading.append(WireOperation(held, packet))
    return operations if first is None else (*operations[:first], *leading, *operations[first:])


def _may_be_held(notes: OffsetNotes | None, group_id: GroupId) -> bool:
    group_ids = _EVERY_GROUP if group_id == ALL_GROUPS else (group_id,)
    return notes is None or notes.may_be_in_offset(group_ids)
