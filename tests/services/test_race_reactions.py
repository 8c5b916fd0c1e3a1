"""Race events and the bindings of our own: the lamps follow, nobody waits, and what is broken says so once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.effect import Colour
from racelink_core.domain.group import GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.domain.race_event import ColourSource, RaceEvent
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import GroupsTarget
from racelink_core.services.race_bindings import ReactionUnusable
from racelink_core.services.race_reactions import made_up_event
from tests.services.rig import Rig, until
from tests.services.scenes import air_length, festival, on_air, scene_rig

EVERYONE = {"kind": "broadcast"}
GATES, PIT_WALL = GroupId(1), GroupId(2)
RED, GREEN, BLUE, PINK = (255, 0, 0), (0, 255, 0), (0, 34, 255), (255, 0, 160)
PILOTS: dict[int, Colour] = {0: BLUE, 1: (255, 85, 0), 2: (0, 255, 34)}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Its complaints are in `said`."""
    with scene_rig(tmp_path) as rig:
        yield rig


@pytest.fixture
def said(rig: Rig) -> list[str]:
    sentences: list[str] = []
    rig.host.race_reactions.said = sentences.append
    return sentences


def light(colour: Colour, *groups: int, **more: Any) -> dict[str, Any]:
    target = {"kind": "groups", "value": list(groups)} if groups else EVERYONE
    return {"kind": "rl_effect", "target": target, "params": {"mode": 0, "color1": list(colour), "brightness": 200}}


def bind(rig: Rig, event: str, reaction: dict[str, Any], **more: Any) -> int:
    name = more.pop("name", f"On {event}")
    return rig.host.race_bindings.create({"name": name, "event": event, "reaction": reaction, **more}).id


def passing(seat: int, lap: int = 1, class_id: int | None = None) -> RaceEvent:
    def colour(source: ColourSource) -> Colour | None:
        return PILOTS.get(seat) if source == "pilot" else None

    return RaceEvent("RACE_LAP_RECORDED", seat=seat, lap_number=lap, class_id=lambda: class_id, colour_of=colour)


def colours(rig: Rig, group: int | None = None) -> set[tuple[int, ...]]:
    lamps = [node.lamp for node in rig.running.values() if group in (None, node.lamp.group_id)]
    return {tuple(lamp.look.color1) for lamp in lamps}


def shows(rig: Rig, *expected: Colour, group: int | None = None) -> None:
    until(lambda: colours(rig, group) == set(expected), f"{expected}; instead: {colours(rig, group)}")


def settled(rig: Rig) -> None:
    """Everything that was started has its outcome."""
    until(lambda: not rig.host.race_reactions.under_way, "the end of what was started")


def test_an_event_makes_the_lamps_do_what_is_bound_to_it_and_the_history_says_who_asked(rig: Rig) -> None:
    bind(rig, "RACE_START", light(GREEN), name="Go")
    rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    shows(rig, GREEN)
    settled(rig)
    [record] = rig.host.history.page(limit=1)
    assert (record.origin, record.priority, record.status) == ("race binding Go", "race_event", "sent")


def test_bindings_of_one_event_follow_each_other_in_the_operators_order(rig: Rig) -> None:
    bind(rig, "RACE_START", light(GREEN))
    bind(rig, "RACE_START", light(RED, PIT_WALL))
    for _ in range(5):
        rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    settled(rig)
    assert (colours(rig, GATES), colours(rig, PIT_WALL)) == ({GREEN}, {RED})


def test_a_pass_flashes_in_the_colour_of_its_pilot_and_without_one_in_its_own(rig: Rig) -> None:
    bind(rig, "RACE_LAP_RECORDED", light(RED), colour_from="pilot")
    for seat, colour in (*PILOTS.items(), (3, RED)):
        rig.host.race_reactions.handle(passing(seat))
        shows(rig, colour)


