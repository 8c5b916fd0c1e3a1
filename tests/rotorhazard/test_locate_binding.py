"""A race event that makes lamps show which they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import GATE_1, GATE_2, Field, race_day, said
from tests.rotorhazard.stored_scenes import NOWHERE

IDENTIFY = 4


def indicators(field: Field, group_id: int | None = None) -> set[int | None]:
    return {node.indicator for node in field.nodes(group_id)}


def test_untouched_it_is_for_every_lamp(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_SCHEDULE", "rl_locate")
        server.fire("RACE_SCHEDULE")
        assert indicators(field) == {IDENTIFY}


def test_a_chosen_group_leaves_the_others_alone(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_SCHEDULE", "rl_locate", rl_action_group=f"group:{GATE_1}")
        server.fire("RACE_SCHEDULE")
        assert (indicators(field, GATE_1), indicators(field, GATE_2)) == ({IDENTIFY}, {None})


@pytest.mark.parametrize(("target", "reason"), [("all", "No gateway is connected"), ("group:9", "9 no longer exists")])
def test_what_cannot_be_done_is_said(tmp_path: Path, target: str, reason: str) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.bind("RACE_SCHEDULE", "rl_locate", rl_action_group=target)
        server.fire("RACE_SCHEDULE")
        said(server, reason)
        assert server.events.errors == []
