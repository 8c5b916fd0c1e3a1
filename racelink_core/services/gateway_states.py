"""Asking every gateway how it is, all at once. Source: spec http-api, section 3 (query-state)."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.gateway.pool import GatewayPool
from racelink_core.gateway.session import GatewaySession
from racelink_core.links.contract import LinkError
from racelink_core.protocol.gateway_messages import GatewayState
from racelink_core.services.parallel import on_each_network


@dataclass(frozen=True, slots=True)
class AskedState:
    """`ok` false: it did not answer in time, and `state` is what it said before. `window_ms`: 0 outside RX_WINDOW."""

    mac: Mac
    ok: bool
    state: GatewayState
    window_ms: int


def ask_states(gateways: GatewayPool) -> tuple[AskedState, ...]:
    """Takes as long as the slowest, `Timings.state_report_s` at most. Empty: no gateway is connected."""
    sessions = {session.url: session for session in gateways.sessions()}
    return tuple(on_each_network(tuple(sessions), lambda url: _ask(sessions[url]), "state").values())


def _ask(session: GatewaySession) -> AskedState:
    try:
        report = session.query_state()
    except LinkError:
        report = None
    if report is None:
        return AskedState(session.identity.mac, False, session.state, session.window_ms)
    return AskedState(session.identity.mac, True, report.state, report.window_ms or 0)
