"""A scene that is stopped, overtaken or loses its gateway in the middle of every kind of action.

The simulator's lamps judge: afterwards they follow again, and nothing fires that was given up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand
from racelink_core.domain.outcome import CommandResult
from racelink_core.domain.scene import Action
from racelink_core.services.scene_runner.request import SceneRun
from racelink_core.services.scene_runner.service import Progress
from tests.services.blocks import blocks
from tests.services.rig import GATEWAY, OPERATOR, Rig, until
from tests.services.scenes import (
    EVERYONE,
    PANIC,
    RACE,
    SYNC,
    brightnesses,
    cascade,
    delay,
    effect,
    is_free,
    order,
    preset,
    scene_rig,
    startblock,
    together,
    wled,
)

TARGET = 2
"""The index of the action in whose middle it happens; armed lamps and lamps in offset mode wait before it."""
BEFORE = (effect(60), cascade(effect(70, armed=True)))
AFTER = (delay(100), together(effect(99)))
KINDS: dict[str, Action] = {
    "rl_preset": preset(1, brightness=55),
    "wled_preset": wled(brightness=55),
    "rl_effect": effect(55),
    "startblock": startblock(),
    "sync": SYNC,
    "delay": delay(3000),
    "offset_group": cascade(effect(55, 1, armed=True), effect(56, 2, armed=True)),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@contextmanager
def venue(kind: str, directory: Path) -> Iterator[Rig]:
    """With starting blocks where they are needed. While one answers it hears nothing, so lamps are healed there."""
    if kind != "startblock":
        with scene_rig(directory) as rig:
            yield rig
        return
    with blocks(directory) as rig:
        yield rig


def order_and(rig: Rig, kind: str, happens: Callable[[], object]) -> SceneRun:
    """`happens` as soon as the action has begun, while its first packet is on its way."""
    begun = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.index == TARGET and progress.status == "running" and not begun.is_set():
            begun.set()

    unsubscribe = rig.host.scene_runner.subscribe(watch)
    run = order(rig, *BEFORE, KINDS[kind], *AFTER)
    assert begun.wait(30), "the action never began"
    unsubscribe()
    happens()
    return run


def follows(rig: Rig) -> None:
    """What comes next is shown by every lamp, and stays when somebody fires what is armed."""
    submit = rig.host.dispatcher.submit
    until(lambda: submit(effect(123), OPERATOR).ok, "a command that leaves")
    until(lambda: brightnesses(rig) == {123}, "lamps that follow")
    assert submit(SYNC, OPERATOR).ok
    rig.host.clock.sleep(2.0)
    assert brightnesses(rig) == {123}


@every_kind
def test_a_stop_ends_it_at_once_and_frees_every_lamp(kind: str, tmp_path: Path) -> None:
    with venue(kind, tmp_path) as rig:
        run = order_and(rig, kind, rig.host.scene_runner.stop)
        result = rig.host.scene_runner.wait(run)
        assert result.error == "cancelled"
        assert result.cancelled_at_index in (TARGET, TARGET + 1)
        assert result.actions[-1].error == "skipped: cancelled"
        assert result.clean_up is None or result.clean_up.problem is None
        until(lambda: is_free(rig), "free lamps")
        assert 99 not in brightnesses(rig)
        follows(rig)


@every_kind
def test_a_race_event_goes_first_and_the_scene_comes_to_its_end_all_the_same(kind: str, tmp_path: Path) -> None:
    with venue(kind, tmp_path) as rig:
        results: list[CommandResult] = []
        run = order_and(rig, kind, lambda: results.append(rig.host.dispatcher.submit(preset(1, 88), RACE)))
        assert results[0].ok
        result = rig.host.scene_runner.wait(run)
        assert [(each.ok, each.error) for each in result.actions] == [(True, None)] * (TARGET + 3)
        until(lambda: brightnesses(rig) == {99}, "the end of the scene")
        follows(rig)


@every_kind
def test_a_blackout_ends_it_and_dark_stays_dark(kind: str, tmp_path: Path) -> None:
    with venue(kind, tmp_path) as rig:
        run = order_and(rig, kind, lambda: rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC))
        result = rig.host.scene_runner.wait(run)
        assert result.error == "cancelled"
        until(lambda: brightnesses(rig) == {0}, "darkness")
        assert rig.host.dispatcher.submit(SYNC, OPERATOR).ok
        rig.host.clock.sleep(2.0)
        assert brightnesses(rig) == {0}
        until(lambda: is_free(rig), "free lamps")


@every_kind
def test_an_unplugged_gateway_ends_it_with_the_reason_and_lamps_follow_when_it_is_back(
    kind: str, tmp_path: Path
) -> None:
    with venue(kind, tmp_path) as rig:
        run = order_and(rig, kind, lambda: rig.simulation.fault("unplug", GATEWAY))
        result = rig.host.scene_runner.wait(run)
        assert not result.ok
        assert result.aborted_at_index is not None
        failed = result.actions[result.aborted_at_index]
        assert failed.error in ("send_failed", "offset_group_partial_failure")
        assert failed.detail is not None
        assert failed.detail["problem"]
        assert {each.error for each in result.actions[failed.index + 1 :]} <= {"skipped: aborted"}
        assert result.clean_up is not None
        assert result.clean_up.problem is not None
        assert rig.host.scene_runner.running is None
        rig.simulation.fault("replug", GATEWAY)
        until(lambda: rig.host.gateways.status().ready, "the gateway")
        follows(rig)


def test_an_overtaken_cascade_is_played_after_what_overtook_it(tmp_path: Path) -> None:
    with scene_rig(tmp_path) as rig:
        overtaken = threading.Event()

        def overtake(progress: Progress) -> None:
            if progress.index == 0 and progress.status == "running":
                threading.Thread(target=race).start()

        def race() -> None:
            assert rig.host.dispatcher.submit(preset(1, 88), RACE).ok
            overtaken.set()

        unsubscribe = rig.host.scene_runner.subscribe(overtake)
        run = order(rig, cascade(effect(55, armed=True)), delay(500), SYNC)
        result = rig.host.scene_runner.wait(run)
        unsubscribe()
        assert overtaken.wait(30)
        assert result.ok
        until(lambda: brightnesses(rig) == {55}, "the cascade")
        phases = {node.group_id: node.lamp.phase_ms for node in rig.running.values()}
        assert phases == {1: 300, 2: 600}
