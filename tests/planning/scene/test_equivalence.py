"""For any scene and fleet, the plan and the naive plan leave lamps the same at every barrier (design, section 6)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from racelink_core.domain.command import OffsetGroupCommand
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.scene import Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import GroupsTarget
from racelink_core.planning.scene.estimate import estimate
from racelink_core.planning.scene.plan import ON_PAPER, Conditions, PlanOptions
from racelink_core.planning.scene.planner import plan_scene
from tests.planning.scene.paper_field import PaperField, differing
from tests.planning.scene.strategies import choreographies, fleets

NAIVE = PlanOptions(is_naive=True)


def may_start_in_offset(choreography: Choreography, snapshot: Snapshot) -> set[int]:
    """Groups that no container leaves out."""
    containers = [action for action in choreography.actions if isinstance(action, OffsetGroupCommand)]
    groups = {int(device.group_id) for device in snapshot.devices.values()} if containers else set()
    for container in containers:
        if isinstance(container.target, GroupsTarget):
            groups &= set(container.target.value)
    return groups


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans())
def test_every_lamp_shows_and_has_armed_the_same_at_each_barrier(data: st.DataObject, at_once: bool) -> None:
    snapshot = data.draw(fleets())
    choreography = data.draw(choreographies(snapshot))
    eligible = sorted(may_start_in_offset(choreography, snapshot))
    starting = data.draw(st.dictionaries(st.sampled_from(eligible), st.just(500))) if eligible else {}
    naive = plan_scene(choreography, snapshot, ON_PAPER, NAIVE)
    plan = plan_scene(choreography, snapshot)
    before = PaperField(snapshot, starting, materialises_at_once=at_once).run(naive)
    after = PaperField(snapshot, starting, materialises_at_once=at_once).run(plan)
    assert differing(before, after, snapshot.devices) == []


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_plan_never_costs_more_than_the_naive_one_and_says_what_it_saved(data: st.DataObject) -> None:
    snapshot = data.draw(fleets())
    choreography = data.draw(choreographies(snapshot))
    naive = estimate(plan_scene(choreography, snapshot, ON_PAPER, NAIVE), snapshot).total
    plan = plan_scene(choreography, snapshot)
    total = estimate(plan, snapshot).total
    assert total.radio_ms <= naive.radio_ms + 1e-6
    assert abs(naive.radio_ms - total.radio_ms - sum(rewrite.saved_ms for rewrite in plan.rewrites)) < 0.01


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_lamps_left_in_offset_mode_outside_never_react_and_are_never_put_into_it(data: st.DataObject) -> None:
    """Whoever a scene does not mean stays as it was, or is freed from offset mode, where the host's notes say so."""
    snapshot = data.draw(fleets())
    choreography = data.draw(choreographies(snapshot))
    meant = _meant(choreography, snapshot)
    outside = {int(device.group_id) for device in snapshot.devices.values()} - meant
    starting = dict.fromkeys(outside, 300)
    field = PaperField(snapshot, starting)
    untouched = field.shown()
    notes = OffsetNotes(free=frozenset(range(255)) - outside, in_offset=frozenset(outside))
    plan = plan_scene(choreography, snapshot, Conditions(notes=dict.fromkeys(snapshot.networks, notes)))
    for shown in PaperField(snapshot, starting).run(plan):
        for mac, device in snapshot.devices.items():
            if device.group_id in outside:
                look, offset_ms = shown[mac][:3], shown[mac][5]
                assert look == untouched[mac][:3]
                assert offset_ms in (None, 300)


def _meant(choreography: Choreography, snapshot: Snapshot) -> set[int]:
    """Groups that an action, a container or a child names, everybody's and those of single devices included."""
    groups: set[int] = set()
    everyone = {int(device.group_id) for device in snapshot.devices.values()}
    for action in choreography.actions:
        targets = [getattr(action, "target", None), *(child.target for child in getattr(action, "actions", ()))]
        for target in targets[:1] if isinstance(action, OffsetGroupCommand) else targets:
            if target is None:
                continue
            if isinstance(target, GroupsTarget):
                groups |= set(target.value)
            elif target.kind == "broadcast":
                groups |= everyone
            else:
                groups.add(int(snapshot.devices[target.value].group_id))
    return groups