def test_only_the_lamps_of_the_seat_flash_where_it_has_some(rig: Rig) -> None:
    with rig.host.store.transaction() as draft:
        draft.seats[1] = Seat(index=1, target=GroupsTarget(value=(PIT_WALL,)))
    bind(rig, "RACE_LAP_RECORDED", light(RED, GATES), to_seat=True)
    bind(rig, "RACE_STAGE", light(GREEN))
    rig.host.race_reactions.handle(RaceEvent("RACE_STAGE"))
    shows(rig, GREEN)
    rig.host.race_reactions.handle(passing(1))
    shows(rig, RED, group=PIT_WALL)
    assert colours(rig, GATES) == {GREEN}
    rig.host.race_reactions.handle(passing(0))
    shows(rig, RED, group=GATES)


@pytest.mark.parametrize(
    ("only", "fits", "others"),
    [
        ({"seat": 1}, passing(1), (passing(0), passing(2))),
        ({"lap_number": 0}, passing(0, lap=0), (passing(0, lap=1),)),
        ({"class_id": 7}, passing(0, class_id=7), (passing(0), passing(0, class_id=8))),
        ({"seat": 2, "lap_number": 3}, passing(2, lap=3), (passing(2, lap=2), passing(1, lap=3))),
    ],
)
def test_a_binding_can_be_limited(rig: Rig, only: dict[str, int], fits: RaceEvent, others: tuple[RaceEvent]) -> None:
    bind(rig, "RACE_LAP_RECORDED", light(RED), only=only)
    before = air_length(rig)
    for event in others:
        rig.host.race_reactions.handle(event)
    assert not rig.host.race_reactions.under_way
    assert air_length(rig) == before
    rig.host.race_reactions.handle(fits)
    shows(rig, RED)


def test_what_is_off_or_bound_to_something_else_does_nothing(rig: Rig) -> None:
    off = bind(rig, "RACE_START", light(RED), is_on=False)
    assert not rig.host.race_reactions.wants("RACE_START")
    bind(rig, "RACE_STOP", light(GREEN))
    assert rig.host.race_reactions.wants("RACE_STOP")
    rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    assert not rig.host.race_reactions.under_way
    rig.host.race_bindings.update(off, {"is_on": True})
    assert rig.host.race_reactions.wants("RACE_START")


def test_of_a_storm_of_crossings_the_newest_wins_and_what_was_dropped_is_counted_and_in_the_history(
    rig: Rig, said: list[str]
) -> None:
    binding = bind(rig, "RACE_LAP_RECORDED", light(RED), colour_from="pilot")
    before = air_length(rig)
    for number in range(60):
        rig.host.race_reactions.handle(passing(number % 3))
    shows(rig, PILOTS[2])
    settled(rig)
    dropped = rig.host.race_reactions.overtaken[binding]
    sent = [opcode for opcode, _ in on_air(rig, before)].count(Opcode.CONTROL)
    assert dropped > 50
    assert dropped + sent == 60
    statuses = [record.status for record in rig.host.history.page(limit=60)]
    assert statuses.count("overtaken") == dropped
    assert said == [], "that is as it should be"


def test_seats_with_lamps_of_their_own_do_not_overtake_each_other(rig: Rig) -> None:
    with rig.host.store.transaction() as draft:
        draft.seats[0] = Seat(index=0, target=GroupsTarget(value=(GATES,)))
        draft.seats[1] = Seat(index=1, target=GroupsTarget(value=(PIT_WALL,)))
    bind(rig, "RACE_LAP_RECORDED", light(RED), colour_from="pilot", to_seat=True)
    for _ in range(10):
        rig.host.race_reactions.handle(passing(0))
        rig.host.race_reactions.handle(passing(1))
    settled(rig)
    assert (colours(rig, GATES), colours(rig, PIT_WALL)) == ({PILOTS[0]}, {PILOTS[1]})


