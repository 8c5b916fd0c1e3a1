"""A race that plays in a loop, so that a simulated fleet has something to show.

Commands carry the origins that RotorHazard's events would give them, and take the same road.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from racelink_core.domain.command import Command, RlEffectCommand
from racelink_core.domain.effect import Colour, EffectParameters
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.target import BroadcastTarget, GroupsTarget, Target

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)

SOLID, BREATHE, CHASE, STROBE = 0, 2, 28, 23
"""WLED effects that the race uses."""
AMBER: Colour = (255, 140, 0)
GREEN: Colour = (0, 255, 40)
WHITE: Colour = (255, 255, 255)
NIGHT: Colour = (20, 40, 110)
PILOTS: tuple[tuple[str, Colour], ...] = (
    ("Nova", (255, 30, 120)),
    ("Comet", (0, 200, 255)),
    ("Ember", (255, 90, 0)),
    ("Fern", (60, 255, 90)),
)
LAPS = 3
OPERATOR_PAUSE_S = 20.0
"""An operator who tries something must be able to see it before the race goes on."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens in the race, and how long it is shown."""

    event: str
    command: Command
    shown_s: float


def moments(gate_groups: tuple[int, ...]) -> Iterator[Moment]:
    """One race. `gate_groups`: the groups that light up as pilots pass, in track order."""
    everyone = BroadcastTarget()
    yield Moment("idle", _effect(everyone, BREATHE, NIGHT, 90), 4.0)
    yield Moment("RACE_STAGE", _effect(everyone, BREATHE, AMBER, 200), 4.0)
    yield Moment("RACE_START", _effect(everyone, SOLID, GREEN, 255), 2.5)
    for _ in range(LAPS if gate_groups else 0):
        for pilot, colour in PILOTS:
            for group_id in gate_groups:
                passing = _effect(GroupsTarget(value=(group_id,)), SOLID, colour, 220)
                yield Moment(f"RACE_LAP_RECORDED {pilot}", passing, 0.8)
    yield Moment("RACE_FINISH", _effect(everyone, STROBE, WHITE, 160), 3.0)
    winner, colour = PILOTS[0]
    yield Moment(f"RACE_WIN {winner}", _effect(everyone, CHASE, colour, 200), 5.0)


def _effect(target: Target, mode: int, colour: Colour, brightness: int) -> RlEffectCommand:
    return RlEffectCommand(target=target, params=EffectParameters(mode=mode, color1=colour, brightness=brightness))


class DemoRace:
    """Plays races until it is stopped; waits while there is no gateway and while an operator works."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._play, name="rl-demo-race", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Harmless twice."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(5.0)
            self._thread = None

    def _play(self) -> None:
        for _ in cycle((None,)):
            self._ask_for_status()
            for moment in moments(self._gate_groups()):
                while self._must_wait():
                    if self._wait(0.25):
                        return
                origin = Origin(f"race event {moment.event}", Priority.RACE_EVENT)
                result = self._host.dispatcher.submit(moment.command, origin)
                if not result.ok:
                    _log.warning("The demo race's %s was not shown: %s", moment.event, result.detail)
                if self._wait(moment.shown_s):
                    return

    def _ask_for_status(self) -> None:
        """So that batteries and signals are shown, and devices count as online."""
        while self._must_wait():
            if self._wait(0.25):
                return
        try:
            self._host.status.start(BroadcastTarget(), Origin("demo", Priority.AUTOMATION))
        except RaceLinkError as error:
            _log.warning("The demo's status poll did not start: %s", error)

    def _gate_groups(self) -> tuple[int, ...]:
        groups = self._host.store.snapshot.groups.values()
        return tuple(group.id for group in groups if "gate" in group.name.lower()) or tuple(
            group.id for group in groups
        )

    def _must_wait(self) -> bool:
        if not self._host.gateways.status().ready or self._host.tasks.is_running:
            return True
        latest = next((r for r in self._host.history.records() if r.origin.priority in _BY_HAND), None)
        return latest is not None and self._host.clock.unix() - latest.at_s < OPERATOR_PAUSE_S

    def _wait(self, seconds: float) -> bool:
        """True when the race is to end."""
        return self._stopped.wait(self._host.clock.system_s(seconds))


_BY_HAND = (Priority.OPERATOR, Priority.BLACKOUT)
