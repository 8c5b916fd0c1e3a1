"""Networks of state version 2, and the one that earlier states stand for. Source: spec services, section 15.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import Region, channels, find_channel
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.network import DEFAULT_NETWORK_ID, Network
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.whole_number import whole_number
from racelink_core.state.importers.fields import NAME_LENGTH, FieldReader
from racelink_core.state.importers.findings import Findings

_REGIONS: Mapping[str, Region] = {"EU868": "EU868", "US915": "US915"}


@dataclass(frozen=True, slots=True)
class OlderNetworks:
    networks: tuple[Network, ...]
    unknown: Mapping[str, Any]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(network.id for network in self.networks)


def single_network() -> OlderNetworks:
    """What versions 0 and 1 ran on."""
    channel = channels("EU868")[0]
    network = Network(
        id=DEFAULT_NETWORK_ID, name="Default", region="EU868", channel_id=channel.id, profile=channel.profile
    )
    return OlderNetworks((network,), {})


def read_networks(records: Sequence[Any], findings: Findings) -> OlderNetworks:
    """Without a readable one, the default network."""
    networks: dict[str, Network] = {}
    unknown: dict[str, Any] = {}
    gateways: set[str] = set()
    for place, record in enumerate(records):
        network_id = record.get("id") if isinstance(record, dict) else None
        if not isinstance(network_id, str) or not _is_id(network_id):
            findings.leave_out("network", network_id or f"network {place + 1}", "It has no usable id.")
            continue
        if network_id in networks:
            findings.leave_out("network", network_id, "It is there twice; the first one counts.")
            continue
        try:
            network, extra = _read_network(record, network_id, gateways, findings)
        except ValidationError as error:
            findings.leave_out("network", network_id, str(error.errors(include_url=False)[0]["msg"]))
            continue
        networks[network_id] = network
        if network.gateway_mac:
            gateways.add(network.gateway_mac)
        if extra:
            unknown[network_id] = extra
    if not networks:
        return single_network()
    return OlderNetworks(tuple(networks.values()), unknown)


def _read_network(
    record: Mapping[str, Any], network_id: str, gateways: set[str], findings: Findings
) -> tuple[Network, dict[str, Any]]:
    fields = FieldReader(record, "network", network_id, findings)
    fields.raw("id")
    kind: Literal["rf", "ethernet"] = "ethernet" if fields.raw("kind") == "ethernet" else "rf"
    if record.get("kind") not in (None, "rf", "ethernet"):
        fields.changed("Its kind is not known; it is taken as a radio network.")
    name = fields.text("name") or network_id
    values: dict[str, Any] = {"id": network_id, "name": name, "kind": kind}
    if kind == "ethernet":
        values |= {
            "node_port": fields.whole("node_port", 5078, 1, 65535),
            "reply_port": fields.whole("reply_port", 5079, 1, 65535),
            "bind_host": fields.text("bind_host"),
            "broadcast_host": fields.text("broadcast_host"),
        }
    else:
        values["gateway_mac"] = _gateway(fields, gateways)
        values |= _radio(fields)
    known = ("region", "channel_id", "rf_config", "gateway_mac", "node_port", "reply_port")
    return Network.model_validate(values), fields.unknown(
        *known, "bind_host", "broadcast_host", "is_default", "attached"
    )


def _gateway(fields: FieldReader, gateways: set[str]) -> Mac | None:
    stored = fields.raw("gateway_mac")
    if stored in (None, ""):
        return None
    try:
        mac = Mac(stored) if isinstance(stored, str) else None
    except InvalidValue:
        mac = None
    if mac is None:
        fields.changed("The address of its gateway cannot be read; the gateway is found again by itself.")
    elif mac in gateways:
        fields.changed(f"Gateway {mac} serves another network already.")
        return None
    return mac


def _radio(fields: FieldReader) -> dict[str, Any]:
    """The stored profile counts; without one, the channel."""
    region = _REGIONS.get(str(fields.raw("region")))
    channel_id = whole_number(fields.raw("channel_id"))
    stored = fields.raw("rf_config")
    profile = None if stored is None else read_profile(stored)
    if profile is not None:
        found = find_channel(profile)
        return {"profile": profile, "region": found[0] if found else region, "channel_id": found[1] if found else None}
    by_channel = {} if region is None else {each.id: each for each in channels(region)}
    channel = by_channel.get(channel_id or 0)
    if stored is not None:
        instead = "its channel's are taken" if channel else "the gateway's are taken once it is found"
        fields.changed(f"Its radio settings are not ones that a gateway accepts; {instead}.")
    return {
        "profile": channel.profile if channel else None,
        "region": region,
        "channel_id": channel.id if channel else None,
    }


def read_profile(stored: object) -> RadioProfile | None:
    """None unless all seven values are there and a radio accepts them; more keys are harmless."""
    if not isinstance(stored, dict):
        return None
    try:
        return RadioProfile.model_validate({name: whole_number(stored.get(name)) for name in RadioProfile.model_fields})
    except ValidationError:
        return None


def _is_id(text: str) -> bool:
    return 1 <= len(text) <= NAME_LENGTH and text.isprintable() and text == text.strip() and "/" not in text
