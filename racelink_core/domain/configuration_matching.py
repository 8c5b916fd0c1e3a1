"""Which groups and networks of a document are which of this host: their numbers may differ."""

from __future__ import annotations

from collections.abc import Mapping

from racelink_core.domain.address import Mac
from racelink_core.domain.configuration_document import NetworkIdentity
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network


def matching_groups(names: Mapping[int, str], here: Mapping[GroupId, Group]) -> dict[int, GroupId]:
    """By name, each group here at most once; of several with one name, the one with the same number.

    names   of the document, by number
    """
    same = {GroupId(number) for number, name in names.items() if (found := _at(here, number)) and found.name == name}
    by_name: dict[str, list[GroupId]] = {}
    for group in here.values():
        if group.id not in same:
            by_name.setdefault(group.name, []).append(group.id)
    matched: dict[int, GroupId] = {}
    for number, name in names.items():
        if GroupId(number) in same:
            matched[number] = GroupId(number)
        elif by_name.get(name):
            matched[number] = by_name[name].pop(0)
    return matched


def matching_networks(networks: Mapping[str, NetworkIdentity], here: Mapping[str, Network]) -> dict[str, str]:
    """By gateway, else by id: each network here at most once."""
    by_gateway: dict[Mac | None, str] = {each.gateway_mac: each.id for each in here.values() if each.gateway_mac}
    matched = {
        network_id: by_gateway[identity.gateway_mac]
        for network_id, identity in networks.items()
        if identity.gateway_mac in by_gateway
    }
    taken = set(matched.values())
    for network_id in networks:
        if network_id not in matched and network_id in here and network_id not in taken:
            matched[network_id] = network_id
    return matched


def _at(here: Mapping[GroupId, Group], number: int) -> Group | None:
    return here.get(GroupId(number))
