"""What the panels' buttons do. Each answers with a notification that says what happened."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from racelink_core.domain.command import BlackoutCommand, RlPresetChoice, RlPresetCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import GroupId
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult
from racelink_core.domain.target import BroadcastTarget
from racelink_core.services.scene_runner.request import RunState
from racelink_core.services.scene_runner.results import CANCELLED
from racelink_core.services.tasks import TaskSnapshot

from . import panels
from .notifier import Notifier
from .rotorhazard import RhApi
from .scene_player import ScenePlayer, ending_of, stopping_of
from .values import NEW, choice_or_first, group_choices, read_brightness, read_preset, read_target

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_OPERATOR = Origin("RotorHazard panel", Priority.OPERATOR)
_TASK_LIMIT_S = 1800.0
_SOON_S = 1.0
"""What is over sooner needs no word that it has begun."""
_STOPPED = "Stopped on RotorHazard's page."


class Buttons:
    """RotorHazard calls a button inside the browser's request, so each hands its work to a greenlet of its own."""

    def __init__(self, rhapi: RhApi, host: Host, scenes: ScenePlayer, notifier: Notifier) -> None:
        self._rhapi, self._host, self._scenes, self._notifier = rhapi, host, scenes, notifier

    def discover(self, _args: object) -> None:
        self._run("rl-discover", self._discover)

    def resync(self, _args: object) -> None:
        self._run("rl-resync", self._resync)

    def find_gateways(self, _args: object) -> None:
        self._run("rl-find-gateways", self._find_gateways)

    def save(self, _args: object) -> None:
        self._run("rl-save", self._save)

    def apply_quickset(self, _args: object) -> None:
        self._run("rl-quickset", self._apply_quickset)

    def run_scene(self, _args: object) -> None:
        self._run("rl-run-scene", self._run_scene)

    def stop_scene(self, _args: object) -> None:
        self._run("rl-stop-scene", self._stop_scene)

    def blackout(self, _args: object) -> None:
        self._run("rl-blackout", self._blackout)

    def _discover(self) -> str:
        choices = [*group_choices(self._host.store.snapshot), (NEW, "")]
        chosen = choice_or_first(self._option(panels.ASSIGN_TO), choices)
        if chosen == NEW:
            name = (self._option(panels.NEW_GROUP_NAME) or "").strip() or "RaceLink"
            self._host.discovery.start(None, name, origin=_OPERATOR)
        else:
            self._host.discovery.start(GroupId(int(chosen.removeprefix("group:"))), None, origin=_OPERATOR)
        self._notifier.answer("Looking for devices…")
        task = self._wait_for_task()
        if task.state == "error":
            return f"Discovery failed: {task.last_error}"
        result = task.result or {}
        if not result.get("found"):
            return str(
                result.get("reason") or "No device without a group answered. Are the lamps switched on and near?"
            )
        text = f"{result['found']} devices answered, {result.get('new', 0)} new, {result.get('assigned', 0)} assigned."
        unconfirmed = result.get("unconfirmed")
        return f"{text} {unconfirmed} did not confirm their group yet." if unconfirmed else text

    def _resync(self) -> str:
        self._host.grouping.start_resync(_OPERATOR)
        self._notifier.answer("Telling every device its group…")
        task = self._wait_for_task()
        if task.state == "error":
            return f"Re-sync failed: {task.last_error}"
        result = task.result or {}
        return (
            f"{result.get('changed', 0)} of {result.get('total', 0)} devices confirmed their group, "
            f"{result.get('timed_out', 0)} did not answer, {result.get('skipped_offline', 0)} were not asked."
        )

    def _find_gateways(self) -> str:
        self._host.gateways.retry()
        self._notifier.answer("Looking for gateways…")
        timings = self._host.timings
        deadline_s = time.monotonic() + timings.identify_attempt_s * timings.identify_attempts
        while not (status := self._host.gateways.status()).ready and time.monotonic() < deadline_s:
            time.sleep(0.1)
        if status.ready:
            connected = [f"{record.mac} on {record.url}" for record in status.gateways if record.is_connected]
            return f"Connected: {', '.join(connected)}."
        return status.last_error.reason if status.last_error else "No gateway found. Plug one in by USB."

    def _save(self) -> str:
        self._host.store.flush()
        path = self._host.store.backup()
        return f"Everything is saved. Backup: {path.name}."

    def _apply_quickset(self) -> str:
        snapshot = self._host.store.snapshot
        preset_id = read_preset(self._option(panels.QUICKSET_PRESET), snapshot)
        command = RlPresetCommand(
            target=read_target(self._option(panels.QUICKSET_GROUP), snapshot),
            params=RlPresetChoice(
                presetId=preset_id,
                brightness=read_brightness(self._option(panels.QUICKSET_BRIGHTNESS)),
            ),
        )
        label = snapshot.preset(preset_id).label
        return _sentence(f"“{label}”", self._host.dispatcher.submit(command, _OPERATOR))

    def _run_scene(self) -> str | None:
        playing = self._scenes.start(self._option(panels.QUICKSET_SCENE), _OPERATOR)
        if not playing.run.ended.wait(_SOON_S):
            does = "waits until the one before it is over" if playing.run.state is RunState.QUEUED else "is running"
            self._notifier.answer(f"Scene “{playing.label}” {does}.")
        result = self._scenes.wait(playing)
        return None if result.error == CANCELLED and result.detail == _STOPPED else ending_of(playing)

    def _stop_scene(self) -> str:
        playing, frees_lamps = self._scenes.current, self._scenes.has_left_lamps_waiting
        if not self._scenes.stop(_STOPPED):
            return "Lamps that a scene had left waiting are freed." if frees_lamps else "No scene is running."
        if playing is None:
            return "What was waiting will not run."
        return stopping_of(playing, self._scenes.wait(playing))

    def _blackout(self) -> str:
        origin = Origin("RotorHazard panel", Priority.BLACKOUT)
        return _sentence("Blackout", self._host.dispatcher.submit(BlackoutCommand(target=BroadcastTarget()), origin))

    def _option(self, name: str) -> str | None:
        """The stored choice; None when there is none yet."""
        value = self._rhapi.db.option(name, None)
        return None if value in (None, "", "None", False) else str(value)

    def _wait_for_task(self) -> TaskSnapshot:
        deadline_s = time.monotonic() + _TASK_LIMIT_S
        while True:
            task = self._host.tasks.current()
            if task is not None and (task.state != "running" or time.monotonic() > deadline_s):
                return task
            time.sleep(0.2)

    def _run(self, name: str, work: Callable[[], str | None]) -> None:
        """`work` answers with None when somebody else says it."""

        def run() -> None:
            answer: str | None
            try:
                answer = work()
            except RaceLinkError as error:
                answer = str(error)
            except Exception:  # noqa: BLE001 - the edge of a button: whatever it is, the operator gets an answer
                _log.exception("The button's work %s failed", name)
                answer = "That did not work. The server log says why."
            if answer is not None:
                self._notifier.answer(answer)

        threading.Thread(target=run, name=name, daemon=True).start()


def _sentence(what: str, result: CommandResult) -> str:
    if result.ok:
        return f"{what} was {result.status.value}." + (f" {result.detail}" if result.detail else "")
    return f"{what} was not sent. {result.detail or result.status.value}"
