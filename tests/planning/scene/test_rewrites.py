"""Each rewrite by an example, and by an example that it must leave alone. Source: spec scenes, 12, 13 and 16.3."""

from __future__ import annotations

from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.domain.scene import Choreography
from racelink_core.domain.scene_reading import read_choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.scene.estimate import estimate
from racelink_core.planning.scene.plan import Conditions, PlanOptions, ScenePlan, offset_strategy
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.protocol.bodies import Control, Stream
from racelink_core.protocol.offset import Offset

EVERYONE = {"kind": "broadcast"}
GREEN = {"mode": 0, "color1": [0, 255, 0], "brightness": 200}


def fleet(groups: int = 10, loose: int = 0, startblock: bool = False) -> Snapshot:
    """One lamp per group 1..n on network a, `loose` ones in no group."""
    homes = [*range(1, groups + 1), *([0] * loose)]
    devices = {}
    for index, group in enumerate(homes):
        mac = Mac(f"3C6105{index:06X}")
        dev_type = 50 if startblock and index == 0 else 11
        devices[mac] = Device(mac=mac, name=mac, dev_type=dev_type, group_id=GroupId(group), network_id="a")
    return Snapshot(
        devices=devices,
        groups={GroupId(each): Group(id=GroupId(each), name=f"{each}", network_id="a") for each in homes if each},
        networks={"a": Network(id="a", name="A")},
    )


def scene(*actions: dict[str, Any]) -> Choreography:
    return read_choreography({"actions": list(actions)}, is_saving=True).choreography


def planned(snapshot: Snapshot, *actions: dict[str, Any]) -> ScenePlan:
    return plan_scene(scene(*actions), snapshot)


def groups(*ids: int) -> dict[str, Any]:
    return {"kind": "groups", "value": list(ids)}


def light(target: dict[str, Any], flags: dict[str, bool] | None = None, **params: Any) -> dict[str, Any]:
    return {"kind": "rl_effect", "target": target, "params": params or GREEN, "flags_override": flags or {}}


def container(target: dict[str, Any], offset: dict[str, Any], *children: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "offset_group", "target": target, "offset": offset, "actions": list(children)}


def linear(base_ms: int = 0, step_ms: int = 100) -> dict[str, Any]:
    return {"mode": "linear", "base_ms": base_ms, "step_ms": step_ms}


def told(plan: ScenePlan) -> list[tuple[int, OffsetMode]]:
    bodies = [operation.packet.body for operation in plan.operations]
    return [(body.group_id, body.mode) for body in bodies if isinstance(body, Offset)]


def lit(plan: ScenePlan) -> list[int]:
    bodies = [operation.packet.body for operation in plan.operations]
    return [body.group_id for body in bodies if isinstance(body, Control)]


# The worked examples of scenes 12


def test_everybody_is_told_a_formula() -> None:
    assert told(planned(fleet(), container(EVERYONE, linear()))) == [(255, OffsetMode.LINEAR)]


def test_seven_of_ten_are_told_by_a_formula_and_three_exceptions() -> None:
    plan = planned(fleet(), container(groups(*range(1, 8)), linear()))
    assert told(plan) == [(255, OffsetMode.LINEAR), *((group, OffsetMode.NONE) for group in (8, 9, 10))]


def test_two_of_ten_are_told_one_by_one() -> None:
    plan = planned(fleet(), container(groups(3, 7), linear()))
    assert told(plan) == [(3, OffsetMode.EXPLICIT), (7, OffsetMode.EXPLICIT)]


def test_two_of_five_leave_offset_mode_with_one_packet() -> None:
    plan = planned(fleet(5), container(groups(1, 3), {"mode": "none"}))
    assert told(plan) == [(255, OffsetMode.NONE)]


def test_who_was_put_into_offset_mode_by_this_scene_stays_in_it_when_others_leave() -> None:
    plan = planned(fleet(3), container(groups(3), linear()), container(groups(1, 2), {"mode": "none"}))
    assert told(plan)[0] == (3, OffsetMode.EXPLICIT)
    assert (255, OffsetMode.NONE) not in told(plan)[1:] or (3, OffsetMode.EXPLICIT) in told(plan)[1:]


# Shorter packets for the same function


@pytest.mark.parametrize(
    ("offset", "mode"),
    [
        (linear(300, 0), OffsetMode.EXPLICIT),
        ({"mode": "modulo", "base_ms": 5, "step_ms": 100, "cycle": 1}, OffsetMode.EXPLICIT),
        ({"mode": "modulo", "base_ms": 5, "step_ms": 100, "cycle": 255}, OffsetMode.LINEAR),
        ({"mode": "vshape", "base_ms": 5, "step_ms": 100, "center": 0}, OffsetMode.LINEAR),
        ({"mode": "vshape", "base_ms": 5, "step_ms": 100, "center": 254}, OffsetMode.LINEAR),
        ({"mode": "vshape", "base_ms": 0, "step_ms": 200, "center": 254}, OffsetMode.VSHAPE),
        ({"mode": "vshape", "base_ms": 5, "step_ms": 100, "center": 100}, OffsetMode.VSHAPE),
    ],
)
def test_a_formula_for_everybody_takes_its_shortest_form(offset: dict[str, Any], mode: OffsetMode) -> None:
    assert told(planned(fleet(), container(EVERYONE, offset))) == [(255, mode)]


