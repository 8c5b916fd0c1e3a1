"""Sends a SYNC so that the light changes at a given moment. The arithmetic: `timed_fire.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from racelink_core.domain.origin import Priority
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.guards import air_s
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.gateway.sendable import sendable
from racelink_core.protocol.bodies import Sync
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.scene_runner.surroundings import Surroundings
from racelink_core.services.scene_runner.timed_fire import guard_at_s, lead_s, write_at_s


@dataclass(frozen=True, slots=True)
class Fired:
    """`error_ms`: how much later than wanted the light should have changed; None: it was not written."""

    outcome: SendOutcome
    error_ms: float | None = None


class TimedSync:
    """One SYNC on one network. `fire_at_s` in Clock seconds; a moment that has passed means now.

    wait_until  waits for a moment; False: the run was cancelled
    """

    def __init__(
        self,
        lane: Lane,
        packet: RadioPacket,
        fire_at_s: float,
        surroundings: Surroundings,
        wait_until: Callable[[float], bool],
    ) -> None:
        self._lane, self._packet, self._fire_at_s = lane, packet, fire_at_s
        self._around, self._wait_until = surroundings, wait_until
        self._lengths = sendable(packet).lengths_on_air

    def fire(self, priority: Priority, cancellation: Cancellation) -> Fired:
        """Waits for the outcome. Raises LaneFull."""
        self._keep_autosync_away(priority, cancellation)
        air, overhead_ms = self._air_s, self._lane.least_overhead_ms
        write_s = write_at_s(self._fire_at_s, air, overhead_ms)
        [outcome] = self._lane.send([self._packet], priority, fire_at_s=write_s, cancellation=cancellation)
        if outcome.written_at_s is None or not outcome.ok:
            return Fired(outcome)
        return Fired(outcome, (outcome.written_at_s + lead_s(air, overhead_ms) - self._fire_at_s) * 1000)

    @property
    def _air_s(self) -> float:
        session = self._lane.session
        return air_s(self._lengths, session.profile if session is not None else None)

    def _keep_autosync_away(self, priority: Priority, cancellation: Cancellation) -> None:
        """By a SYNC that fires nothing."""
        clock, guard_s = self._around.clock, self._around.timings.sync_guard_s
        air, overhead_ms = self._air_s, self._lane.overhead_ms
        write_s = write_at_s(self._fire_at_s, air, overhead_ms)
        at_s = guard_at_s(write_s, clock.monotonic(), air, overhead_ms, guard_s)
        body = self._packet.body
        if at_s is not None and isinstance(body, Sync) and self._wait_until(at_s):
            harmless = RadioPacket(self._packet.receiver, Sync(0, body.brightness))
            self._lane.send([harmless], priority, cancellation=cancellation)
