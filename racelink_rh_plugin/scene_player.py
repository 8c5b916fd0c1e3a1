"""Starts and stops scenes for whoever asks inside RotorHazard, and finds the words for how they ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from racelink_core.domain.origin import Origin
from racelink_core.domain.scene import Scene
from racelink_core.services.scene_runner.request import RunRequest, SceneRun
from racelink_core.services.scene_runner.results import CANCELLED, SceneResult

from .values import read_scene

if TYPE_CHECKING:
    from racelink_core.host import Host


@dataclass(frozen=True, slots=True)
class Playing:
    """A run, and what the operator calls its scene."""

    label: str
    run: SceneRun


class ScenePlayer:
    def __init__(self, host: Host) -> None:
        self._host = host

    def start(self, stored: object, origin: Origin, altered: Callable[[Scene], Scene] | None = None) -> Playing:
        """Returns at once; what runs is replaced, waited for or kept by the policy of the origin.

        stored   the value of a field
        altered  what is to be run instead of what is kept, as in another colour

        Raises BindingBroken, SceneInvalid or SceneBusy.
        """
        scene = self._host.scenes.playable(read_scene(stored, self._host.store.snapshot))
        played = scene if altered is None else altered(scene)
        request = RunRequest(scene.key, played, origin, is_draft=played is not scene)
        return Playing(scene.label, self._host.scene_runner.start(request))

    @property
    def current(self) -> Playing | None:
        run = self._host.scene_runner.running
        if run is None:
            return None
        scenes = self._host.store.snapshot.scenes.values()
        return Playing(next((each.label for each in scenes if each.key == run.scene_key), run.scene_key), run)

    @property
    def has_left_lamps_waiting(self) -> bool:
        """A scene of an earlier start was cut off, and nobody has freed its lamps."""
        return bool(self._host.scene_runner.problems())

    def stop(self, reason: str) -> bool:
        """Returns at once: the current packet is the last, then lamps are freed. False: there was nothing to stop."""
        return self._host.scene_runner.stop(reason)

    def wait(self, playing: Playing) -> SceneResult:
        """Until its end."""
        return self._host.scene_runner.wait(playing.run)

    def when_over(self, playing: Playing, tell: Callable[[SceneResult], None]) -> None:
        """Returns at once; `tell` is called on a greenlet of its own."""
        threading.Thread(target=lambda: tell(self.wait(playing)), name="rl-scene-answer", daemon=True).start()


def ending_of(playing: Playing) -> str:
    """One sentence or more about a run that is over."""
    result, what = playing.run.result, f"Scene “{playing.label}”"
    assert result is not None
    if result.error == CANCELLED:
        return _joined(f"{what} was ended.", result.detail, clean_up_problem_of(result))
    if (problem := result.problem) is not None:
        return f"{what} was not sent whole. {problem}"
    return f"{what} was sent." if result.packets_sent else f"{what} is over. It had nothing to send."


def stopping_of(playing: Playing, result: SceneResult) -> str:
    """The same for who has just stopped it."""
    if result.error != CANCELLED:
        return ending_of(playing)
    return _joined(f"Scene “{playing.label}” was stopped.", clean_up_problem_of(result))


def clean_up_problem_of(result: SceneResult) -> str | None:
    """Why lamps may still wait for a SYNC or be in offset mode."""
    return None if result.clean_up is None else result.clean_up.problem


def _joined(*sentences: str | None) -> str:
    return " ".join(filter(None, sentences))
