"""Sends so that the light changes at a given moment. The arithmetic: `timed_fire.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from racelink_core.domain.origin import Priority
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.guards import air_s
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.gateway.sendable import sendable
from racelink_core.protocol.bodies import Offset, Sync
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.scene_runner.surroundings import Surroundings
from racelink_core.services.scene_runner.timed_fire import guards_at_s, lead_s, write_at_s


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

    def fire(self, priority: Priority, cancellation: Cancellation) -> Fired:
        """Waits for the outcome. Raises LaneFull."""
        self._keep_autosync_away(priority, cancellation)
        air, overhead_ms = _air_s(self._lane, self._packet), self._lane.least_overhead_ms
        write_s = write_at_s(self._fire_at_s, air, overhead_ms)
        [outcome] = self._lane.send([self._packet], priority, fire_at_s=write_s, cancellation=cancellation)
        if outcome.written_at_s is None or not outcome.ok:
            return Fired(outcome)
        return Fired(outcome, (outcome.written_at_s + lead_s(air, overhead_ms) - self._fire_at_s) * 1000)

    def _keep_autosync_away(self, priority: Priority, cancellation: Cancellation) -> None:
        """By SYNCs that fire nothing. When they are sent gives nothing away about the moment."""
        clock, timings, body = self._around.clock, self._around.timings, self._packet.body
        if not isinstance(body, Sync):
            return
        harmless = RadioPacket(self._packet.receiver, Sync(0, body.brightness))
        began_s = clock.monotonic()
        air, overhead_ms = _air_s(self._lane, self._packet), self._lane.overhead_ms
        write_s = write_at_s(self._fire_at_s, air, overhead_ms)
        last_s = write_s - timings.hub_still_s
        for at_s in guards_at_s(last_s, began_s, air, overhead_ms, timings.sync_guard_s):
            if not self._wait_until(at_s):
                return
            self._lane.send([harmless], priority, cancellation=cancellation)


def send_for_moment(
    lane: Lane,
    packets: Sequence[RadioPacket],
    priority: Priority,
    shown_at_s: float,
    cancellation: Cancellation,
) -> tuple[SendOutcome, ...]:
    """The first light is seen at that moment; what only prepares it goes before, and what is left right after.

    `shown_at_s` in Clock seconds; a moment that has passed means now. Waits for the outcomes. Raises as `Lane.send`.
    """
    first = next((place for place, packet in enumerate(packets) if not isinstance(packet.body, Offset)), len(packets))
    before, timed, after = packets[:first], packets[first : first + 1], packets[first + 1 :]
    outcomes = lane.send(before, priority, cancellation=cancellation)
    for packet in timed:
        write_s = write_at_s(shown_at_s, _air_s(lane, packet), lane.least_overhead_ms)
        outcomes += lane.send([packet], priority, fire_at_s=write_s, cancellation=cancellation)
    return outcomes + lane.send(after, priority, cancellation=cancellation)


def _air_s(lane: Lane, packet: RadioPacket) -> float:
    session = lane.session
    return air_s(sendable(packet).lengths_on_air, session.profile if session is not None else None)
