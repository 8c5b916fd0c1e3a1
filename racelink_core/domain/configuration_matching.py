"""What of a document is what of this host: numbers may differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from racelink_core.domain.address import Mac
from racelink_core.domain.configuration_document import NetworkIdentity
from racelink_core.domain.network import Network

T = TypeVar("T")
U = TypeVar("U")


def matching_names(there: Mapping[T, str], here: Mapping[U, str]) -> dict[T, U]:
    """What is called the same. Of several with one name the first is the first, so that a second time finds it."""
    waiting: dict[str, list[U]] = {}
    for key, name in here.items():
        waiting.setdefault(name, []).append(key)
    return {key: waiting[name].pop(0) for key, name in there.items() if waiting.get(name)}


def matching_networks(networks: Mapping[str, NetworkIdentity], here: Mapping[str, Network]) -> dict[str, str]:
    """By gateway, else by id, else, without a gateway, by name: each network here at most once."""
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
            taken.add(network_id)
    for network_id, identity in networks.items():
        twin = next((each.id for each in here.values() if each.id not in taken and _is_twin(identity, each)), None)
        if network_id not in matched and twin is not None:
            matched[network_id] = twin
            taken.add(twin)
    return matched


def _is_twin(identity: NetworkIdentity, network: Network) -> bool:
    return identity.gateway_mac is None is network.gateway_mac and identity.name == network.name
