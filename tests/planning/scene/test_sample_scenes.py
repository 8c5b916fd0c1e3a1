"""The twelve sample scenes: what each sends, what it costs, and that its lamps show what they shall."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.planning.scene.estimate import estimate
from racelink_core.planning.scene.plan import ON_PAPER, PlanOptions
from racelink_core.planning.scene.planner import plan_scene
from tests.planning.scene.documents import SCENES, scene_and_fleet
from tests.planning.scene.paper_field import PaperField, differing

PACKETS = {
    "01-race-start-cascade": (3, 3),
    "02-pit-wall-idle": (3, 3),
    "03-emergency-red": (3, 3),
    "04-pilot-colour-lap-flash": (8, 8),
    "05-gate-chase-wave": (35, 18),
    "06-podium-ceremony": (20, 18),
    "07-heat-staging": (12, 12),
    "08-centre-out-finish": (8, 8),
    "09-three-track-grand-start": (18, 18),
    "10-track-b-warmup": (26, 5),
    "11-track-a-caution": (33, 33),
    "12-stage-night-show": (41, 24),
}
"""Operations of the naive plan and of ours."""


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_a_sample_scene_sends_as_few_packets_as_this(path: Path) -> None:
    choreography, snapshot = scene_and_fleet(path)
    naive = plan_scene(choreography, snapshot, ON_PAPER, PlanOptions(is_naive=True))
    plan = plan_scene(choreography, snapshot)
    assert (len(naive.operations), len(plan.operations)) == PACKETS[path.stem]
    assert plan.degraded == naive.degraded == ()


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_the_lamps_of_a_sample_scene_show_what_the_naive_plan_shows(path: Path) -> None:
    choreography, snapshot = scene_and_fleet(path)
    naive = plan_scene(choreography, snapshot, ON_PAPER, PlanOptions(is_naive=True))
    before, after = (PaperField(snapshot, {}).run(plan) for plan in (naive, plan_scene(choreography, snapshot)))
    assert differing(before, after, snapshot.devices) == []


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_the_sums_of_a_sample_scene_are_those_of_its_packets(path: Path) -> None:
    choreography, snapshot = scene_and_fleet(path)
    plan = plan_scene(choreography, snapshot)
    cost = estimate(plan, snapshot)
    lengths = [length for operation in plan.operations for length in operation.packet.radio_lengths()]
    assert cost.total.packets == len(lengths)
    assert cost.total.bytes == sum(lengths) + 2 * len(plan.operations)
    assert cost.total.packets == sum(each.packets for each in cost.per_action)
    assert cost.total.packets == sum(each.packets for each in cost.per_network.values())
    assert cost.total.radio_ms == pytest.approx(sum(each.radio_ms for each in cost.per_network.values()))
