"""Networks. What a gateway uses on the radio is not changed by an import, so where one is known its settings stay."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.configuration_document import NetworkIdentity
from racelink_core.domain.network import Network
from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.configuration_transfer.records import Known, named_records
from racelink_core.services.configuration_transfer.taking import Taking

_RADIO = ("region", "channel_id", "profile")


def written(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [network.model_dump(mode="json", exclude_none=True) for network in snapshot.networks.values()]


def read(value: object) -> list[Network]:
    """Raises InvalidConfiguration."""
    networks = named_records(Network, value, "networks", lambda network: network.id)
    gateways = Known()
    for number, network in enumerate(networks):
        if network.gateway_mac is not None:
            gateways.add(network.gateway_mac, f"parts.networks[{number}].gateway_mac")
    return networks


def identity_of(network: Network) -> NetworkIdentity:
    return NetworkIdentity(name=network.name, gateway_mac=network.gateway_mac)


def take(networks: list[Network], taking: Taking) -> None:
    here, tally = taking.draft.networks, taking.tally("networks")
    kept = set(taking.networks.values())
    strangers = [network for network in here.values() if network.id not in kept]
    for network in networks:
        present = here.get(taking.networks.get(network.id, ""))
        if present is None:
            added = network.model_copy(update={"id": _free_id(network.id, here)})
            here[added.id] = added
            taking.networks[network.id] = added.id
            tally.added.append(network.name)
            continue
        wanted = _met(network, present, taking)
        if wanted == present:
            tally.same += 1
        else:
            here[present.id] = wanted
            tally.replaced.append(wanted.name)
    if taking.replaces:
        taking.at_end.append(lambda: _remove(strangers, taking))


def _met(network: Network, present: Network, taking: Taking) -> Network:
    update: dict[str, Any] = {"id": present.id}
    if present.gateway_mac is not None:
        update |= {"gateway_mac": present.gateway_mac, **{name: getattr(present, name) for name in _RADIO}}
        if network.gateway_mac not in (None, present.gateway_mac):
            reason = f"Gateway {present.gateway_mac} serves it here, {network.gateway_mac} did there. It stays as here."
            taking.findings.change("network", network.name, reason)
        if network.profile not in (None, present.profile):
            reason = "Its radio settings are others here. They stay: an import changes no gateway."
            taking.findings.change("network", network.name, reason)
    return network.model_copy(update=update)


def _remove(strangers: list[Network], taking: Taking) -> None:
    for network in strangers:
        devices = sum(device.network_id == network.id for device in taking.draft.devices.values())
        if network.id in taking.used_networks:
            taking.findings.leave_out("network", network.name, "It stays: its gateway is connected.")
        elif devices:
            taking.findings.leave_out("network", network.name, f"It stays: {devices} device(s) are on it.")
        else:
            del taking.draft.networks[network.id]
            taking.removed("networks", network.name)


def _free_id(wanted: str, here: dict[str, Network]) -> str:
    if wanted not in here:
        return wanted
    return next(each for number in range(2, len(here) + 3) if (each := f"network-{number}") not in here)
