"""What the API says about gateways: readiness, the state per network, and each gateway.

Source: spec http-api, sections 2.2, 2.3 and 2.8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.network import Network
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.snapshot import Snapshot
from racelink_core.web.rows import default_network_id

if TYPE_CHECKING:
    from racelink_core.gateway.pool_status import GatewayProblem, GatewayRecord, PoolStatus
    from racelink_core.services.missing_gateways import MissingGateway

_UNKNOWN_STATE = ("UNKNOWN", 0xFF)


class ProblemRow(FrozenModel):
    ts: float
    reason: str
    origin: str
    code: str
    failure_count: int
    next_retry_in_s: float | None


class ReadinessRow(FrozenModel):
    """ready          at least one gateway answers
    failure_count  failures in a row
    retry_attempt  which of them in a row the planned try is, 1 = the first; 0: none is planned
    """

    ready: bool
    last_error: ProblemRow | None
    failure_count: int
    retry_attempt: int
    gateway_count: int


class SlotRow(FrozenModel):
    """A network and what its gateway says of itself; never inferred.

    state_metadata_ms  length of the receive window, 0 in every other state
    last_event         the last thing that it said, e.g. TX_DONE or STATUS_REPLY; null when it is not connected
    """

    network_id: str | None
    network_name: str | None
    gateway_mac: Mac | None
    state: str
    state_byte: int
    state_metadata_ms: int
    last_event: str | None
    last_event_ts: float | None
    last_error: str | None


class MasterRow(FrozenModel):
    networks: tuple[SlotRow, ...]
    default_network_id: str | None


class GatewayRow(FrozenModel):
    ident_mac: Mac
    kind: Literal["rf", "ethernet"]
    port: str
    bind_state: Literal["pending", "bound", "conflict", "unbound"]
    network_id: str | None
    network_name: str | None
    rf_config_actual: RadioProfile | None
    rf_config_expected: RadioProfile | None
    conflict_fields: tuple[str, ...]
    is_connected: bool
    state: str
    state_byte: int
    state_metadata_ms: int
    last_event: str | None
    last_event_ts: float | None
    last_error: str | None
    overhead_ms: float


class MissingRow(FrozenModel):
    """A gateway that a network counts on. `next_retry_in_s` null: it is found when it is plugged in."""

    network_id: str
    network_name: str
    gateway_mac: Mac
    next_retry_in_s: float | None
    cancelled: bool


def missing_rows(missing: Iterable[MissingGateway]) -> tuple[MissingRow, ...]:
    return tuple(
        MissingRow(
            network_id=each.network_id,
            network_name=each.network_name,
            gateway_mac=each.gateway_mac,
            next_retry_in_s=each.next_retry_in_s,
            cancelled=each.is_cancelled,
        )
        for each in missing
    )


def readiness_row(status: PoolStatus) -> ReadinessRow:
    problem = status.last_error
    return ReadinessRow(
        ready=status.ready,
        last_error=_problem_row(problem) if problem else None,
        failure_count=problem.failure_count if problem else 0,
        retry_attempt=problem.failure_count if problem and problem.next_retry_in_s is not None else 0,
        gateway_count=sum(record.is_connected for record in status.gateways),
    )


def _problem_row(problem: GatewayProblem) -> ProblemRow:
    return ProblemRow(
        ts=problem.ts,
        reason=problem.reason,
        origin=problem.origin,
        code=problem.code,
        failure_count=problem.failure_count,
        next_retry_in_s=problem.next_retry_in_s,
    )


def master_row(status: PoolStatus, snapshot: Snapshot) -> MasterRow:
    """The default network's slot comes first; gateways without a network come last."""
    first = default_network_id(snapshot)
    by_network = {record.network_id: record for record in status.gateways if record.network_id}
    networks = sorted(snapshot.networks.values(), key=lambda network: network.id != first)
    slots = [_slot_row(network, by_network.get(network.id)) for network in networks]
    slots += [_slot_row(None, record) for record in status.gateways if not record.network_id]
    return MasterRow(networks=tuple(slots), default_network_id=first)


def _slot_row(network: Network | None, record: GatewayRecord | None) -> SlotRow:
    state, state_byte = (record.state.name, int(record.state)) if record else _UNKNOWN_STATE
    return SlotRow(
        network_id=network.id if network else None,
        network_name=network.name if network else None,
        gateway_mac=record.mac if record else network.gateway_mac if network else None,
        state=state,
        state_byte=state_byte,
        state_metadata_ms=record.window_ms if record else 0,
        last_event=record.last_event[1] if record and record.last_event else None,
        last_event_ts=record.last_event[0] if record and record.last_event else None,
        last_error=record.last_error if record else None,
    )


def gateway_row(record: GatewayRecord, snapshot: Snapshot) -> GatewayRow:
    network = snapshot.networks.get(record.network_id or "")
    expected = network.profile if network else None
    differing = _differing_fields(record.profile, expected)
    return GatewayRow(
        ident_mac=record.mac,
        kind="rf",
        port=record.url,
        bind_state=_bind_state(record, network, differing),
        network_id=record.network_id,
        network_name=network.name if network else None,
        rf_config_actual=record.profile,
        rf_config_expected=expected,
        conflict_fields=differing,
        is_connected=record.is_connected,
        state=record.state.name,
        state_byte=int(record.state),
        state_metadata_ms=record.window_ms,
        last_event=record.last_event[1] if record.last_event else None,
        last_event_ts=record.last_event[0] if record.last_event else None,
        last_error=record.last_error,
        overhead_ms=record.overhead_ms,
    )


def _bind_state(
    record: GatewayRecord, network: Network | None, differing: tuple[str, ...]
) -> Literal["pending", "bound", "conflict", "unbound"]:
    if network is None:
        return "unbound"
    if record.profile is None:
        return "pending"
    return "conflict" if differing else "bound"


def _differing_fields(actual: RadioProfile | None, expected: RadioProfile | None) -> tuple[str, ...]:
    if actual is None or expected is None:
        return ()
    return tuple(name for name in RadioProfile.model_fields if getattr(actual, name) != getattr(expected, name))