@pytest.mark.parametrize("gone", ["group", "device", "preset", "scene"])
def test_what_refers_to_something_that_is_gone_says_so_once_and_does_nothing(
    rig: Rig, said: list[str], gone: str
) -> None:
    mac = next(iter(rig.host.store.snapshot.devices))
    scene = rig.host.scenes.create({"label": "Show"}).scene
    preset = rig.host.rl_presets.create({"label": "Mine"})
    reactions: dict[str, dict[str, Any]] = {
        "group": light(RED, PIT_WALL),
        "device": {**light(RED), "target": {"kind": "device", "value": mac}},
        "preset": {"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": preset.id}},
        "scene": {"kind": "run_scene", "scene": scene.key},
    }
    bind(rig, "RACE_START", reactions[gone], name="Broken one")
    bind(rig, "RACE_START", light(GREEN), name="Whole one")
    with rig.host.store.transaction() as draft:
        draft.groups.pop(PIT_WALL)
        draft.devices.pop(mac)
        draft.presets.pop(preset.id)
        draft.scenes.pop(scene.id)
    for _ in range(3):
        rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    shows(rig, GREEN)
    [sentence] = said
    assert "“Broken one” did not follow" in sentence
    assert "no longer exists" in sentence or "no group 2" in sentence
    binding = next(each for each in rig.host.store.snapshot.race_bindings.values() if each.name == "Broken one")
    with pytest.raises(ReactionUnusable):
        rig.host.race_reactions.try_out(binding, made_up_event(binding))


def test_an_event_starts_a_scene_in_the_colour_of_its_pilot_and_another_one_stops_it(rig: Rig) -> None:
    wait = {"kind": "delay", "duration_ms": 60_000}
    scene = rig.host.scenes.create({"label": "Flash", "actions": [light(RED), wait]}).scene
    bind(rig, "RACE_LAP_RECORDED", {"kind": "run_scene", "scene": scene.key}, colour_from="pilot")
    bind(rig, "RACE_STOP", {"kind": "stop_scene"})
    rig.host.race_reactions.handle(passing(0))
    shows(rig, BLUE)
    rig.host.race_reactions.handle(passing(1))
    shows(rig, PILOTS[1])
    run = rig.host.scene_runner.running
    assert run is not None
    rig.host.race_reactions.handle(RaceEvent("RACE_STOP"))
    assert rig.host.scene_runner.wait(run).detail == "Stopped by the race binding On RACE_STOP."
    settled(rig)


def test_a_scene_that_does_not_reach_its_lamps_says_why_and_one_that_was_replaced_does_not(
    rig: Rig, said: list[str]
) -> None:
    wait = {"kind": "delay", "duration_ms": 60_000}
    long = rig.host.scenes.create({"label": "Long", "actions": [light(RED), wait]}).scene
    nowhere = rig.host.scenes.create({"label": "Nowhere", "actions": [light(RED, 99)]}).scene
    bind(rig, "RACE_START", {"kind": "run_scene", "scene": long.key})
    bind(rig, "RACE_FINISH", {"kind": "run_scene", "scene": nowhere.key}, name="Finish")
    rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    shows(rig, RED)
    rig.host.race_reactions.handle(RaceEvent("RACE_FINISH"))
    settled(rig)
    [sentence] = said
    assert "“Finish” did not follow: Action 1: " in sentence


def test_starting_blocks_are_filled_without_standing_in_the_way_of_a_light(rig: Rig) -> None:
    bind(rig, "HEAT_SET", {"kind": "startblock", "target": EVERYONE})
    rig.host.race_reactions.handle(RaceEvent("HEAT_SET"))
    settled(rig)
    [record] = rig.host.history.page(limit=1, kind="startblock")
    assert (record.origin, record.priority) == ("race binding On HEAT_SET", "automation")


def test_what_is_bound_to_stop_and_abort_overtakes_everything_else(rig: Rig) -> None:
    for name in ("RACE_STOP", "RACE_ABORT", "RACE_WIN"):
        bind(rig, name, light(RED))
        rig.host.race_reactions.handle(RaceEvent(name))
        settled(rig)
    priorities = [record.priority for record in rig.host.history.page(limit=3)]
    assert priorities == ["race_event", "race_end", "race_end"]
    assert Priority.RACE_END > Priority.RACE_EVENT


