"""Long work holds still while a race is about to start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.protocol.bodies import Config
from racelink_core.protocol.radio_packet import OnAir
from racelink_core.runtime.clock import ScaledClock, SystemClock
from racelink_core.services.task_pause import TaskPause
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.sim import node as simulated_node
from racelink_core.sim.node import SimulatedNode
from tests.services.rig import OPERATOR, Rig, running_host, until

LONG_S = 3600.0


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running_host(tmp_path) as rig:
        rig.discover()
        yield rig


@pytest.fixture
def told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lamps that heard a write, in order; at the second of them a race is staged."""
    heard: list[str] = []

    def hear(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(node.mac)
        if len(heard) == 2:
            rig.host.tasks.pause(LONG_S)
        SimulatedNode.on_config(node, packet, body)

    monkeypatch.setitem(simulated_node._HANDLERS, Config, hear)
    return heard


def current(rig: Rig) -> TaskSnapshot:
    task = rig.host.tasks.current()
    assert task is not None
    return task


def configure(rig: Rig) -> None:
    rig.host.bulk_config.start(list(rig.running), "wled_fps", 30, OPERATOR)


def test_what_was_begun_is_finished_and_the_rest_waits_for_the_start(rig: Rig, told: list[str]) -> None:
    configure(rig)
    until(lambda: current(rig).meta.get("paused"), "the pause")
    acknowledged = [device for device in rig.host.store.snapshot.devices.values() if device.specials]
    assert len(told) == len(acknowledged) == 2
    rig.host.tasks.resume()
    task = rig.finished()
    assert (task.result["acknowledged"], len(told), task.meta["paused"]) == (7, 7, False)


def test_a_task_that_waits_for_the_start_can_be_cancelled(rig: Rig, told: list[str]) -> None:
    configure(rig)
    until(lambda: current(rig).meta.get("paused"), "the pause")
    rig.host.tasks.cancel()
    result = rig.finished().result
    assert (result["acknowledged"], result["cancelled"]) == (2, 5)


def test_a_host_that_stops_does_not_wait_for_the_start(rig: Rig, told: list[str]) -> None:
    configure(rig)
    until(lambda: current(rig).meta.get("paused"), "the pause")
    rig.host.stop()
    assert not rig.host.tasks.is_running


def test_what_is_started_while_a_race_is_staged_begins_after_the_start() -> None:
    tasks, begun = Tasks(SystemClock()), threading.Event()

    def work(task: TaskHandle) -> Any:
        begun.set()

    tasks.pause(LONG_S)
    tasks.start("status", work)
    assert not begun.wait(0.05)
    tasks.resume()
    assert begun.wait(10)
    tasks.stop(10)


def test_a_start_that_is_never_heard_of_holds_nothing_back_for_ever() -> None:
    tasks = Tasks(ScaledClock(1000))
    tasks.pause(20.0)
    tasks.start("status", lambda task: task.is_cancelled)
    until(lambda: not tasks.is_running, "the end of the task")
    task = tasks.current()
    assert task is not None
    assert (task.state, task.result) == ("done", False)
    tasks.stop(10)


def test_the_end_of_a_pause_can_be_put_off_and_never_makes_one() -> None:
    clock = ScaledClock(1000)
    pause, nobody = TaskPause(clock), threading.Event()
    pause.release(after_s=LONG_S)
    assert not pause.is_on
    pause.hold(LONG_S)
    released_at_s = clock.monotonic()
    pause.release(after_s=5.0)
    pause.wait(nobody.is_set)
    assert clock.monotonic() >= released_at_s + 5.0
    assert not pause.is_on
