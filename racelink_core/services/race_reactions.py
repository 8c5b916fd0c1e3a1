"""What race events make the lamps do by bindings of our own: found, made concrete, sent while nobody waits."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from racelink_core.domain.clock import Clock
from racelink_core.domain.command import Command, RlEffectCommand, RlPresetCommand, StartblockCommand
from racelink_core.domain.effect import Colour
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.race_binding import RaceBinding, Reaction, RunScene, StopScene
from racelink_core.domain.race_event import RACE_EVENTS, RaceEvent
from racelink_core.domain.reaction_for_event import command_for, scene_for
from racelink_core.domain.reaction_problem import problem_of_reaction
from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.dispatcher import Dispatcher
from racelink_core.services.race_bindings import ReactionUnusable, bindings_in_order
from racelink_core.services.scene_runner.request import RunRequest, SceneRun
from racelink_core.services.scene_runner.service import SceneRunner
from racelink_core.services.scenes import Scenes
from racelink_core.services.synchronised_start import SynchronisedStart
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_MADE_UP_COLOUR: Colour = (255, 0, 160)
_ANNOUNCES_START = "RACE_STAGE"
_ENDS_RACE = frozenset({"RACE_ABORT", "RACE_STOP"})


@dataclass(frozen=True, slots=True)
class Reacted:
    """What became of one binding: the result of its command, the run of its scene, or whether a scene was stopped."""

    result: CommandResult | None = None
    run: SceneRun | None = None
    stopped: bool | None = None


class RaceReactions:
    """`handle` returns at once and never raises.

    said      called with a sentence for the operator when the lamps did not follow, on any greenlet: be quick
    overtaken how often a binding's command was dropped because a newer event came before its turn, by id
    """

    def __init__(
        self,
        *,
        store: Store,
        scenes: Scenes,
        dispatcher: Dispatcher,
        runner: SceneRunner,
        start: SynchronisedStart,
        clock: Clock,
    ) -> None:
        self._store, self._scenes, self._dispatcher = store, scenes, dispatcher
        self._runner, self._start, self._clock = runner, start, clock
        self.said: Callable[[str], None] = lambda _sentence: None
        self.overtaken: Counter[int] = Counter()
        self._indexed: Mapping[int, RaceBinding] | None = None
        self._by_event: dict[str, list[RaceBinding]] = {}
        self._complained: dict[int, str] = {}
        self._threads: set[threading.Thread] = set()
        self._is_closed = False

    @property
    def under_way(self) -> int:
        """How many reactions wait for their outcome."""
        return len(self._threads)

    def wants(self, event_name: str) -> bool:
        """Whether anything is bound to events of this name; costs microseconds."""
        return bool(self._bound_to(event_name))

    def handle(self, event: RaceEvent) -> None:
        """Fires what is bound to it, in the operator's order."""
        if self._is_closed:
            return
        for binding in self._bound_to(event.name):
            try:
                if binding.only.passes(event):
                    self._react(binding, event)
            except RaceLinkError as error:
                self._complain(binding, str(error))
            except Exception:  # noqa: BLE001 - nothing of ours may raise into the race timer
                _log.exception("The race binding %s failed", binding.name)
                self._say(binding, "an unexpected error; the log says more")

    def try_out(self, binding: RaceBinding, event: RaceEvent) -> Reacted:
        """Fires it now, on or off, as an operator's order, and waits for the outcome of a command.

        Raises ReactionUnusable, SceneBusy.
        """
        origin = Origin(f"race binding {binding.name}, tried out", Priority.OPERATOR)
        reaction = self._usable(binding, event, self._store.snapshot)
        if isinstance(reaction, StopScene):
            return Reacted(stopped=self._runner.stop("Stopped by a race binding that was tried out."))
        if isinstance(reaction, RunScene):
            return Reacted(run=self._run(reaction, binding, event, origin))
        return Reacted(self._dispatcher.submit(reaction, origin))

    def close(self, timeout_s: float) -> None:
        """Nothing fires any more; waits until what was sent is written down, at most `timeout_s` system seconds."""
        self._is_closed = True
        for thread in tuple(self._threads):
            thread.join(timeout_s)

    def _bound_to(self, event_name: str) -> list[RaceBinding]:
        snapshot = self._store.snapshot
        if snapshot.race_bindings is not self._indexed:
            self._by_event = {}
            for binding in bindings_in_order(snapshot):
                if binding.is_on:
                    self._by_event.setdefault(binding.event, []).append(binding)
            self._indexed = snapshot.race_bindings
        return self._by_event.get(event_name, [])

    def _react(self, binding: RaceBinding, event: RaceEvent) -> None:
        reaction = self._usable(binding, event, self._store.snapshot)
        self._complained.pop(binding.id, None)
        origin = Origin(f"race binding {binding.name}", _priority(reaction, event))
        if isinstance(reaction, StopScene):
            self._runner.stop(f"Stopped by the race binding {binding.name}.")
        elif isinstance(reaction, RunScene):
            run = self._run(reaction, binding, event, origin)
            self._in_background(lambda: self._await_run(binding, run))
        elif isinstance(reaction, RlPresetCommand | RlEffectCommand) and _is_for_start(binding, event):
            # Armed while the race stages, all of it changes by one packet.
            at_s = self._clock.from_system(event.moment_s or 0.0)
            self._start.order(reaction, at_s, origin, lambda problem: self._say(binding, problem))
        else:
            self._in_background(lambda: self._submit(reaction, binding, event, origin))

    def _usable(self, binding: RaceBinding, event: RaceEvent, snapshot: Snapshot) -> Reaction:
        """The reaction to this very event. Raises ReactionUnusable."""
        reaction: Reaction = binding.reaction
        if not isinstance(reaction, RunScene | StopScene):
            # What goes in comes out: the reactions that are commands stay commands of these kinds.
            reaction = command_for(  # type: ignore[assignment]
                reaction, event, snapshot, colour_from=binding.colour_from, to_seat=binding.to_seat
            )
        problem = problem_of_reaction(reaction, snapshot)
        if problem is not None:
            raise ReactionUnusable(problem)
        return reaction

    def _run(self, reaction: RunScene, binding: RaceBinding, event: RaceEvent, origin: Origin) -> SceneRun:
        scene = self._scenes.playable(reaction.scene)
        coloured = scene_for(scene, event, self._store.snapshot, colour_from=binding.colour_from)
        return self._runner.start(RunRequest(scene.key, coloured, origin))

    def _await_run(self, binding: RaceBinding, run: SceneRun) -> None:
        problem = self._runner.wait(run).problem
        if problem is not None:
            self._say(binding, problem)

    def _submit(self, command: Command, binding: RaceBinding, event: RaceEvent, origin: Origin) -> None:
        result = self._dispatcher.submit(
            command, origin, shown_at_s=self._moment_s(binding, event), slot=_slot(binding, event)
        )
        if result.status is CommandStatus.OVERTAKEN:
            self.overtaken[binding.id] += 1
        elif not result.ok:
            self._say(binding, result.detail or f"its command was {result.status.value}")

    def _moment_s(self, binding: RaceBinding, event: RaceEvent) -> float | None:
        if not binding.at_moment or event.moment_s is None:
            return None
        return self._clock.from_system(event.moment_s)

    def _complain(self, binding: RaceBinding, problem: str) -> None:
        """Once, until it works again or something else is wrong."""
        if self._complained.get(binding.id) == problem:
            return
        self._complained[binding.id] = problem
        _log.warning("The race binding %s did nothing: %s", binding.name, problem)
        self._say(binding, problem)

    def _say(self, binding: RaceBinding, problem: str) -> None:
        try:
            self.said(f"The lights of “{binding.name}” did not follow: {problem}")
        except Exception:  # noqa: BLE001 - who only tells must not stop a light
            _log.exception("The operator could not be told about the race binding %s", binding.name)

    def _in_background(self, work: Callable[[], object]) -> None:
        def serve() -> None:
            try:
                work()
            except Exception:  # noqa: BLE001 - the edge of a greenlet
                _log.exception("A race binding failed")
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=serve, name="rl-race-binding", daemon=True)
        self._threads.add(thread)
        thread.start()


