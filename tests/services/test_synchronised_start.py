"""The start, exactly: lamps are armed while the race stages and change together, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand, SyncCommand
from racelink_core.domain.opcode import Opcode
from racelink_core.services.race_watch import StartIsArmed
from racelink_core.services.synchronised_start import KEY, NoRaceStages
from tests.services.rig import OPERATOR, Rig, until
from tests.services.scenes import (
    EVERYONE,
    RACE,
    SYNC,
    air_length,
    brightnesses,
    delay,
    effect,
    on_air,
    order,
    scene_rig,
    until_running,
)

FAR_S = 60.0
"""Clock seconds; the test ends long before."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with scene_rig(tmp_path, speed=5.0) as rig:
        rig.host.dispatcher.submit(effect(33), OPERATOR)
        rig.host.race.staged()
        yield rig


class Sentences(list[str]):
    def __call__(self, sentence: str) -> None:
        self.append(sentence)


def start(rig: Rig, *commands: object, in_s: float) -> Sentences:
    told, at_s = Sentences(), rig.host.clock.monotonic() + in_s
    for command in commands:
        rig.host.synchronised_start.order(command, at_s, RACE, told)  # type: ignore[arg-type]
    return told


def armed(rig: Rig) -> set[str]:
    return {mac for mac, node in rig.running.items() if node.lamp.armed is not None}


def all_armed(rig: Rig) -> None:
    until(lambda: armed(rig) == set(rig.running), "every lamp armed")


def ended_runs(rig: Rig) -> list[tuple[str, str | None]]:
    records, _ = rig.host.scene_runner.records.page(before=None, limit=20)
    return [(record.status, record.code) for record in reversed(records) if record.name == KEY]


def test_armed_lamps_change_at_the_start_and_not_before(rig: Rig) -> None:
    at_s = rig.host.clock.monotonic() + 4.0
    rig.host.synchronised_start.order(effect(200), at_s, RACE, Sentences())
    all_armed(rig)
    assert brightnesses(rig) == {33}
    until(lambda: brightnesses(rig) == {200}, "the start")
    shown_s = {node.lamp.shown_since_s for node in rig.running.values()}
    assert len(shown_s) == 1, "all of them at the same moment"
    until(lambda: ended_runs(rig) == [("done", None)], "the end")


def test_several_effects_of_one_event_are_fired_by_one_sync(rig: Rig) -> None:
    before = air_length(rig)
    start(rig, effect(150, 1), effect(90, 2), in_s=3.0)
    until(lambda: brightnesses(rig) == {150, 90}, "both lights")
    syncs = [body for opcode, body in on_air(rig, before) if opcode == Opcode.SYNC]
    assert len(syncs) == 1
    until(lambda: ended_runs(rig) == [("done", None)], "one run")


def test_a_race_that_is_aborted_shows_nothing_and_leaves_no_lamp_armed(rig: Rig) -> None:
    told = start(rig, effect(200), in_s=FAR_S)
    all_armed(rig)
    rig.host.race.ended()
    until(lambda: not armed(rig), "freed lamps")
    until(lambda: ended_runs(rig) == [("cancelled", "cancelled")], "the end")
    assert brightnesses(rig) == {33}
    assert told == []


def test_a_race_that_is_staged_anew_has_only_its_own_start(rig: Rig) -> None:
    start(rig, effect(200), in_s=FAR_S)
    all_armed(rig)
    rig.host.race.staged()
    start(rig, effect(150), in_s=3.0)
    until(lambda: brightnesses(rig) == {150}, "the second start")
    assert armed(rig) == set()


def test_a_start_ordered_after_the_abort_is_refused(rig: Rig) -> None:
    rig.host.race.ended()
    with pytest.raises(NoRaceStages):
        start(rig, effect(200), in_s=FAR_S)
    assert armed(rig) == set()


def test_what_others_show_while_it_stages_disarms_nobody_for_long(rig: Rig) -> None:
    start(rig, effect(200), in_s=FAR_S)
    all_armed(rig)
    rig.host.dispatcher.submit(effect(77, 2), OPERATOR)
    until(lambda: 77 in brightnesses(rig), "what the operator sent")
    all_armed(rig)


