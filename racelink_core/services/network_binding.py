"""Which network a gateway serves. Source: spec services, section 10.5."""

from __future__ import annotations

import logging

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import find_channel
from racelink_core.domain.network import Network
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.protocol.identity import GatewayIdentity
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)


class NetworkBinding:
    def __init__(self, store: Store) -> None:
        self._store = store

    def bind(self, identity: GatewayIdentity, profile: RadioProfile | None) -> str:
        """The network's id. The first gateway that comes takes a network that has none; further ones get a new one.

        profile   what the gateway uses now; None if it cannot say. A network that never had a gateway takes it over.
        """
        known = self._serving(identity.mac)
        if known is not None:
            return known.id
        with self._store.transaction() as draft:
            free = next(
                (each for each in draft.networks.values() if each.kind == "rf" and each.gateway_mac is None), None
            )
            network = free or _new_network(draft.networks)
            draft.networks[network.id] = network.model_copy(
                update={"gateway_mac": identity.mac, **({} if profile is None else _radio(profile))}
            )
        _log.info("Gateway %s now serves network %s", identity.mac, network.name)
        return network.id

    def _serving(self, mac: Mac) -> Network | None:
        return next((each for each in self._store.snapshot.networks.values() if each.gateway_mac == mac), None)


def _radio(profile: RadioProfile) -> dict[str, object]:
    region, channel_id = find_channel(profile) or (None, None)
    return {"profile": profile, "region": region, "channel_id": channel_id}


def _new_network(networks: dict[str, Network]) -> Network:
    number = next(number for number in range(2, len(networks) + 3) if f"network-{number}" not in networks)
    return Network(id=f"network-{number}", name=f"Network {number}")
