"""Scenes on a simulated fleet: what lamps show in the end, and what is said about each action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlEffectCommand, SyncCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.group import GroupId
from racelink_core.domain.scene import ExplicitScope
from racelink_core.domain.target import DeviceTarget
from racelink_core.services.scene_runner.service import Progress
from tests.services.rig import GATEWAY, Rig, until
from tests.services.scenes import (
    SYNC,
    air_length,
    brightnesses,
    cascade,
    delay,
    effect,
    festival,
    is_free,
    on_air,
    order,
    play,
    preset,
    scene_rig,
    until_running,
    wled,
)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with scene_rig(tmp_path) as rig:
        yield rig


def test_every_kind_of_action_is_shown_and_reported(rig: Rig) -> None:
    result = play(rig, wled(brightness=60), delay(100), effect(10, 1), cascade(effect(70, armed=True)), SYNC, key="all")
    assert [(each.index, each.kind, each.ok, each.error) for each in result.actions] == [
        (0, "wled_preset", True, None),
        (1, "delay", True, None),
        (2, "rl_effect", True, None),
        (3, "offset_group", True, None),
        (4, "sync", True, None),
    ]
    assert (result.ok, result.scene_key, result.error, result.clean_up) == (True, "all", None, None)
    assert all(each.duration_ms > 0 for each in result.actions)
    until(lambda: brightnesses(rig) == {70}, "the cascade")
    container = result.actions[3].detail
    assert container is not None
    assert container["offset_mode"] == "linear"
    assert container["offset_packets"] == {"255": {"ok": True, "mode": "linear"}}
    assert container["children"] == [{"index": 0, "kind": "rl_effect", "ok": True}]


def test_a_delay_lasts_from_the_end_of_the_packet_before_it(rig: Rig) -> None:
    start = air_length(rig)
    result = play(rig, effect(10), delay(1000), effect(20), delay(1000), delay(500), effect(30))
    assert result.ok
    sent = [each for each in list(rig.simulation.simulation.air_log)[start:] if each.sender.mac == GATEWAY]
    ends = [each.end_s for each in sent if len(each.raw) > 11]
    assert ends[1] - ends[0] >= 1.0
    assert ends[2] - ends[1] >= 1.5
    assert result.actions[1].detail == {"requested_ms": 1000}


def test_what_lamps_were_told_is_remembered_as_of_any_command(rig: Rig) -> None:
    assert play(rig, effect(33)).ok
    readings = [rig.host.store.readings.of(mac) for mac in rig.running]
    assert {reading.brightness for reading in readings} == {33}
    assert {reading.told.by for reading in readings if reading.told is not None} == {"test"}


def test_an_empty_scene_is_fine(rig: Rig) -> None:
    result = play(rig)
    assert (result.ok, result.actions) == (True, ())


def test_progress_is_told_once_per_action_and_then_the_end(rig: Rig) -> None:
    told: list[Progress] = []
    rig.host.scene_runner.subscribe(told.append)
    run = order(rig, effect(10), delay(10), preset("nobody"), SYNC)
    result = rig.host.scene_runner.wait(run)
    until(lambda: told and told[-1].status == "finished", "the end")
    assert [(each.index, str(each.status.value)) for each in told[:-1]] == [  # type: ignore[union-attr]
        (0, "running"),
        (0, "ok"),
        (1, "running"),
        (1, "ok"),
        (2, "running"),
        (2, "degraded"),
        (3, "running"),
        (3, "ok"),
    ]
    assert (told[-1].result, told[-1].run.id) == (result, run.id)


def test_who_watches_cannot_stop_a_scene(rig: Rig) -> None:
    def broken(progress: Progress) -> None:
        raise ValueError("a page that is gone")

    unsubscribe = rig.host.scene_runner.subscribe(broken)
    assert play(rig, effect(10)).ok
    unsubscribe()


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (preset("gone"), "preset_not_found: gone"),
        (preset(None), "missing_preset_id"),
        (effect(10, 77), "target_not_found"),
        (
            RlEffectCommand(target=DeviceTarget(value=Mac("AABBCCDDEEFF")), params=EffectParameters(brightness=1)),
            "target_not_found",
        ),
        (cascade(effect(10, armed=True), effect(20, 77)), "child_degraded"),
    ],
)
def test_what_a_scene_refers_to_may_be_gone_and_the_rest_is_played(rig: Rig, action: object, error: str) -> None:
    result = play(rig, action, effect(44))  # type: ignore[arg-type]
    first, second = result.actions
    assert (first.ok, first.degraded, first.error) == (False, True, error)
    assert first.detail is not None
    assert first.detail["problem"]
    assert (second.ok, result.ok, result.error, result.aborted_at_index) == (True, False, None, None)
    if error != "child_degraded":
        until(lambda: brightnesses(rig) == {44}, "the second action")


def test_a_scene_that_is_limited_to_a_deleted_network_sends_nothing(rig: Rig) -> None:
    start = air_length(rig)
    result = play(rig, effect(10), SYNC, network_scope=ExplicitScope(network_ids=("gone",)))
    assert [(each.error, each.degraded) for each in result.actions] == [("scope_resolved_empty", True)] * 2
    assert on_air(rig, start) == []


def test_a_stop_ends_a_delay_at_once_and_frees_what_is_armed_and_offset(rig: Rig) -> None:
    run = order(rig, cascade(effect(70, armed=True)), delay(60_000), SYNC)
    until_running(run, 1)
    assert any(node.lamp.armed for node in rig.running.values())
    assert rig.host.scene_runner.stop()
    result = rig.host.scene_runner.wait(run)
    assert [each.error for each in result.actions] == [None, "cancelled", "skipped: cancelled"]
    assert (result.error, result.cancelled_at_index, result.ok) == ("cancelled", 1, False)
    assert result.clean_up is not None
    assert (result.clean_up.packets, result.clean_up.problem) == (2, None)
    until(lambda: is_free(rig), "free lamps")
    assert rig.host.dispatcher.submit(SyncCommand(), run.request.origin).ok
    assert not brightnesses(rig) & {70}


def test_a_stop_also_takes_back_what_waits_for_its_offset(rig: Rig) -> None:
    run = order(rig, cascade(effect(70, armed=True), step_ms=20_000), SYNC, delay(60_000))
    until(lambda: any(node.lamp.has_scheduled for node in rig.running.values()), "a scheduled effect")
    rig.host.scene_runner.stop()
    rig.host.scene_runner.wait(run)
    until(lambda: is_free(rig), "free lamps")
    assert not brightnesses(rig) & {70}


def test_stopping_nothing_is_harmless(rig: Rig) -> None:
    assert not rig.host.scene_runner.stop()
    assert play(rig, effect(12)).ok
    assert not rig.host.scene_runner.stop()


def test_an_effect_without_offset_leaves_nothing_to_clean_up(rig: Rig) -> None:
    run = order(rig, effect(50), delay(60_000))
    until_running(run, 1)
    start = air_length(rig)
    rig.host.scene_runner.stop()
    assert rig.host.scene_runner.wait(run).clean_up is None
    assert on_air(rig, start) == []


def test_a_run_plays_what_was_there_when_it_began(rig: Rig) -> None:
    run = order(rig, effect(40, 1), delay(2000), effect(50, 2), preset(1, brightness=60), key="show")
    until_running(run, 1)
    with rig.host.store.transaction() as draft:
        del draft.groups[GroupId(2)]
        del draft.presets[1]
    assert rig.host.scene_runner.wait(run).ok
    until(lambda: brightnesses(rig) == {60}, "the preset that was there")


def test_a_lamp_of_each_network_shows_a_scene_and_its_light_changes_at_the_wanted_moment(tmp_path: Path) -> None:
    with festival(tmp_path) as rig:
        clock = rig.host.clock
        fire_at_s = clock.monotonic() + 30.0
        result = play(rig, effect(77, armed=True), SYNC, fire_at_s=fire_at_s)
        assert result.ok
        assert (result.packets_sent, result.warnings) == (9, ())
        shown = {
            node.network_id: rig.simulation.pump.clock_s(node.lamp.shown_since_s)
            for node in rig.running.values()
            if node.lamp.brightness == 77
        }
        assert set(shown) == {"net-a", "net-b", "net-c"}
        assert all(abs(shown_s - fire_at_s) < 0.01 for shown_s in shown.values())


def test_a_network_without_its_gateway_is_left_out_with_a_warning_and_the_others_play(tmp_path: Path) -> None:
    with festival(tmp_path) as rig:
        gateway = rig.host.gateways.lane("net-b").session
        assert gateway is not None
        rig.simulation.fault("unplug", gateway.identity.mac)
        until(lambda: len(rig.host.gateways.lanes()) == 2, "the loss")
        result = play(rig, effect(77), SYNC)
        assert result.ok
        assert [each.code for each in result.warnings] == ["gateway_missing"]
        shown = {node.network_id for node in rig.running.values() if node.lamp.brightness == 77}
        assert shown == {"net-a", "net-c"}


def test_a_scene_that_is_stopped_before_its_moment_never_fires(rig: Rig) -> None:
    fire_at_s = rig.host.clock.monotonic() + 300.0
    run = order(rig, effect(77, armed=True), SYNC, fire_at_s=fire_at_s)
    until_running(run, 1)
    rig.host.scene_runner.stop()
    result = rig.host.scene_runner.wait(run)
    assert [each.error for each in result.actions] == [None, "cancelled"]
    until(lambda: is_free(rig), "free lamps")
    assert 77 not in brightnesses(rig)


def test_what_cannot_be_sent_ends_the_scene_unless_it_shall_go_on(rig: Rig) -> None:
    rig.simulation.fault("unplug", GATEWAY)
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    result = play(rig, effect(10, 1), delay(10), effect(20, 1))
    assert [each.error for each in result.actions] == ["send_failed", "skipped: aborted", "skipped: aborted"]
    assert result.aborted_at_index == 0
    assert {each.code for each in result.warnings} >= {"gateway_missing"}
    result = play(rig, effect(10), delay(10), SYNC, stop_on_error=False)
    assert [each.error for each in result.actions] == ["send_failed", None, "send_failed"]
    assert result.aborted_at_index is None
