"""Networks, for reading. Source: spec http-api, section 5.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from racelink_core.web.description import describe
from racelink_core.web.failures import ApiFailure
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.rows import NetworkRow, default_network_id, network_row

if TYPE_CHECKING:
    from racelink_core.host import Host


class NetworksReply(Reply):
    networks: tuple[NetworkRow, ...]
    default_network_id: str | None


class NetworkReply(Reply):
    network: NetworkRow


def register(blueprint: Blueprint, host: Host) -> None:
    def attached() -> frozenset[str]:
        gateways = host.gateways.status().gateways
        return frozenset(record.network_id for record in gateways if record.network_id and record.is_connected)

    @blueprint.get("/api/networks")
    @describe("List the networks.", reply=NetworksReply, has_etag=True)
    def list_networks() -> Response:
        snapshot, now_attached = host.store.snapshot, attached()
        return list_reply(
            NetworksReply(
                networks=tuple(network_row(network, snapshot, now_attached) for network in snapshot.networks.values()),
                default_network_id=default_network_id(snapshot),
            )
        )

    @blueprint.get("/api/networks/<network_id>")
    @describe("Read one network.", reply=NetworkReply, errors=("not_found",))
    def show_network(network_id: str) -> Response:
        snapshot = host.store.snapshot
        network = snapshot.networks.get(network_id)
        if network is None:
            raise ApiFailure(404, "not_found", f"There is no network {network_id}.", kind="network", id=network_id)
        return reply(NetworkReply(network=network_row(network, snapshot, attached())))
