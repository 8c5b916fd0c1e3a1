"""What each route fires, which ones wait for a task, and which ones say that nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.scope import Change
from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint
from racelink_core.web.api import whole_api
from racelink_core.web.live_sources import TOKENS
from racelink_core.web.openapi import operations_of
from tests.web.conftest import wait_until
from tests.web.test_api import API, GATE, STARTBLOCK, get, post, task_done
from tests.web.test_bad_input import GOOD

BOTH = {"devices", "groups"}
GROUP_AND_PRESET = {
    "format": "racelink-configuration",
    "schema_version": 1,
    "parts": {"groups": [{"id": 9, "name": "New"}], "presets": [{"label": "New"}]},
}
HERE = {
    "/api/configuration/import": {"document": GROUP_AND_PRESET},
    "/api/groups/renumber": {"order": [4, 3, 2, 1]},
    "/api/import/old": {"source": "home"},
    "/api/networks/{network_id}": {"name": "Field"},
    "/api/specials/action": {"mac": GATE, "function": "wled_control", "params": {"presetId": 1}},
}
"""Good bodies for this fleet, where those for all routes would not do."""


BINDING = {"name": "Dark", "event": "RACE_STOP", "reaction": {"kind": "blackout", "target": {"kind": "broadcast"}}}


def fired(host: Host, act: Callable[[], object]) -> set[str]:
    """The refresh tokens of all that the store was told meanwhile, to the end of a task that was started."""
    changes: list[Change] = []
    unsubscribe = host.store.subscribe(changes.append)
    try:
        act()
        wait_until(lambda: not host.tasks.is_running)
    finally:
        unsubscribe()
    return {token for change in changes for scope in change.scopes for token in TOKENS[scope]}


@pytest.mark.parametrize(
    ("method", "path", "body", "tokens"),
    [
        ("POST", "groups/create", {"name": "New"}, {"groups"}),
        ("POST", "groups/rename", {"id": 1, "name": "Other"}, {"groups"}),
        ("POST", "groups/delete", {"id": 1}, BOTH),
        ("POST", "groups/reorder", {"order": [4, 3, 2, 1]}, {"groups"}),
        ("POST", "groups/renumber", {"order": [4, 3, 2, 1]}, BOTH),
        ("POST", "groups/force", {}, {"devices"}),
        ("POST", "devices/update-meta", {"macs": [GATE], "name": "Other"}, {"devices"}),
        ("POST", "devices/update-meta", {"macs": [GATE, STARTBLOCK], "name": "Other"}, set()),
        ("POST", "devices/update-meta", {"macs": [GATE], "groupId": 1}, BOTH),
        ("DELETE", f"devices/{GATE}", None, BOTH),
        ("POST", "devices/indicate", {"macs": [GATE]}, set()),
        ("POST", "specials/config/import", {"mac": GATE, "key": "wled_bri", "value": 3}, {"devices"}),
        ("POST", "configuration/import", {"document": GROUP_AND_PRESET}, {"groups", "rl_presets"}),
        ("POST", "configuration/import", {"document": GROUP_AND_PRESET, "dryRun": True}, set()),
        ("POST", "scenes", {"label": "New"}, {"scenes"}),
        ("POST", "scenes/estimate", {}, set()),
        ("POST", "scenes/import", {"scenes": [{"label": "New"}]}, {"scenes"}),
        ("POST", "starter-set", {}, {"scenes", "rl_presets"}),
        ("POST", "race/bindings", BINDING, {"race"}),
        ("POST", "race/bindings/reorder", {"order": []}, set()),
        ("POST", "rl-presets", {"label": "New"}, {"rl_presets"}),
        ("PUT", "rl-presets/rainbow", {"label": "Other"}, {"rl_presets"}),
        ("POST", "rl-presets/rainbow/duplicate", {}, {"rl_presets"}),
        ("DELETE", "rl-presets/rainbow", None, {"rl_presets"}),
        ("POST", "save", {}, set()),
        ("POST", "reload", {}, {"groups", "devices", "networks", "rl_presets"}),
        ("PUT", "networks/default", {"name": "Field"}, {"networks"}),
        ("PUT", "settings", {"eth_autosync_interval_s": 45}, {"settings"}),
        ("PUT", "race/seats", {"seats": [{"index": 0, "target": {"kind": "groups", "value": [1]}}]}, {"race"}),
        ("PUT", "race/team-colours", {"team_colours": [{"team": "A", "colour": [1, 2, 3]}]}, {"settings"}),
        ("POST", "gateway/retry", {}, set()),
        ("POST", "gateway/query-state", {}, set()),
        ("POST", "gateways/rediscover", {}, set()),
        ("POST", "task/cancel", {}, set()),
    ],
)
def test_a_route_fires_what_pages_have_to_read_again(  # noqa: PLR0917
    host: Host, client: FlaskClient, method: str, path: str, body: Any, tokens: set[str]
) -> None:
    def act() -> None:
        answer = client.open(f"{API}/{path}", method=method, json=body)
        assert answer.status_code == 200, answer.text

    found = fired(host, act)
    assert found >= tokens
    if not tokens:
        assert found == set()


def test_every_route_that_must_waits_for_the_task_and_no_other(host: Host) -> None:
    """The description says which; the bodies are good ones, so that nothing else can stand in the way."""
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    client = app.test_client()
    described, _ = operations_of(whole_api(host, "standalone"))
    started = post(client, "discover", {"discoveryGroup": "all"})["task"]
    before = host.store.snapshot
    wrong = []
    for operation in described:
        label = f"{operation.method} {operation.path}"
        if not operation.description.is_busy_gated or operation.description.file:
            continue
        path = operation.path.replace("{address}", GATE).replace("{network_id}", "default")
        body = HERE.get(operation.path, GOOD.get(label, {}))
        answer = client.open(f"/racelink{path}", method=operation.method, json=body)
        task = (answer.json or {}).get("task") or {}
        if answer.status_code != 409 or task.get("id") != started["id"] or (answer.json or {}).get("busy") is not True:
            wrong.append((label, answer.status_code, answer.text[:200]))
    is_running = host.tasks.is_running
    assert not wrong
    assert is_running, "the task ended before all were asked"
    assert host.store.snapshot.groups == before.groups
    for path, body in (
        ("groups/create", {"name": "Meanwhile"}),
        ("groups/reorder", None),
        ("devices/update-meta", {"macs": [GATE], "name": "Meanwhile"}),
        ("devices/indicate", {"macs": [GATE]}),
        ("gateway/retry", {}),
    ):
        order = {"order": [group["id"] for group in get(client, "groups")["groups"] if group["id"]][::-1]}
        post(client, path, order if body is None else body)
    assert host.store.snapshot.devices[Mac(GATE)].name == "Meanwhile"
    assert post(client, "task/cancel")["task"]["cancel_requested"] is True
    task_done(client)


def test_a_group_that_is_refused_changes_no_name_either(host: Host, client: FlaskClient) -> None:
    before = host.store.snapshot
    post(client, "devices/update-meta", {"macs": [GATE], "name": "Other", "groupId": 99}, 400)
    assert host.store.snapshot is before


def test_unknown_addresses_are_left_out_of_an_indication(client: FlaskClient) -> None:
    assert post(client, "devices/indicate", {"macs": [GATE, "AABBCC"], "duration_sec": -3})["count"] == 1
    assert post(client, "devices/indicate", {"macs": ["AABBCC"]})["count"] == 0


def test_the_last_tasks_are_listed_newest_first(client: FlaskClient) -> None:
    assert get(client, "tasks")["tasks"] == []
    for _ in range(3):
        post(client, "status", {"macs": [GATE]})
        task_done(client)
    tasks = get(client, "tasks")["tasks"]
    assert [task["id"] for task in tasks] == sorted((task["id"] for task in tasks), reverse=True)
    assert [task["name"] for task in tasks] == ["status"] * 3


def test_the_slots_of_wled_presets_can_be_chosen_from(idle_client: FlaskClient) -> None:
    slots = get(idle_client, "options")["presets"]
    assert (slots[0], slots[-1]["value"]) == ({"value": 1, "label": "Preset 1"}, 250)


@pytest.mark.parametrize("path", ["devices", "groups", "networks", "rl-presets", "gateways", "options"])
def test_a_list_is_sent_again_only_when_it_changed(host: Host, client: FlaskClient, path: str) -> None:
    wait_until(lambda: get(client, "gateways")["gateways"][0]["state"] == "IDLE")
    first = client.get(f"{API}/{path}")
    assert first.headers["Cache-Control"] == "no-cache"
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"{API}/{path}", headers=tag)
    if path != "gateways":  # a gateway that speaks meanwhile is another answer
        assert (again.status_code, again.data) == (304, b"")
    with host.store.transaction() as draft:
        group = draft.groups[GroupId(1)]
        draft.groups[group.id] = group.model_copy(update={"name": "Other"})
        device = draft.devices[Mac(GATE)]
        draft.devices[device.mac] = device.model_copy(update={"name": "Other"})
        network = draft.networks["default"]
        draft.networks[network.id] = network.model_copy(update={"name": "Other"})
        number, preset = next(iter(draft.presets.items()))
        draft.presets[number] = preset.model_copy(update={"label": "Other"})
    changed = client.get(f"{API}/{path}", headers=tag)
    if path != "options":
        assert changed.status_code == 200
        assert "Other" in changed.text


def test_what_changes_all_the_time_is_never_kept(client: FlaskClient) -> None:
    for path in ("health", "master", "task"):
        answer = client.get(f"{API}/{path}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_a_network_is_renamed_and_nothing_else(host: Host, client: FlaskClient) -> None:
    answer = client.put(f"{API}/networks/default", json={"name": " Field "})
    assert answer.json is not None
    assert (answer.json["network"]["name"], answer.json["migrate_suggested"]) == ("Field", False)
    before = host.store.snapshot
    for path, body, status, code in (
        ("networks/none", {"name": "Field"}, 404, "not_found"),
        ("networks/default", {"name": ""}, 400, "invalid_request"),
        ("networks/default", {"name": "Field", "channel_id": 2}, 400, "invalid_request"),
    ):
        refused = client.put(f"{API}/{path}", json=body)
        assert (refused.status_code, (refused.json or {})["detail"]["code"]) == (status, code)
    assert host.store.snapshot is before


@pytest.mark.parametrize(
    ("path", "body", "begins", "ends"),
    [
        ("devices/update-meta", {"macs": [GATE], "groupId": 1}, {"stage": "INIT", "groupId": 1, "total": 1},
         {"stage": "MOVING", "index": 1, "addr": GATE}),
        ("groups/force", {}, {"stage": "INIT", "skipOffline": False, "total": 8}, {"stage": "RESYNC"}),
        ("groups/renumber", {"order": [4, 3, 2, 1]}, {"stage": "INIT"}, {"stage": "MOVING", "total": 8}),
        ("status", {"macs": [GATE]}, {"selectionCount": 1, "groupId": None}, {"index": 1}),
        ("discover", {"newGroupName": "New"}, {"createdGroupId": None, "discoveryGroup": 0},
         {"createdGroupId": None, "targetGroupId": 0}),  # nobody answered: no empty group stays behind
        ("discover", {"targetGroupId": 2}, {"targetGroupId": 2}, {"createdGroupId": None, "targetGroupId": 2}),
    ],
)  # fmt: skip
def test_a_task_says_what_it_is_about_and_how_far_it_is(
    client: FlaskClient, path: str, body: Any, begins: dict[str, Any], ends: dict[str, Any]
) -> None:
    first = post(client, path, body)["task"]["meta"]
    assert first | begins == first
    last = task_done(client)["meta"]
    assert last | ends == last