def test_a_staging_tone_can_flash_at_its_very_moment(rig: Rig) -> None:
    bind(rig, "RACE_STAGE_TONE", light(RED), at_moment=True)
    bind(rig, "RACE_STAGE_TONE", light(GREEN))
    soon_s = rig.host.clock.to_system(rig.host.clock.monotonic() + 10.0)
    rig.host.race_reactions.handle(RaceEvent("RACE_STAGE_TONE", moment_s=soon_s))
    shows(rig, GREEN)
    shows(rig, RED)
    settled(rig)


def test_what_is_bound_to_the_moment_of_the_start_is_armed_while_the_race_stages(rig: Rig, said: list[str]) -> None:
    bind(rig, "RACE_STAGE", light(GREEN), at_moment=True)
    staged = RaceEvent("RACE_STAGE", moment_s=rig.host.clock.to_system(rig.host.clock.monotonic() + 60.0))
    rig.host.race.staged()
    rig.host.race_reactions.handle(staged)
    until(lambda: all(node.lamp.armed for node in rig.running.values()), "armed lamps")
    rig.host.race.ended()
    until(lambda: not any(node.lamp.armed for node in rig.running.values()), "freed lamps")
    assert said == []
    rig.host.race_reactions.handle(staged)
    assert "No race is staging any more" in said[0]


def test_without_a_gateway_the_operator_is_told_and_no_event_waits(rig: Rig, said: list[str]) -> None:
    bind(rig, "RACE_START", light(RED), name="Go")
    rig.host.gateways.stop()
    rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    until(lambda: said, "a sentence")
    assert "“Go” did not follow: No gateway is connected" in said[0]


def test_a_gateway_that_hangs_holds_no_other_network_back(tmp_path: Path) -> None:
    with festival(tmp_path) as rig:
        bind(rig, "RACE_LAP_RECORDED", light(RED), colour_from="pilot")
        hanging, *_ = rig.simulation.simulation.gateways
        rig.simulation.simulation.fault("stuck", hanging, 1000)
        network_of = {device.mac: device.network_id for device in rig.host.store.snapshot.devices.values()}
        slow = next(
            network.id for network in rig.host.store.snapshot.networks.values() if network.gateway_mac == hanging
        )

        def colours_elsewhere() -> set[tuple[int, ...]]:
            return {tuple(node.lamp.look.color1) for mac, node in rig.running.items() if network_of[mac] != slow}

        for seat in range(3):
            rig.host.race_reactions.handle(passing(seat))
        until(lambda: colours_elsewhere() == {PILOTS[2]}, "the newest colour on the other networks")


def test_nothing_that_goes_wrong_on_the_way_reaches_the_timer(rig: Rig, said: list[str]) -> None:
    def raising(_source: ColourSource) -> Colour | None:
        raise RuntimeError("the timer's own fault")

    def refusing(_sentence: str) -> None:
        raise RuntimeError("nobody listens")

    bind(rig, "RACE_START", light(RED), colour_from="leader")
    bind(rig, "RACE_START", light(GREEN))
    rig.host.race_reactions.handle(RaceEvent("RACE_START", colour_of=raising))
    shows(rig, GREEN)
    assert "an unexpected error" in said[0]
    rig.host.race_reactions.said = refusing
    rig.host.race_reactions.handle(RaceEvent("RACE_START", colour_of=raising))
    settled(rig)


def test_a_binding_is_tried_out_by_hand_on_or_off(rig: Rig) -> None:
    number = bind(rig, "RACE_LAP_RECORDED", light(RED), colour_from="pilot", is_on=False, only={"seat": 2})
    binding = rig.host.race_bindings.get(number)
    event = made_up_event(binding)
    assert (event.seat, event.lap_number) == (2, 1)
    assert binding.only.passes(event)
    done = rig.host.race_reactions.try_out(binding, event)
    assert done.result is not None
    assert done.result.ok
    shows(rig, PINK)
    rig.host.race_reactions.try_out(binding, made_up_event(binding, colour=GREEN))
    shows(rig, GREEN)


def test_after_the_end_nothing_fires(rig: Rig) -> None:
    bind(rig, "RACE_START", light(RED))
    rig.host.race_reactions.close(1.0)
    rig.host.race_reactions.handle(RaceEvent("RACE_START"))
    assert not rig.host.race_reactions.under_way
