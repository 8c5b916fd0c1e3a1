"""What scenes cost, over HTTP: the same plan that would be sent, summed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.host import Host
from tests.web.test_api import get, post, refused
from tests.web.test_scenes import ALL, asked, light

SYNC = {"packets": 1, "bytes": 14, "radio_ms": 41.216}


def cost(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] if isinstance(row[name], int) else round(row[name], 3) for name in SYNC}


def test_a_draft_costs_what_its_packets_cost(client: FlaskClient) -> None:
    actions = [{"kind": "sync"}, {"kind": "delay", "duration_ms": 1500}]
    found = post(client, "scenes/estimate", {"actions": actions})
    assert [cost(row) for row in found["per_action"]] == [SYNC, {"packets": 0, "bytes": 0, "radio_ms": 0.0}]
    assert cost(found["total"]) == SYNC
    assert found["total"]["airtime_ms"] == pytest.approx(1541.216)
    assert found["total"]["wall_clock_ms"] > 1541.216
    assert found["per_network"]["default"]["packets"] == 1
    assert (found["resolved_network_ids"], found["network_scope_mode"]) == (["default"], "auto")
    assert found["lora"]["sf"] == 7
    assert found["per_action"][0]["packet_list"] is None
    assert post(client, "scenes/estimate", {})["total"]["packets"] == 0


def test_a_plan_can_say_why_each_packet_is_sent(client: FlaskClient) -> None:
    child = {**light(), "params": {"presetId": 1}}
    container = {"kind": "offset_group", "target": ALL, "offset": {"mode": "linear", "step_ms": 100}}
    found = post(client, "scenes/estimate", {"actions": [{**container, "actions": [child]}], "explain": True})
    (action,) = found["per_action"]
    packets = action["packet_list"]
    assert len(packets) == action["packets"] == 2
    assert sum(packet["bytes"] for packet in packets) == action["bytes"]
    assert sum(packet["radio_ms"] for packet in packets) == pytest.approx(action["radio_ms"])
    assert [packet["child"] for packet in packets] == [None, 0]
    assert action["detail"].items() >= {"offset_mode": "linear", "offset_packets": 1, "child_count": 1}.items()


def test_a_stored_scene_costs_the_same_as_its_draft(client: FlaskClient, host: Host, shared_data: Path) -> None:
    scene = json.loads((shared_data / "scenes" / "01-race-start-cascade.json").read_text())["scene"]
    saved = post(client, "scenes", scene)["scene"]
    stored = get(client, f"scenes/{saved['key']}/estimate?explain=1")
    assert stored == post(client, "scenes/estimate", {**scene, "explain": True})
    assert stored["total"]["packets"] > 0


def test_what_cannot_be_done_is_said(client: FlaskClient) -> None:
    nobody = light({"kind": "device", "value": "AABBCCDDEEFF"})
    found = post(client, "scenes/estimate", {"actions": [{"kind": "sync"}, nobody, light(preset="gone")]})
    assert [(row["action_index"], row["code"]) for row in found["degraded"]] == [
        (1, "target_not_found"),
        (2, "preset_not_found"),
    ]
    assert all(row["problem"] for row in found["degraded"])


def test_what_makes_no_sense_has_no_cost(host: Host, client: FlaskClient) -> None:
    answer = refused(client, "scenes/estimate", {"actions": [{"kind": "x"}]}, 400, "invalid_request")
    assert answer["detail"]["action_index"] == 0
    assert asked(client, "GET", "scenes/x/estimate", status=404)["detail"]["code"] == "scene_not_found"
    broken = BrokenActions(raw=None, problem="odd", code="bad_value", action_index=3)
    with host.store.transaction() as draft:
        draft.scenes[1] = Scene(id=1, key="odd", label="Odd", broken=broken)
    detail = asked(client, "GET", "scenes/odd/estimate", status=400)["detail"]
    assert (detail["code"], detail["action_index"]) == ("scene_invalid", 3)