def _is_for_start(binding: RaceBinding, event: RaceEvent) -> bool:
    return binding.at_moment and event.name == _ANNOUNCES_START and event.moment_s is not None


def _priority(reaction: Reaction, event: RaceEvent) -> Priority:
    """Filling starting blocks takes seconds, and so never stands in the way of a light."""
    if isinstance(reaction, StartblockCommand):
        return Priority.AUTOMATION
    return Priority.RACE_END if event.name in _ENDS_RACE else Priority.RACE_EVENT


def _slot(binding: RaceBinding, event: RaceEvent) -> tuple[str, int, int | None]:
    """Of what waits in one slot only the newest is sent; a seat with lamps of its own has its own."""
    return "race binding", binding.id, event.seat if binding.to_seat else None


def made_up_event(
    binding: RaceBinding, *, seat: int | None = None, lap_number: int | None = None, colour: Colour | None = None
) -> RaceEvent:
    """One that the binding is for, to try it out. What is not given is what it is limited to, else the first.

    colour  of whomever the binding takes it from
    """
    kind, only, shown = RACE_EVENTS[binding.event], binding.only, colour or _MADE_UP_COLOUR
    seats = (seat, only.seat, 0) if kind.has_seat else ()
    laps = (lap_number, only.lap_number, 1) if kind.has_lap else ()
    return RaceEvent(
        name=binding.event,
        seat=next((each for each in seats if each is not None), None),
        lap_number=next((each for each in laps if each is not None), None),
        class_id=lambda: only.class_id,
        colour_of=lambda _source: shown,
    )
