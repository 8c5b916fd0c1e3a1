"""What is wrong now, said to an operator. Empty means: nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.pool_status import GatewayRecord, PoolStatus
from racelink_core.services.airtime import Airtime


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable; `text` says what is wrong and what to do."""

    code: str
    text: str


def find_problems(status: PoolStatus, snapshot: Snapshot, store_notices: Sequence[str]) -> tuple[Problem, ...]:
    return (
        *(Problem("store", notice) for notice in store_notices),
        *_gateway_problems(status, snapshot),
        *_radio_problems(status, snapshot),
    )


def duty_cycle_problems(snapshot: Snapshot, airtime: Airtime) -> tuple[Problem, ...]:
    """Nothing that an operator or a race asks for is held back; it is said."""
    found: list[Problem] = []
    for network in snapshot.networks.values():
        limit_ms = airtime.limit_for(network)
        spent_ms = airtime.spent_ms(network.id)
        if limit_ms is not None and spent_ms > limit_ms:
            found.append(
                Problem(
                    "duty_cycle",
                    f"The gateway of network {network.name} was on air for {spent_ms / 1000:.1f} s of the last hour; "
                    f"its channel allows {limit_ms / 1000:.1f} s. Send less for a while, or move the network to a "
                    "channel that allows more (EU868: 1, 2 or 5).",
                )
            )
    return tuple(found)


def _gateway_problems(status: PoolStatus, snapshot: Snapshot) -> list[Problem]:
    found: list[Problem] = []
    if status.last_error is not None:
        found.append(Problem(status.last_error.code.lower(), status.last_error.reason))
    elif not status.ready:
        found.append(
            Problem(
                "searching",
                "RaceLink is looking for gateways; this takes some seconds. If none is plugged in, do so: it is found "
                "by itself.",
            )
        )
    if not status.ready:
        return found
    served = {record.network_id for record in status.gateways if record.is_connected}
    found += [
        Problem(
            "gateway_missing",
            f"The gateway of network {network.name} ({network.gateway_mac}) is not connected. Plug it in again.",
        )
        for network in snapshot.networks.values()
        if network.kind == "rf" and network.gateway_mac is not None and network.id not in served
    ]
    found += [
        Problem("gateway_unused", f"Gateway {record.mac} is connected, but serves no network.")
        for record in status.gateways
        if record.is_connected and record.network_id is None
    ]
    return found


def _radio_problems(status: PoolStatus, snapshot: Snapshot) -> list[Problem]:
    found: list[Problem] = []
    for record in status.gateways:
        differing = _differing_fields(record, snapshot)
        if differing:
            network = snapshot.networks[str(record.network_id)]
            found.append(
                Problem(
                    "radio_profile_differs",
                    f"Gateway {record.mac} uses other radio settings than network {network.name} "
                    f"({', '.join(differing)}). Its nodes may not hear it.",
                )
            )
    return found


def _differing_fields(record: GatewayRecord, snapshot: Snapshot) -> list[str]:
    network = snapshot.networks.get(record.network_id or "")
    if network is None or network.profile is None or record.profile is None:
        return []
    wanted, actual = network.profile, record.profile
    return [name for name in RadioProfile.model_fields if getattr(wanted, name) != getattr(actual, name)]
