"""Scenes that meet: who replaces whom, who waits, who is refused, and that the replaced leaves no lamp behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand, SyncCommand
from racelink_core.domain.opcode import Opcode
from racelink_core.services.scene_runner.policy import MOST_QUEUED, SceneBusy
from tests.services.rig import OPERATOR, Rig, until
from tests.services.scenes import (
    AUTOMATION,
    EVERYONE,
    PANIC,
    RACE,
    SYNC,
    air_length,
    brightnesses,
    cascade,
    delay,
    effect,
    is_free,
    on_air,
    order,
    scene_rig,
    until_running,
)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with scene_rig(tmp_path) as rig:
        yield rig


def choose(rig: Rig, **policies: str) -> None:
    with rig.host.store.transaction() as draft:
        draft.settings = draft.settings.model_copy(
            update={f"scene_start_{origin}": policy for origin, policy in policies.items()}
        )


def test_an_operator_replaces_and_the_replaced_has_cleaned_up_before(rig: Rig) -> None:
    runner = rig.host.scene_runner
    first = order(rig, cascade(effect(70, armed=True)), delay(60_000), key="first")
    until_running(first, 1)
    start = air_length(rig)
    second = order(rig, effect(20), key="second")
    assert runner.wait(second).ok
    result = runner.wait(first)
    assert result.error == "cancelled"
    assert result.detail is not None
    assert "second" in result.detail
    assert [opcode for opcode, _ in on_air(rig, start)] == [Opcode.OFFSET, Opcode.CONTROL, Opcode.CONTROL]
    until(lambda: is_free(rig) and brightnesses(rig) == {20}, "the second scene alone")


def test_a_race_event_goes_first_and_then_cleans_up_behind_the_replaced(rig: Rig) -> None:
    runner = rig.host.scene_runner
    first = order(rig, effect(11), effect(70, 2, armed=True), delay(60_000), key="first")
    until_running(first, 2)
    start = air_length(rig)
    second = order(rig, effect(20, 1), key="race", origin=RACE)
    result = runner.wait(second)
    assert result.clean_up is not None
    assert (result.ok, result.clean_up.packets) == (True, 1)
    assert runner.wait(first).clean_up is None
    sent = [(opcode, body[0]) for opcode, body in on_air(rig, start)]
    assert sent == [(Opcode.CONTROL, 1), (Opcode.CONTROL, 2)]
    until(lambda: is_free(rig) and brightnesses(rig) == {11, 20}, "freed lamps")


def test_what_the_race_event_tells_lamps_is_not_undone_by_the_clean_up(rig: Rig) -> None:
    runner = rig.host.scene_runner
    first = order(rig, cascade(effect(70, armed=True)), delay(60_000), key="first")
    until_running(first, 1)
    second = order(rig, cascade(effect(90, armed=True), step_ms=100), key="race", origin=RACE)
    assert runner.wait(second).clean_up is None
    runner.wait(first)
    assert all(node.lamp.armed for node in rig.running.values())
    assert rig.host.dispatcher.submit(SyncCommand(), OPERATOR).ok
    until(lambda: brightnesses(rig) == {90}, "the cascade of the race event")


def test_automation_waits_for_its_turn_and_a_stop_ends_it_too(rig: Rig) -> None:
    runner = rig.host.scene_runner
    first = order(rig, delay(60_000), key="first")
    second = order(rig, effect(20), key="second", origin=AUTOMATION)
    assert (second.state.value, runner.queued) == ("queued", (second,))
    runner.stop()
    assert runner.wait(first).error == "cancelled"
    ended = runner.wait(second)
    assert (ended.ok, ended.error, ended.actions) == (False, "cancelled", ())
    third = order(rig, delay(10), key="third")
    fourth = order(rig, effect(30), key="fourth", origin=AUTOMATION)
    assert runner.wait(third).ok
    assert runner.wait(fourth).ok
    until(lambda: brightnesses(rig) == {30}, "the queued scene")


def test_who_is_to_be_refused_sends_nothing(rig: Rig) -> None:
    choose(rig, operator="refuse")
    first = order(rig, delay(60_000), key="first")
    start = air_length(rig)
    with pytest.raises(SceneBusy) as refused:
        order(rig, effect(20))
    assert refused.value.running_scene_key == "first"
    assert rig.host.scene_runner.running is first
    assert on_air(rig, start) == []
    rig.host.scene_runner.stop()


def test_the_queue_has_an_end(rig: Rig) -> None:
    order(rig, delay(60_000))
    for _ in range(MOST_QUEUED):
        order(rig, delay(0), origin=AUTOMATION)
    with pytest.raises(SceneBusy):
        order(rig, delay(0), origin=AUTOMATION)
    rig.host.scene_runner.stop()


def test_three_scenes_in_a_row_replace_each_other_without_a_trace(rig: Rig) -> None:
    runner = rig.host.scene_runner
    runs = [order(rig, cascade(effect(40 + number, armed=True)), delay(60_000)) for number in range(3)]
    until_running(runs[2], 1)
    assert [runner.wait(run).error for run in runs[:2]] == ["cancelled", "cancelled"]
    runner.stop()
    runner.wait(runs[2])
    until(lambda: is_free(rig), "free lamps")


def test_two_race_events_in_a_row_clean_up_behind_both(rig: Rig) -> None:
    runner = rig.host.scene_runner
    first = order(rig, effect(70, 2, armed=True), delay(60_000), origin=RACE)
    until_running(first, 1)
    second = order(rig, effect(80, 1, armed=True), delay(60_000), origin=RACE)
    until_running(second, 1)
    third = order(rig, delay(0), origin=RACE)
    result = runner.wait(third)
    assert result.clean_up is not None
    assert result.clean_up.packets == 2
    until(lambda: is_free(rig), "free lamps")


def test_after_a_blackout_nothing_of_a_scene_is_sent(rig: Rig) -> None:
    actions = [effect(100 + number) if number % 2 else delay(20) for number in range(20)]
    run = order(rig, *actions)
    until_running(run, 2)
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC).ok
    result = rig.host.scene_runner.wait(run)
    assert result.error == "cancelled"
    assert result.cancelled_at_index is not None
    assert result.cancelled_at_index < len(actions) - 1
    until(lambda: brightnesses(rig) == {0}, "darkness")
    assert rig.host.dispatcher.submit(SYNC, OPERATOR).ok
    assert brightnesses(rig) == {0}
    assert is_free(rig)
