"""Networks: read and renamed. Source: spec http-api, section 5.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from pydantic import ConfigDict

from racelink_core.domain.errors import NotFound
from racelink_core.web.api.tasks import refuse_while_busy
from racelink_core.web.description import describe
from racelink_core.web.gateway_rows import gateway_row
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Name, RequestBody, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.rows import NetworkRow, default_network_id, network_row

if TYPE_CHECKING:
    from racelink_core.host import Host


class NetworksReply(Reply):
    networks: tuple[NetworkRow, ...]
    default_network_id: str | None


class NetworkReply(Reply):
    network: NetworkRow


class ChangeNetworkBody(RequestBody):
    """Of a network only the name can be changed; a field that it does not know is refused, never lost."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class ChangedNetworkReply(NetworkReply):
    """`migrate_suggested`: its gateway reports other radio settings than the network has."""

    migrate_suggested: bool


def register(routes: Routes, host: Host) -> None:
    def attached() -> frozenset[str]:
        gateways = host.gateways.status().gateways
        return frozenset(record.network_id for record in gateways if record.network_id and record.is_connected)

    @routes.get("/api/networks")
    @describe("List the networks.", reply=NetworksReply, has_etag=True)
    def list_networks() -> Response:
        snapshot, now_attached = host.store.snapshot, attached()
        return list_reply(
            NetworksReply(
                networks=tuple(network_row(network, snapshot, now_attached) for network in snapshot.networks.values()),
                default_network_id=default_network_id(snapshot),
            )
        )

    @routes.get("/api/networks/<network_id>")
    @describe("Read one network.", reply=NetworkReply, errors=("not_found",))
    def show_network(network_id: str) -> Response:
        snapshot = host.store.snapshot
        network = snapshot.networks.get(network_id)
        if network is None:
            raise NotFound("network", network_id)
        return reply(NetworkReply(network=network_row(network, snapshot, attached())))

    @routes.put("/api/networks/<network_id>")
    @describe(
        "Rename a network.",
        reply=ChangedNetworkReply,
        body=ChangeNetworkBody,
        errors=("not_found",),
        is_busy_gated=True,
    )
    def change_network(network_id: str) -> Response:
        body = read_body(ChangeNetworkBody)
        if network_id not in host.store.snapshot.networks:
            raise NotFound("network", network_id)
        refuse_while_busy(host)
        with host.store.transaction() as draft:
            if network_id not in draft.networks:
                raise NotFound("network", network_id)
            draft.networks[network_id] = draft.networks[network_id].model_copy(update={"name": body.name})
        snapshot = host.store.snapshot
        rows = [gateway_row(record, snapshot) for record in host.gateways.status().gateways]
        return reply(
            ChangedNetworkReply(
                network=network_row(snapshot.networks[network_id], snapshot, attached()),
                migrate_suggested=any(row.network_id == network_id and row.bind_state == "conflict" for row in rows),
            )
        )
