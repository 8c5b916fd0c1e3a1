"""What becomes of a scene that is started while another one runs. Source: issue text "Runner"; spec scenes, 15."""

from __future__ import annotations

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Priority
from racelink_core.domain.settings import SceneStart, Settings

MOST_QUEUED = 8
URGENT = Priority.RACE_EVENT
"""From this priority on a scene begins before the one that it replaces has cleaned up."""


class SceneBusy(RaceLinkError):
    """Refused; nothing was sent."""

    code = "scene_busy"

    def __init__(self, running_scene_key: str, reason: str) -> None:
        super().__init__(f"The scene {running_scene_key!r} is running. {reason}")
        self.running_scene_key = running_scene_key


def policy_of(priority: Priority, settings: Settings) -> SceneStart:
    """A scene of an abort or stop, or as urgent as a blackout, never waits."""
    if priority > Priority.RACE_EVENT:
        return "replace"
    if priority is Priority.RACE_EVENT:
        return settings.scene_start_race_event
    if priority is Priority.OPERATOR:
        return settings.scene_start_operator
    return settings.scene_start_automation
