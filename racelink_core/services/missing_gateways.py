"""Gateways that a network counts on and that are not there. Source: spec services, section 2.5."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import NotFound
from racelink_core.gateway.pool import GatewayPool
from racelink_core.state.store import Store


@dataclass(frozen=True, slots=True)
class MissingGateway:
    """`next_retry_in_s` None: it is found when it is plugged in. `is_cancelled`: the operator waits no more."""

    network_id: str
    network_name: str
    gateway_mac: Mac
    next_retry_in_s: float | None
    is_cancelled: bool


class MissingGateways:
    def __init__(self, store: Store, gateways: GatewayPool) -> None:
        self._store, self._gateways = store, gateways

    def all(self) -> tuple[MissingGateway, ...]:
        """In the order of the networks."""
        connected = {session.identity.mac for session in self._gateways.sessions()}
        missing: list[MissingGateway] = []
        for network in self._store.snapshot.networks.values():
            mac = network.gateway_mac
            if mac is not None and mac not in connected:
                wait = self._gateways.waits_for(mac)
                missing.append(MissingGateway(network.id, network.name, mac, wait.next_retry_in_s, wait.is_given_up))
        return tuple(missing)

    def cancel(self, mac: Mac | None = None) -> None:
        """Stops looking for it by timer; None: for all that are missing. Raises NotFound when `mac` is not missing."""
        missing = [each.gateway_mac for each in self.all()]
        if mac is not None and mac not in missing:
            raise NotFound("gateway that is missing", mac)
        for each in missing if mac is None else [mac]:
            self._gateways.give_up(each)