def test_a_lamp_that_missed_the_first_packet_is_armed_by_the_second(rig: Rig) -> None:
    deaf = next(iter(rig.running))
    rig.simulation.simulation.fault("deaf", deaf, True)
    start(rig, effect(200), in_s=FAR_S)
    until(lambda: armed(rig) == set(rig.running) - {deaf}, "the others")
    rig.simulation.simulation.fault("deaf", deaf, False)
    all_armed(rig)


def test_nobody_can_fire_it_before_by_a_sync(rig: Rig) -> None:
    start(rig, effect(200), in_s=FAR_S)
    all_armed(rig)
    refused = rig.host.dispatcher.submit(SyncCommand(), OPERATOR)
    assert (refused.ok, refused.code) == (False, "start_is_armed")
    with pytest.raises(StartIsArmed):
        order(rig, effect(20, armed=True), SYNC)
    assert brightnesses(rig) == {33}
    rig.host.race.ended()
    assert rig.host.dispatcher.submit(SyncCommand(), OPERATOR).ok
    assert brightnesses(rig) == {33}, "the lamps were freed before the SYNC went out"


def test_a_scene_that_would_fire_it_is_ended_and_any_other_goes_on(rig: Rig) -> None:
    firing = order(rig, effect(44), delay(60_000), SYNC, origin=RACE)
    until_running(firing, 1)
    start(rig, effect(200), in_s=FAR_S)
    assert rig.host.scene_runner.wait(firing).error == "cancelled"
    other = order(rig, effect(45), delay(60_000), origin=RACE)
    until_running(other, 1)
    all_armed(rig)
    assert rig.host.scene_runner.running is other


def test_a_blackout_while_it_stages_stays_dark_at_the_start(rig: Rig) -> None:
    start(rig, effect(200), in_s=FAR_S)
    all_armed(rig)
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), OPERATOR).ok
    until(lambda: ended_runs(rig) == [("cancelled", "cancelled")], "the end")
    assert (armed(rig), brightnesses(rig)) == (set(), {0})


def test_too_short_a_staging_is_late_and_says_so(rig: Rig) -> None:
    told = start(rig, effect(200), in_s=-0.5)
    until(lambda: brightnesses(rig) == {200}, "the light")
    until(lambda: told, "a sentence")
    assert "after the start" in told[0]
    until(lambda: ended_runs(rig), "the end")
    [record] = [each for each in rig.host.history.page(kind="scene") if each.status == "done"]
    assert record.result is not None
    assert record.result["actions"][-1]["detail"]["fire_error_ms"] > 0


def test_lamps_whose_sync_was_never_on_air_follow_without_it(rig: Rig) -> None:
    before = air_length(rig)
    told = start(rig, effect(200), in_s=15.0)
    until(lambda: sum(opcode == Opcode.CONTROL for opcode, _ in on_air(rig, before)) == 2, "armed twice")
    rig.simulation.simulation.fault("stuck", "*", 2)
    until(lambda: brightnesses(rig) == {200}, "the light, late")
    until(lambda: told, "a sentence")
    assert armed(rig) == set()


def test_a_lost_gateway_is_said(rig: Rig) -> None:
    gateway = next(iter(rig.simulation.simulation.gateways))
    rig.simulation.simulation.fault("unplug", gateway)
    until(lambda: not rig.host.gateways.lanes(), "the loss")
    told = start(rig, effect(200), in_s=1.0)
    until(lambda: told, "a sentence")
    assert "gateway" in told[0]


def test_neither_the_air_nor_the_history_gives_the_moment_away(rig: Rig) -> None:
    """Whenever the race starts, all is the same until then."""
    heard = []
    for in_s in (FAR_S, 2 * FAR_S):
        before = air_length(rig)
        start(rig, effect(200), in_s=in_s)
        until(lambda: sum(opcode == Opcode.CONTROL for opcode, _ in on_air(rig, before)) == 2, "armed twice")  # noqa: B023
        heard.append(on_air(rig, before))
        began = rig.host.history.page(kind="scene", limit=1)[0]
        assert began.status == "started"
        assert set(began.params) == {"run", "draft"}
        rig.host.race.ended()
        until(lambda: not armed(rig), "freed lamps")
        rig.host.race.staged()
    assert heard[0] == heard[1]


def test_the_host_ends_with_no_lamp_armed(tmp_path: Path) -> None:
    with scene_rig(tmp_path, speed=5.0) as rig:
        rig.host.race.staged()
        start(rig, effect(200), in_s=FAR_S)
        all_armed(rig)
        rig.host.synchronised_start.close(5.0)
        assert armed(rig) == set()