def test_explicit_delays_that_follow_a_line_become_a_formula() -> None:
    values = [{"id": group, "offset_ms": 50 * group} for group in range(1, 11)]
    plan = planned(fleet(), container(groups(*range(1, 11)), {"mode": "explicit", "values": values}))
    assert told(plan) == [(255, OffsetMode.LINEAR)]


def test_two_delays_become_a_default_and_exceptions() -> None:
    values = [{"id": group, "offset_ms": 700 if group in (2, 9) else 100} for group in range(1, 11)]
    plan = planned(fleet(), container(groups(*range(1, 11)), {"mode": "explicit", "values": values}))
    assert told(plan) == [(group, OffsetMode.EXPLICIT) for group in (255, 2, 9)]


# What was told already


def test_the_same_offsets_are_told_once_in_a_scene() -> None:
    armed = light(EVERYONE, {"arm_on_sync": True})
    plan = planned(
        fleet(),
        container(groups(1, 2), linear(), armed),
        {"kind": "sync"},
        container(groups(1, 2), linear(), armed),
        {"kind": "sync"},
    )
    assert len(told(plan)) == 2
    assert [rewrite.name for rewrite in plan.rewrites if rewrite.saved_ms] == ["told_once", "to_all"]


# Light


def test_a_list_of_all_groups_is_one_packet() -> None:
    assert lit(planned(fleet(), light(groups(*range(1, 11))))) == [255]


def test_a_lamp_in_no_group_keeps_packets_apart() -> None:
    assert lit(planned(fleet(3, loose=1), light(groups(1, 2, 3)))) == [1, 2, 3]


def test_participants_in_offset_mode_share_one_packet() -> None:
    plan = planned(fleet(), container(groups(3, 7), linear(), light(EVERYONE)))
    assert lit(plan) == [255]


def test_another_group_in_offset_mode_keeps_their_packets_apart() -> None:
    plan = planned(fleet(), container(groups(5), linear()), container(groups(3, 7), linear(), light(EVERYONE)))
    assert lit(plan) == [3, 7]


def test_a_repeated_light_is_sent_once() -> None:
    assert lit(planned(fleet(), light(groups(1)), light(groups(1)))) == [1]


def test_a_deliberate_repeat_is_sent_again() -> None:
    again = light(groups(1), {"force_reapply": True})
    assert lit(planned(fleet(), again, again)) == [1, 1]


def test_a_repeat_after_a_delay_is_sent_again() -> None:
    plan = planned(fleet(), light(groups(1)), {"kind": "delay", "duration_ms": 10}, light(groups(1)))
    assert lit(plan) == [1, 1]


def test_a_light_that_is_overwritten_at_once_is_not_sent() -> None:
    assert lit(planned(fleet(), light(groups(1)), light(EVERYONE, mode=2, color1=[1, 2, 3], brightness=9))) == [255]


def test_two_changes_of_the_same_lamps_share_a_packet() -> None:
    plan = planned(
        fleet(), light(groups(1), mode=2, brightness=9), light(groups(2)), light(groups(1), speed=7, brightness=10)
    )
    body = plan.operations[-1].packet.body
    assert lit(plan) == [2, 1]
    assert isinstance(body, Control)
    assert (body.mode, body.speed, body.brightness) == (2, 7, 10)


def test_an_arming_that_is_replaced_before_the_sync_is_not_sent() -> None:
    arm = {"arm_on_sync": True}
    plan = planned(fleet(), light(groups(1, 2), arm), light(groups(1), arm, mode=9, brightness=1), {"kind": "sync"})
    assert lit(plan) == [2, 1]


def test_an_arming_that_a_sync_fires_is_sent() -> None:
    arm = {"arm_on_sync": True}
    plan = planned(fleet(), light(groups(1), arm), {"kind": "sync"}, light(groups(1), arm, mode=9, brightness=1))
    assert lit(plan) == [1, 1]


def test_fields_that_the_effect_does_not_use_are_left_out_on_request() -> None:
    options = PlanOptions(used_fields={0: frozenset({"color1"})})
    given = scene(light(EVERYONE, mode=0, speed=7, color1=[1, 2, 3], color2=[4, 5, 6], palette=3, brightness=9))
    body = plan_scene(given, fleet(), options=options).operations[0].packet.body
    assert isinstance(body, Control)
    assert (body.mode, body.speed, body.palette, body.color2) == (0, None, None, (4, 5, 6)), "palette 3 needs color2"


