"""Takes nodes that answered a discovery into the store. Source: spec services, section 5, steps 5 to 7."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device, default_device_name
from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import IdentifyReply
from racelink_core.services.groups_of_devices import reconcile_groups
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices

_NODES_PER_SLICE = 20
"""Adopted before other greenlets get a turn: half a millisecond."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node that answered, and the network whose gateway heard it best."""

    mac: Mac
    network_id: str
    message: Forwarded
    reply: IdentifyReply


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is to be sent to it: its stored group, if `needs_push`."""

    device: Device
    found: Found
    is_new: bool
    needs_push: bool


def adopt(draft: Draft, found: Iterable[Found], target_group: GroupId) -> list[Adopted]:
    """A node keeps the group it has; those without one get `target_group`, unless that is on another network."""
    adopted: list[Adopted] = []
    for node in in_slices(found, _NODES_PER_SLICE):
        known = draft.devices.get(node.mac)
        device = known or Device(mac=node.mac, name=default_device_name(node.mac), network_id=node.network_id)
        network_id = device.network_id if device.network_id in draft.networks else node.network_id
        group_id = device.group_id if device.group_id in draft.groups else UNCONFIGURED
        if group_id == UNCONFIGURED:
            group_id = next(
                (
                    GroupId(wanted)
                    for wanted in (node.reply.group_id, target_group)
                    if wanted in draft.groups and draft.groups[GroupId(wanted)].network_id in (None, network_id)
                ),
                UNCONFIGURED,
            )
        needs_push = known is None or node.reply.group_id != group_id or device.group_push_pending
        device = device.model_copy(
            update={
                "version": node.reply.version,
                "dev_type": node.reply.dev_type,
                "network_id": network_id,
                "group_id": group_id,
                "group_push_pending": needs_push,
            }
        )
        draft.devices[node.mac] = device
        adopted.append(Adopted(device, node, known is None, needs_push))
    reconcile_groups(draft)
    return adopted
