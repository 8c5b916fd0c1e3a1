"""The starter set on simulated lamps: each scene shows on every lamp, whatever the one before it left behind."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.host import Host
from racelink_core.sim.lamp import Lamp
from tests.web.conftest import wait_until
from tests.web.test_api import get, post
from tests.web.test_scene_runs import run


@pytest.fixture
def lamps(host: Host, client: FlaskClient) -> list[Lamp]:
    assert host.simulation is not None
    nodes = host.simulation.simulation.nodes.values()
    wait_until(lambda: sum(node.is_running for node in nodes) >= 7)
    post(client, "starter-set")
    return [node.lamp for node in nodes if node.is_running]


@pytest.mark.parametrize(
    "order",
    [
        ["staging", "go", "leader", "finish", "podium", "pit_idle"],
        ["finish", "caution", "podium", "abort", "go"],
        ["podium", "blackout", "battery", "finish", "blackout"],
    ],
)
def test_each_scene_shows_on_every_lamp_after_any_other(
    client: FlaskClient, lamps: list[Lamp], order: list[str]
) -> None:
    for name in order:
        wanted = get(client, f"rl-presets/race_{name}")["preset"]["params"]
        run(client, f"race_{name}", {"async": False})
        wait_until(lambda wanted=wanted: all(shows(lamp, wanted) for lamp in lamps))


def shows(lamp: Lamp, wanted: dict[str, Any]) -> bool:
    if lamp.brightness != wanted["brightness"] or lamp.look.mode != wanted["mode"]:
        return False
    return wanted["color1"] is None or list(lamp.look.color1) == wanted["color1"]
