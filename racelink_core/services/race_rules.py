"""Who has to stand back for a race: automation while it is on, its own scenes when it is aborted or stopped.

Source: issue text "Race rules for priority".
"""

from __future__ import annotations

from collections.abc import Callable

from racelink_core.domain.command import SyncCommand
from racelink_core.domain.origin import Priority
from racelink_core.services.dispatcher import Dispatcher
from racelink_core.services.race_watch import STAGED, RacePhase, RaceWatch
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.services.scene_runner.service import SceneRunner

RACE_IS_OVER = "The race was aborted or stopped, and something is bound to that."


def admission(race: RaceWatch) -> Callable[[RunRequest], None]:
    """Fits `admit` of a scene runner."""

    def admit(request: RunRequest) -> None:
        race.admit(request.origin, has_sync=has_sync(request))

    return admit


def has_sync(request: RunRequest) -> bool:
    """Whether the scene fires what is armed."""
    return any(isinstance(action, SyncCommand) for action in request.choreography.actions)


class RaceRules:
    """Ties dispatcher and scene runner to the race. Standalone nothing of it ever happens."""

    def __init__(self, race: RaceWatch, dispatcher: Dispatcher, scenes: SceneRunner) -> None:
        self._scenes = scenes
        dispatcher.before_race_end = self._end_scenes_of_the_race
        race.subscribe(self._race_changed)
        race.subscribe(dispatcher.race_changed)

    def _race_changed(self, phase: RacePhase) -> None:
        if phase is RacePhase.STAGING:
            self._scenes.end_those(lambda request: request.origin.priority <= Priority.AUTOMATION, STAGED)

    def _end_scenes_of_the_race(self) -> None:
        self._scenes.end_those(lambda request: request.origin.priority is Priority.RACE_EVENT, RACE_IS_OVER)