# What a running host knows


def live(notes: OffsetNotes) -> Conditions:
    return Conditions(notes={"a": notes})


def test_lamps_that_may_be_in_offset_mode_are_freed_first() -> None:
    plan = plan_scene(scene(light(groups(1, 2))), fleet(), live(NOTHING_KNOWN))
    assert [type(operation.packet.body) for operation in plan.operations] == [Offset, Offset, Control, Control]
    assert "offset mode" in plan.operations[0].reason


def test_lamps_that_are_known_to_be_free_are_not_freed() -> None:
    plan = plan_scene(scene(light(groups(1, 2))), fleet(), live(OffsetNotes(free=frozenset(range(255)))))
    assert told(plan) == []


def test_a_stranger_that_was_left_in_offset_mode_keeps_packets_apart() -> None:
    notes = OffsetNotes(free=frozenset(range(255)) - {5}, in_offset=frozenset({5}))
    plan = plan_scene(scene(container(groups(3, 7), linear(), light(EVERYONE))), fleet(), live(notes))
    assert lit(plan) == [3, 7]


def test_lamps_that_this_scene_put_into_offset_mode_are_not_freed_by_themselves() -> None:
    free = live(OffsetNotes(free=frozenset(range(255))))
    plan = plan_scene(scene(container(groups(1), linear()), light(groups(1))), fleet(), free)
    assert told(plan) == [(1, OffsetMode.EXPLICIT)]


# What cannot be done


def test_what_is_gone_is_named_and_the_rest_is_planned() -> None:
    plan = planned(
        fleet(2),
        light(groups(1, 77)),
        {"kind": "rl_preset", "target": groups(2), "params": {"presetId": "RL:gone"}},
        light({"kind": "device", "value": "3C6105FFFFFF"}),
        container(groups(1, 2), linear(), {"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": 9}}),
    )
    assert [(each.action, each.code) for each in plan.degraded] == [
        (0, "target_not_found"),
        (1, "preset_not_found"),
        (2, "target_not_found"),
        (3, "child_degraded"),
    ]
    assert [operation.action for operation in plan.operations] == [0, 3]


def test_a_scene_for_networks_that_are_gone_sends_nothing_to_everybody() -> None:
    choreography = read_choreography(
        {
            "actions": [light(EVERYONE), {"kind": "sync"}],
            "network_scope": {"mode": "explicit", "network_ids": ["gone"]},
        },
        is_saving=True,
    ).choreography
    plan = plan_scene(choreography, fleet())
    assert plan.operations == ()
    assert {each.code for each in plan.degraded} == {"scope_resolved_empty"}


# Sums (scenes 16.3)


def test_a_sync_costs_what_the_table_says() -> None:
    cost = estimate(planned(fleet(), {"kind": "sync"}), fleet()).total
    assert (cost.packets, cost.bytes, round(cost.radio_ms, 3)) == (1, 14, 41.216)
    assert cost.wall_clock_ms == pytest.approx(51.216)


def test_a_delay_costs_time_and_no_packet() -> None:
    cost = estimate(planned(fleet(), {"kind": "delay", "duration_ms": 1500}), fleet()).total
    assert (cost.packets, cost.radio_ms, cost.airtime_ms, cost.wall_clock_ms) == (0, 0, 1500, 1500)


def test_a_stream_counts_its_fragments() -> None:
    action = {
        "kind": "startblock",
        "target": {"kind": "device", "value": "3C6105000000"},
        "params": {"startblock_use_current_heat": False, "startblock_slot_list": [[0, "PILOTONE", "R1"]]},
    }
    snapshot = fleet(1, startblock=True)
    plan = planned(snapshot, action)
    first = plan.operations[0]
    assert isinstance(first.packet.body, Stream)
    assert len(plan.operations) == 8
    cost = estimate(ScenePlan(plan.actions, (first,)), snapshot).total
    assert (cost.packets, cost.bytes, round(cost.radio_ms, 3)) == (2, 34, 102.912)


@pytest.mark.parametrize(
    ("participants", "strategy"),
    [
        (EVERYONE, "A_broadcast_formula"),
        (groups(3, 7), "B_per_group_explicit"),
        (groups(*range(1, 8)), "C_formula_plus_overrides"),
    ],
)
def test_a_container_says_how_its_offsets_are_told(participants: dict[str, Any], strategy: str) -> None:
    again = container(participants, linear())
    plan = planned(fleet(), again, again)
    assert offset_strategy(plan.of_action(0)) == strategy
    assert offset_strategy(plan.of_action(1)) == "already_told"


def test_what_one_pass_takes_away_lets_another_go_on() -> None:
    """The arming is cancelled at once, and without it the last light is a repeat."""
    plan = planned(fleet(), light(EVERYONE), light(groups(1), {"arm_on_sync": True}, mode=9), light(groups(1)))
    assert lit(plan) == [255]
