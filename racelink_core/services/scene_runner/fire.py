"""Sends a SYNC so that the light changes at a given moment. The arithmetic: `timed_fire.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from racelink_core.domain.clock import Clock
from racelink_core.domain.origin import Priority
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.guards import air_s
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.gateway.sendable import sendable
from racelink_core.protocol.bodies import Sync
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.scene_runner.timed_fire import guard_at_s, lead_s, write_at_s


@dataclass(frozen=True, slots=True)
class Fired:
    """`error_ms`: how much later than wanted the light should have changed; None: it was not written."""

    outcome: SendOutcome
    error_ms: float | None = None


def fire(
    lane: Lane,
    packet: RadioPacket,
    fire_at_s: float,
    *,
    priority: Priority,
    cancellation: Cancellation,
    wait_until: Callable[[float], bool],
    clock: Clock,
    guard_s: float,
) -> Fired:
    """Waits for the outcome. `fire_at_s` in Clock seconds; one that has passed means now.

    wait_until  waits for a moment; False: given up. `guard_s`: a SYNC younger than this keeps the gateway's own away.
    Raises LaneFull or NotSendable.
    """
    lengths = sendable(packet).lengths_on_air

    def on_air_s() -> float:
        return air_s(lengths, lane.session.profile if lane.session is not None else None)

    write_s = write_at_s(fire_at_s, on_air_s(), lane.overhead_ms)
    quiet_at_s = guard_at_s(write_s, clock.monotonic(), on_air_s(), lane.overhead_ms, guard_s)
    if quiet_at_s is not None and isinstance(packet.body, Sync) and wait_until(quiet_at_s):
        harmless = RadioPacket(packet.receiver, Sync(0, packet.body.brightness))
        lane.send([harmless], priority, cancellation=cancellation)
    air = on_air_s()
    overhead_ms = lane.overhead_ms
    write_s = write_at_s(fire_at_s, air, overhead_ms)
    [outcome] = lane.send([packet], priority, fire_at_s=write_s, cancellation=cancellation)
    if outcome.written_at_s is None or not outcome.ok:
        return Fired(outcome)
    return Fired(outcome, (outcome.written_at_s + lead_s(air, overhead_ms) - fire_at_s) * 1000)
