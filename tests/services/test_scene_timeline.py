"""Where networks wait for each other, how delays add up, and who replaces whom: without a fleet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.origin import Priority
from racelink_core.domain.scene import Action
from racelink_core.domain.settings import SceneStart, Settings
from racelink_core.planning.scene.segments import segments
from racelink_core.services.scene_runner.policy import policy_of
from racelink_core.services.scene_runner.timeline import Timeline
from tests.services.scenes import SYNC, cascade, delay, effect, startblock

some_actions = st.lists(st.sampled_from([SYNC, delay(5), startblock(), effect(1), cascade(effect(2))]), max_size=20)


@given(some_actions)
def test_every_action_is_in_one_segment_in_order_and_barriers_stand_alone(actions: list[Action]) -> None:
    found = list(segments(actions))
    assert [index for segment in found for index in segment] == list(range(len(actions)))
    for segment in found:
        kinds = {actions[index].kind for index in segment}
        assert len(segment) == 1 or not kinds & {"sync", "delay", "startblock"}


def test_lights_between_two_barriers_are_sent_without_waiting() -> None:
    actions = [effect(1), cascade(effect(2)), SYNC, effect(3), delay(1), delay(2)]
    assert list(segments(actions)) == [(0, 1), (2,), (3,), (4,), (5,)]


@given(st.lists(st.integers(0, 60_000), max_size=20), st.lists(st.floats(0, 0.5), max_size=20))
def test_delays_add_up_whatever_the_waking_took(durations_ms: list[int], lateness_s: list[float]) -> None:
    timeline = Timeline(100.0)
    for duration_ms in durations_ms:
        timeline.delay(duration_ms)
    assert timeline.mark_s == pytest.approx(100.0 + sum(durations_ms) / 1000)
    for late_s in lateness_s:
        timeline.packet_out(timeline.mark_s - late_s)
    assert timeline.mark_s == pytest.approx(100.0 + sum(durations_ms) / 1000), "an older packet moves nothing"
    timeline.packet_out(timeline.mark_s + 1.0)
    assert timeline.delay(500) == pytest.approx(101.5 + sum(durations_ms) / 1000)


@pytest.mark.parametrize(
    ("priority", "policy"),
    [
        (Priority.BACKGROUND, "queue"),
        (Priority.AUTOMATION, "queue"),
        (Priority.OPERATOR, "replace"),
        (Priority.RACE_EVENT, "replace"),
        (Priority.BLACKOUT, "replace"),
    ],
)
def test_each_origin_has_a_policy(priority: Priority, policy: SceneStart) -> None:
    assert policy_of(priority, Settings()) == policy
    strict = Settings(scene_start_automation="refuse", scene_start_operator="refuse", scene_start_race_event="refuse")
    assert policy_of(priority, strict) == ("replace" if priority is Priority.BLACKOUT else "refuse")
