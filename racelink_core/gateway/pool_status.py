"""What the pool says about its gateways, for pages, panels and logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.address import Mac
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.protocol.gateway_messages import GatewayState

SearchOrigin = Literal["auto", "manual"]


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """Why a gateway is missing. `code` is NOT_FOUND, PORT_BUSY, LINK_LOST, GATEWAY_TOO_OLD or HOST_ERROR.

    ts               Unix time at which it was found out
    next_retry_in_s  None: it is tried when a port appears, or by hand
    """

    ts: float
    reason: str
    origin: SearchOrigin
    code: str
    failure_count: int = 0
    next_retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class GatewayRecord:
    """A gateway that is connected, or was and is missing now (`is_connected` false, state UNKNOWN).

    network_id  None: no network uses it
    profile     None: it has no runtime radio settings
    window_ms   length of the receive window, 0 in every other state
    last_event  Unix time and name of the last thing it said
    """

    mac: Mac
    url: str
    network_id: str | None
    is_connected: bool
    state: GatewayState
    window_ms: int
    profile: RadioProfile | None
    last_event: tuple[float, str] | None
    last_error: str | None
    overhead_ms: float


@dataclass(frozen=True, slots=True)
class GatewayWait:
    """`next_retry_in_s` None: it is found when it is plugged in, not by timer. `is_given_up`: an operator said so."""

    next_retry_in_s: float | None
    is_given_up: bool


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """`ready`: at least one gateway is connected. `last_error`: the most important thing that is wrong."""

    ready: bool
    last_error: GatewayProblem | None
    gateways: tuple[GatewayRecord, ...]


StatusCallback = Callable[[PoolStatus], None]
