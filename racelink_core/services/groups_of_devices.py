"""The records behind membership: which group a device is in, and which network a group is on.

Pure work on a transaction's draft; nothing is sent here. Source: spec services, sections 7 and 10.3.
"""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import UNCONFIGURED, Group, GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.addressing import network_of
from racelink_core.state.draft import Draft


class DevicesSpanNetworks(RaceLinkError):
    """The devices chosen hang on different gateways; a group lives on one."""

    code = "devices_span_multiple_networks"

    def __init__(self, network_ids: Iterable[str]) -> None:
        self.network_ids = tuple(sorted(network_ids))
        super().__init__(
            f"The devices are on different networks ({', '.join(self.network_ids)}), and a group lives on one. "
            "Move them network by network, each to a group of its own."
        )


class GroupNetworkMismatch(RaceLinkError):
    """The group has members on another gateway."""

    code = "group_network_mismatch"

    def __init__(self, group: Group, device_network_id: str) -> None:
        self.group_id, self.group_network_id, self.device_network_id = group.id, group.network_id, device_network_id
        super().__init__(
            f"Group {group.name} is on network {group.network_id!r}, the devices are on {device_network_id!r}. "
            "Choose a group of their own network, or an empty one."
        )


class UnknownGroups(RaceLinkError):
    """A list of groups names some that do not exist."""

    code = "unknown_group_id"

    def __init__(self, group_ids: Iterable[int]) -> None:
        self.group_ids = tuple(group_ids)
        listed = ", ".join(map(str, self.group_ids))
        super().__init__(f"There is no group {listed}. Load the list of groups again.")


def check_boundary(devices: Iterable[Device], group_id: GroupId, snapshot: Snapshot) -> None:
    """Raises DevicesSpanNetworks or GroupNetworkMismatch. Group 0 always passes; NotFound for an unknown group."""
    if group_id == UNCONFIGURED:
        return
    group = snapshot.group(group_id)
    networks = {network for device in devices if (network := network_of(device, snapshot)) is not None}
    if len(networks) > 1:
        raise DevicesSpanNetworks(networks)
    for network_id in networks:
        if group.network_id not in (None, network_id):
            raise GroupNetworkMismatch(group, network_id)


def reconcile_groups(draft: Draft) -> None:
    """Gives each group the network of its first member; the last member that leaves clears it."""
    networks: dict[GroupId, list[str]] = {}
    for device in draft.devices.values():
        if device.network_id is not None:
            networks.setdefault(device.group_id, []).append(device.network_id)
    for group in tuple(draft.groups.values()):
        found = networks.get(group.id, [])
        network_id = group.network_id if group.network_id in found else next(iter(found), None)
        if network_id != group.network_id:
            draft.groups[group.id] = group.model_copy(update={"network_id": network_id})
