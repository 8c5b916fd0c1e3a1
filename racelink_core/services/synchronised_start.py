"""The start, exactly: lamps are armed while the race stages, and one SYNC changes them at the start.

The SYNC is handed to the port process while the race stages: at the start RotorHazard's process stands still.
Source: issue text "The start, exactly"; design, section 6.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from racelink_core.domain.clock import Clock
from racelink_core.domain.command import RlEffectCommand, RlPresetCommand, SyncCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin
from racelink_core.domain.scene import MAX_ACTIONS, Choreography
from racelink_core.domain.timings import Timings
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.armed_nodes import Addressee
from racelink_core.services.dispatcher import Dispatcher
from racelink_core.services.race_rules import has_sync
from racelink_core.services.race_watch import ArmedStart, RacePhase, RaceWatch
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.services.scene_runner.results import CANCELLED, SceneResult
from racelink_core.services.scene_runner.service import HOST_STOPS, SceneRunner

_log = logging.getLogger(__name__)
StartCommand = RlPresetCommand | RlEffectCommand
KEY = "synchronised_start"
_GATHER_S = 0.02
"""What one event orders comes within this time, and is sent behind what else the event sends at once."""
_REPEAT_S = 0.5
"""So long after it was armed a lamp is armed once more: one that missed the packet would stay dark at the start."""
_QUIET_S = 0.1
"""So long after lamps were told something else they are armed again."""
_ROOM_S = 0.1
"""What begins later than so long before RotorHazard stands still may not be out in time."""
_LATE_MS = 50.0


class NoRaceStages(RaceLinkError):
    """A start was ordered, but no race is about to start; nothing was sent."""

    code = "no_race_stages"

    def __init__(self) -> None:
        super().__init__("No race is staging any more: it was aborted before the lamps were armed.")


@dataclass(eq=False, slots=True)
class _Start:
    """at_s      in Clock seconds
    armed     whom armed packets were sent to, by network id
    disturbed others have told armed lamps something, or it is over
    """

    at_s: float
    origin: Origin
    commands: tuple[StartCommand, ...]
    tell: Callable[[str], None]
    is_gathering: bool = True
    state: ArmedStart = field(default_factory=ArmedStart)
    armed: dict[str, set[Addressee]] = field(default_factory=dict)
    disturbed: threading.Event = field(default_factory=threading.Event)


class SynchronisedStart:
    """One start at a time. `runner`: for its runs alone; `scenes`: the others, which must not fire it."""

    def __init__(
        self,
        *,
        runner: SceneRunner,
        scenes: SceneRunner,
        dispatcher: Dispatcher,
        race: RaceWatch,
        clock: Clock,
        timings: Timings,
    ) -> None:
        self._runner, self._scenes, self._dispatcher = runner, scenes, dispatcher
        self._race, self._clock, self._timings = race, clock, timings
        self._start: _Start | None = None
        race.subscribe(self._race_changed)
        self._threads: set[threading.Thread] = set()

    def order(self, command: StartCommand, starts_at_s: float, origin: Origin, tell: Callable[[str], None]) -> None:
        """Returns at once. What is ordered for the same moment is fired together; another moment replaces all of it.

        starts_at_s  in Clock seconds. Where there is no time left to arm lamps, they follow as soon as possible
        tell         called later, with a sentence, where lamps did not follow, or too late
        Raises NoRaceStages.
        """
        if not self._race.is_on:
            raise NoRaceStages
        before = self._start
        if before is not None and before.at_s == starts_at_s:
            commands = (*before.commands, command)[: MAX_ACTIONS - 1]
            if before.is_gathering:
                before.commands = commands
                return
        else:
            commands = (command,)
        if before is not None:
            before.disturbed.set()
        start = _Start(starts_at_s, origin, commands, tell)
        self._start, self._race.armed_start = start, start.state
        self._scenes.end_those(has_sync, "Its SYNC would fire the start of the race too early.")
        self._in_background(lambda: self._serve(start))

    def cancel(self, reason: str) -> None:
        """Returns at once: the SYNC is taken back, and armed lamps are freed. Harmless without a start."""
        start, self._start = self._start, None
        if start is None:
            return
        start.state.is_given_up = True
        start.disturbed.set()
        self._in_background(lambda: self._runner.stop(reason))

    def packet_sent(self, network_id: str, packet: RadioPacket) -> None:
        """Fits `Outbound.listener`: what others tell armed lamps disarms them."""
        start, body = self._start, packet.body
        if start is None or not isinstance(body, Control):
            return
        to, armed = Addressee(packet.receiver, body.group_id), start.armed.setdefault(network_id, set())
        if body.flags & PacketFlags.ARM_ON_SYNC:
            armed.add(to)
        elif any(to.overlaps(each) for each in armed):
            start.disturbed.set()

    def close(self, timeout_s: float) -> None:
        """Waits until lamps are free again, at most `timeout_s` system seconds. Harmless twice."""
        self.cancel(HOST_STOPS)
        self._runner.close(timeout_s)
        for thread in tuple(self._threads):
            thread.join(timeout_s)

    def _race_changed(self, phase: RacePhase) -> None:
        """A race that is staged anew has another start."""
        if phase is RacePhase.STAGING:
            self.cancel("The race was staged anew.")
        elif phase is RacePhase.NONE:
            self.cancel("The race was aborted or stopped.")

    def _serve(self, start: _Start) -> None:
        try:
            self._clock.sleep(_GATHER_S)
            start.is_gathering = False
            if self._start is start:
                self._run(start)
        finally:
            if self._start is start:
                self._start = None
            if self._race.armed_start is start.state:
                self._race.armed_start = None
            start.state.over.set()

    def _run(self, start: _Start) -> None:
        armed = (_armed(command) for command in start.commands)
        choreography = Choreography(actions=(*armed, SyncCommand()), stop_on_error=False)
        run = self._runner.start(RunRequest(KEY, choreography, start.origin, start.at_s, is_draft=True))
        self._keep_armed(start)
        result = self._runner.wait(run)
        problem = _problem_of(result)
        if problem is not None:
            start.tell(problem)
        if result.failed_actions and result.packets_sent and self._start is start:
            self._light_unsynchronised(start)

    def _keep_armed(self, start: _Start) -> None:
        """Until there is no time left for it."""
        until_s = start.at_s - self._timings.hub_still_s
        last_s = until_s - _ROOM_S
        again_s = self._clock.monotonic() + _REPEAT_S
        while self._start is start and (now_s := self._clock.monotonic()) < last_s:
            if start.disturbed.wait(self._clock.system_s(min(again_s, last_s) - now_s)):
                self._clock.sleep(_QUIET_S)
                start.disturbed.clear()
            elif now_s < again_s <= last_s:
                again_s = math.inf
            else:
                return
            for command in start.commands:
                if self._start is start and self._clock.monotonic() < last_s:
                    self._dispatcher.submit(_armed(command), start.origin, until_s=until_s)

    def _light_unsynchronised(self, start: _Start) -> None:
        """Better late than dark, and no lamp stays armed; not before the start, of course."""
        self._clock.sleep(start.at_s - self._clock.monotonic())
        for command in start.commands:
            if self._start is start:
                self._dispatcher.submit(command, start.origin)

    def _in_background(self, work: Callable[[], object]) -> None:
        def serve() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001 - the edge of a greenlet: a start that failed is logged
                _log.exception("The start could not be synchronised")
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=serve, name="rl-start", daemon=True)
        self._threads.add(thread)
        thread.start()


def _armed(command: StartCommand) -> StartCommand:
    flags = command.flags_override.model_copy(update={"arm_on_sync": True})
    return command.model_copy(update={"flags_override": flags})


def _problem_of(result: SceneResult) -> str | None:
    """Why lamps did not change at the start; None where they did, or should not."""
    unfreed = None if result.clean_up is None else result.clean_up.problem
    if result.error == CANCELLED:
        return unfreed
    failed = [str((action.detail or {}).get("problem") or action.error) for action in result.failed_actions]
    late_ms = max(((action.detail or {}).get("fire_error_ms", 0.0) for action in result.actions), default=0.0)
    if late_ms > _LATE_MS:
        failed.append(
            f"The lamps changed {late_ms / 1000:.1f} s after the start: the race staged for too short a time to arm "
            "them. Choose a race format that stages longer."
        )
    if not failed and not result.ok:
        failed.append(result.error or "The server log says more.")
    return " ".join(dict.fromkeys([*failed, *filter(None, (unfreed,))])) or None
