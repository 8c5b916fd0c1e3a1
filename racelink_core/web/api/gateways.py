"""Gateways: whether they are ready, how they are, and which are missing. Source: spec http-api, sections 3 and 5.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import Field, model_validator

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.protocol.gateway_messages import GatewayState
from racelink_core.services.gateway_states import AskedState, ask_states
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response
from racelink_core.web.gateway_rows import (
    GatewayRow,
    MissingRow,
    ReadinessRow,
    gateway_row,
    missing_rows,
    readiness_row,
)
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import RequestBody, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.rows import default_network_id

if TYPE_CHECKING:
    from racelink_core.host import Host

_NONE_READY = "No gateway is ready. Plug one in: it is found by itself. The gateway status says what was tried."


class GatewayReply(Reply):
    gateway: ReadinessRow


class GatewaysReply(Reply):
    gateways: tuple[GatewayRow, ...]


class AskedRow(FrozenModel):
    """`ok` false: it did not answer; the state is the last one that it told."""

    ident_mac: Mac
    ok: bool
    state: str
    state_byte: int
    state_metadata_ms: int


class QueryStateReply(Reply):
    """The state of the default network's gateway, and of each."""

    state: str
    state_byte: int
    state_metadata_ms: int
    gateways: tuple[AskedRow, ...]


class AttachedReply(Reply):
    attached: tuple[Mac, ...]


class MissingReply(Reply):
    missing: tuple[MissingRow, ...]


class CancelBody(RequestBody):
    """One missing gateway, or all of them."""

    gateway_mac: Mac | None = None
    all: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _names_one_or_all(self) -> CancelBody:  # noqa: N804 - runs on the instance
        if (self.gateway_mac is None) is not self.all:
            raise ValueError("give either gateway_mac or all: true")
        return self


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/gateway")
    @describe("Read whether a gateway is ready, and what is wrong if none is.", reply=GatewayReply)
    def readiness() -> Response:
        return reply(GatewayReply(gateway=readiness_row(host.gateways.status())))

    @routes.post("/api/gateway/retry")
    @describe(
        "Look for gateways again at once. While none is ready: 200 with `ok` false.",
        reply=GatewayReply,
        not_done=("unavailable",),
    )
    def retry() -> Response:
        host.gateways.retry()
        gateway = readiness_row(host.gateways.status())
        if gateway.ready:
            return reply(GatewayReply(gateway=gateway))
        message = "Looking for gateways again; none is ready yet."
        return failure_response(200, "unavailable", message, gateway=gateway.model_dump(mode="json"))

    @routes.post("/api/gateway/query-state")
    @describe(
        "Ask every gateway how it is, for half a second at most. No answer: 200 with `ok` false.",
        reply=QueryStateReply,
        errors=("unavailable",),
        not_done=("timeout",),
    )
    def query_state() -> Response:
        asked: dict[str, AskedState] = {each.mac: each for each in ask_states(host.gateways)}
        if not asked:
            return failure_response(503, "unavailable", _NONE_READY, **_state_fields(None))
        first = asked.get(_default_gateway(host)) or next(iter(asked.values()))
        fields = _state_fields(first)
        rows = tuple(AskedRow(ident_mac=each.mac, ok=each.ok, **_state_fields(each)) for each in asked.values())
        if first.ok:
            return reply(QueryStateReply(gateways=rows, **fields))
        listed = [row.model_dump(mode="json") for row in rows]
        return failure_response(200, "timeout", "The gateway did not answer in time.", gateways=listed, **fields)

    @routes.get("/api/gateways")
    @describe("List the gateways that are there, or were.", reply=GatewaysReply, has_etag=True)
    def gateways() -> Response:
        status, snapshot = host.gateways.status(), host.store.snapshot
        return list_reply(GatewaysReply(gateways=tuple(gateway_row(record, snapshot) for record in status.gateways)))

    @routes.post("/api/gateways/rediscover")
    @describe("Look at every port again at once.", reply=AttachedReply)
    def rediscover() -> Response:
        host.gateways.rediscover()
        return reply(AttachedReply(attached=tuple(session.identity.mac for session in host.gateways.sessions())))

    @routes.get("/api/gateways/reconnect")
    @describe("List the gateways that networks count on and that are missing.", reply=MissingReply)
    def missing() -> Response:
        return reply(MissingReply(missing=missing_rows(host.missing_gateways.all())))

    @routes.post("/api/gateways/reconnect/cancel")
    @describe("Stop looking for a missing gateway, or for all.", reply=Reply, body=CancelBody, errors=("not_found",))
    def cancel() -> Response:
        host.missing_gateways.cancel(read_body(CancelBody).gateway_mac)
        return reply(Reply())


def _default_gateway(host: Host) -> str:
    """Empty: the default network has none yet."""
    snapshot = host.store.snapshot
    network = snapshot.networks.get(default_network_id(snapshot) or "")
    return (network.gateway_mac if network else None) or ""


def _state_fields(asked: AskedState | None) -> dict[str, Any]:
    state = GatewayState.UNKNOWN if asked is None else asked.state
    return {"state": state.name, "state_byte": int(state), "state_metadata_ms": asked.window_ms if asked else 0}
