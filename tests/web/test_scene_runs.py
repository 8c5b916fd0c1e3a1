"""Running scenes over HTTP, and what live events tell of it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.scene import BrokenActions, Choreography, Delay, Scene
from racelink_core.host import Host
from racelink_core.services.race_watch import ArmedStart
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.web.live import LiveHub
from racelink_core.web.live_sources import LiveSources
from tests.web.conftest import wait_until
from tests.web.test_api import API, get

ALL = {"kind": "broadcast"}


def effect(brightness: int) -> dict[str, Any]:
    return {"kind": "rl_effect", "target": ALL, "params": {"brightness": brightness}}


def delay(duration_ms: int) -> dict[str, Any]:
    return {"kind": "delay", "duration_ms": duration_ms}


def run(client: FlaskClient, key: str, body: object = None, status: int = 200) -> Any:
    answer = client.post(f"{API}/scenes/{key}/run", json=body or {})
    assert answer.status_code == status, answer.text
    return answer.json


def stored(host: Host, key: str = "go", **more: Any) -> Scene:
    with host.store.transaction() as draft:
        number = draft.next_scene_id()
        draft.scenes[number] = scene = Scene(id=number, key=key, label=key, **more)
    return scene


def idle(host: Host) -> None:
    wait_until(lambda: host.scene_runner.running is None)


def test_a_stored_scene_is_run_at_once_and_listed_when_it_is_over(client: FlaskClient, host: Host) -> None:
    stored(host, actions=(Delay(duration_ms=20),))
    begun = run(client, "go")["run"]
    assert (begun["scene_key"], begun["state"], begun["origin"], begun["is_draft"]) == ("go", "running", "WebUI", False)
    idle(host)
    wait_until(lambda: get(client, "scene-runs")["past"])
    [past] = get(client, "scene-runs")["past"]
    assert (past["id"], past["scene_key"], past["status"], past["is_draft"]) == (begun["id"], "go", "done", False)
    [action] = past["result"]["actions"]
    assert (action["index"], action["kind"], action["ok"]) == (0, "delay", True)
    assert action["duration_ms"] > 0
    assert "error" not in action


def test_a_draft_is_run_without_being_stored_and_the_answer_may_wait_for_its_end(
    client: FlaskClient, host: Host
) -> None:
    answer = run(client, "unheard_of", {"actions": [effect(40), delay(10)], "async": False})
    assert (answer["ok"], answer["result"]["ok"], answer["result"]["scene_key"]) == (True, True, "unheard_of")
    assert [each["ok"] for each in answer["result"]["actions"]] == [True, True]
    assert host.store.snapshot.scenes == {}


def test_what_a_draft_leaves_open_comes_from_the_stored_scene(client: FlaskClient, host: Host) -> None:
    stored(host, stop_on_error=False)
    run(client, "go", {"actions": [delay(0)]})
    idle(host)
    begun = host.history.page(kind="scene", limit=1)[0]
    assert begun.params["draft"] is True


def test_an_action_that_is_not_done_whole_makes_the_answer_a_failure(client: FlaskClient) -> None:
    answer = run(client, "draft", {"actions": [{"kind": "rl_preset", "target": ALL, "params": {}}], "async": False})
    assert (answer["ok"], answer["detail"]["code"]) == (False, "scene_failed")
    assert answer["result"]["actions"][0]["error"] == "missing_preset_id"


def test_unknown_broken_and_invalid_scenes_are_refused(client: FlaskClient, host: Host) -> None:
    assert run(client, "nobody", status=404)["detail"]["code"] == "scene_not_found"
    stored(host, "broken", broken=BrokenActions(raw=[1], problem="no", code="bad_value", action_index=0))
    refused = run(client, "broken", status=400)["detail"]
    assert (refused["code"], refused["action_index"]) == ("scene_invalid", 0)
    assert run(client, "broken", {"actions": [delay(0)], "async": False})["ok"]
    assert run(client, "x", {"actions": [{"kind": "fly"}]}, 400)["detail"]["code"] == "invalid_request"
    assert run(client, "x", {"actions": [delay(0)] * 21}, 400)["detail"]["code"] == "invalid_request"
    assert run(client, "x" * 65, {"actions": []}, 400)["detail"]["code"] == "invalid_request"
    assert host.scene_runner.running is None


@pytest.mark.parametrize("ahead_s", [-60, 900])
def test_a_moment_that_cannot_be_meant_is_refused(client: FlaskClient, host: Host, ahead_s: float) -> None:
    body = {"actions": [{"kind": "sync"}], "fire_at": host.clock.unix() + ahead_s}
    assert run(client, "x", body, 400)["detail"]["code"] == "invalid_request"


def test_a_moment_for_the_light_is_kept(client: FlaskClient, host: Host) -> None:
    body = {"actions": [{"kind": "sync"}], "fire_at": host.clock.unix() + 10, "async": False}
    assert "fire_error_ms" in run(client, "x", body)["result"]["actions"][0]["detail"]


def test_a_scene_is_stopped_while_it_waits(client: FlaskClient, host: Host) -> None:
    run(client, "x", {"actions": [delay(60_000)]})
    host.scene_runner.start(RunRequest("later", Choreography(), Origin("timer", Priority.AUTOMATION)))
    runs = get(client, "scene-runs")
    assert runs["current"]["scene_key"] == "x"
    assert [each["scene_key"] for each in runs["queued"]] == ["later"]
    assert client.post(f"{API}/scenes/run/stop").json == {"ok": True, "stopped": True}
    idle(host)
    wait_until(lambda: len(get(client, "scene-runs")["past"]) == 2)
    assert {each["status"] for each in get(client, "scene-runs")["past"]} == {"cancelled"}
    assert client.post(f"{API}/scenes/run/stop").json == {"ok": True, "stopped": False}


def test_a_policy_may_refuse_a_second_scene(client: FlaskClient, host: Host) -> None:
    assert client.put(f"{API}/settings", json={"scene_start": {"operator": "refuse"}}).status_code == 200
    run(client, "first", {"actions": [delay(60_000)]})
    refused = run(client, "second", {"actions": [delay(0)]}, 409)
    assert refused["detail"] == {"code": "scene_busy", "running_scene_key": "first"}
    host.scene_runner.stop()
    idle(host)


def test_what_would_fire_the_start_of_a_race_is_refused(client: FlaskClient, host: Host) -> None:
    host.race.armed_start = ArmedStart()
    refused = run(client, "flash", {"actions": [{"kind": "sync"}]}, 409)
    assert refused["detail"]["code"] == "start_is_armed"
    answer = client.post(f"{API}/commands", json={"kind": "sync"})
    assert answer.status_code == 409
    assert answer.get_json()["detail"]["code"] == "start_is_armed"
    assert run(client, "dim", {"actions": [effect(20)], "async": False})["ok"]
    wait_until(lambda: len(get(client, "scene-runs")["past"]) == 2)
    rejected = get(client, "scene-runs")["past"][1]
    assert (rejected["status"], rejected["code"], rejected["result"]) == ("rejected", "start_is_armed", None)
    assert "before it" in rejected["detail"]


def test_live_events_tell_each_action_and_the_end(client: FlaskClient, host: Host) -> None:
    told: list[tuple[str, Any]] = []

    class Hub(LiveHub):
        def publish(self, event: str, payload: Any, *, key: str | None = None) -> None:
            if event == "scene_progress":
                told.append((str(key), payload))

    sources = LiveSources(host, Hub())
    begun = run(client, "show", {"actions": [effect(40), {"kind": "rl_preset", "target": ALL, "params": {}}]})["run"]
    wait_until(lambda: told and told[-1][1]["status"] == "finished")
    sources.close()
    payloads = [payload for _, payload in told]
    assert {(each["scene_key"], each["run_id"]) for each in payloads} == {("show", begun["id"])}
    assert [(each.get("index"), each.get("kind"), each["status"]) for each in payloads] == [
        (0, "rl_effect", "running"),
        (0, "rl_effect", "ok"),
        (1, "rl_preset", "running"),
        (1, "rl_preset", "degraded"),
        (None, None, "finished"),
    ]
    assert payloads[3]["error"] == "missing_preset_id"
    assert payloads[3]["duration_ms"] >= 0
    assert payloads[4]["result"]["actions"][1]["degraded"] is True
    assert len({key for key, _ in told}) == len(told), "none replaces another"


def test_earlier_runs_come_page_by_page(client: FlaskClient, host: Host) -> None:
    for number in range(5):
        run(client, f"scene_{number}", {"actions": [], "async": False})
    idle(host)
    wait_until(lambda: len(get(client, "scene-runs")["past"]) == 5)
    first = get(client, "scene-runs?limit=3")
    rest = get(client, f"scene-runs?limit=3&before={first['next']}")
    keys = [each["scene_key"] for each in (*first["past"], *rest["past"])]
    assert keys == [f"scene_{number}" for number in reversed(range(5))]
    assert rest["next"] is None


def test_lamps_that_will_not_react_are_named_before_the_run_and_after_it(client: FlaskClient, host: Host) -> None:
    lamp = {"mode": 0}
    cascade = {
        "kind": "offset_group",
        "target": ALL,
        "offset": {"mode": "linear", "step_ms": 10},
        "actions": [{"kind": "rl_effect", "target": ALL, "params": lamp}],
    }
    actions = [cascade, delay(0), {"kind": "rl_effect", "target": ALL, "params": lamp}]
    answer = client.post(f"{API}/scenes/estimate", json={"actions": actions}).json
    assert answer is not None
    assert [(each["action_index"], each["code"]) for each in answer["warnings"]] == [(2, "left_in_offset_mode")]
    result = run(client, "draft", {"actions": actions, "async": False})["result"]
    assert [(each["action"], each["code"]) for each in result["warnings"]] == [(2, "left_in_offset_mode")]
