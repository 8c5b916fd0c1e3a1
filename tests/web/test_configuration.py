"""The configuration over HTTP: a file to keep, and a file to take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.configuration_document import PARTS
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from racelink_core.services.tasks import TaskHandle
from racelink_core.web.api.configuration import MAX_DOCUMENT_BYTES
from tests.web.conftest import client_of, wait_until
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes
from tests.web.test_scenes import asked, light

IMPORT = "configuration/import"


def exported(client: FlaskClient, parts: str | None = None) -> dict[str, Any]:
    answer = client.get(f"{API}/configuration/export" + ("" if parts is None else f"?parts={parts}"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="racelink-configuration.json"'
    document: dict[str, Any] = json.loads(answer.text)
    return document


def document(**parts: Any) -> dict[str, Any]:
    return {"format": "racelink-configuration", "schema_version": 1, "racelink": "9.9", "parts": parts}


def part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in answer["report"]["parts"] if each["part"] == name)
    return {key: value for key, value in found.items() if value and key != "part"}


GROUPS = document(groups=[{"id": 3, "name": "Gates"}])


@pytest.fixture
def other(tmp_path: Path) -> Iterator[FlaskClient]:
    """The API of another host."""
    host = create_host(HostConfiguration(data_directory=tmp_path / "other"))
    try:
        yield client_of(host)
    finally:
        host.stop()


def test_a_whole_fleet_moves_to_another_host(client: FlaskClient, other: FlaskClient) -> None:
    post(client, "scenes", {"label": "One", "actions": [light(preset="rainbow")]})
    moved = exported(client)
    assert tuple(moved["parts"]) == PARTS
    answer = post(other, IMPORT, {"document": moved})
    assert len(part(answer, "devices")["added"]) == 8
    assert part(answer, "scenes") == {"added": ["One"]}
    assert answer["summary"].startswith("Imported. ")
    assert any("An import sends nothing" in line for line in answer["lines"])
    names = [{name: each[name] for name in ("addr", "name", "groupId")} for each in get(client, "devices")["devices"]]
    there = [{name: each[name] for name in ("addr", "name", "groupId")} for each in get(other, "devices")["devices"]]
    assert there == names
    assert exported(other)["parts"]["scenes"] == moved["parts"]["scenes"]


def test_the_file_is_one_that_people_can_read(idle_host: Host, idle_client: FlaskClient) -> None:
    with idle_host.store.transaction() as draft:
        draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Gäte")
    text = idle_client.get(f"{API}/configuration/export?parts=scenes,%20groups,presets").text
    assert '    "groups": [\n      {"id": 1, "name": "Gäte", "display_order": 0}\n    ],\n    "presets": [' in text
    assert text.endswith('\n    "scenes": []\n  }\n}\n')
    assert max(map(len, text.splitlines())) <= 110
    assert list(json.loads(text)["parts"]) == ["groups", "presets", "scenes"]


def test_what_is_taken_is_told_to_every_page(idle_host: Host, idle_client: FlaskClient) -> None:
    told = changes(idle_host)
    answer = post(idle_client, IMPORT, {"document": GROUPS, "parts": ["groups"], "mode": "merge", "dryRun": False})
    assert part(answer, "groups") == {"added": ["Gates"]}
    assert told == [{Scope.GROUPS}]
    assert [each["name"] for each in get(idle_client, "groups")["groups"]] == ["Unconfigured", "Gates"]
    assert answer["report"]["backup"]
    again = post(idle_client, IMPORT, {"document": GROUPS})
    assert again["summary"] == "There is nothing to change: all of it is here already."
    assert len(told) == 1


def test_a_try_changes_nothing_and_says_so(idle_host: Host, idle_client: FlaskClient) -> None:
    told, before = changes(idle_host), idle_host.store.snapshot
    answer = post(idle_client, IMPORT, {"document": GROUPS, "dryRun": True})
    assert answer["report"]["is_dry_run"] is True
    assert answer["summary"] == "The import would do this. Groups: 1 added."
    assert answer["lines"] == ["Groups added: 1 (Gates)."]
    assert idle_host.store.snapshot is before
    assert told == []


def test_replacing_removes_what_the_file_does_not_have(idle_host: Host, idle_client: FlaskClient) -> None:
    with idle_host.store.transaction() as draft:
        draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Old")
    answer = post(idle_client, IMPORT, {"document": GROUPS, "mode": "replace"})
    assert part(answer, "groups") == {"added": ["Gates"], "removed": ["Old"]}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "not_a_configuration"),
        ({"format": "racelink-scenes"}, "not_a_configuration"),
        (document() | {"schema_version": 2}, "configuration_too_new"),
        (document(groups=[{"id": 3}]), "invalid_configuration"),
        (document(moons=[]), "invalid_configuration"),
    ],
)
def test_what_is_no_good_document_is_refused(idle_client: FlaskClient, wrong: dict[str, Any], code: str) -> None:
    refused(idle_client, IMPORT, {"document": wrong}, 400, code)


def test_a_bad_value_is_named_with_its_place(idle_client: FlaskClient) -> None:
    answer = asked(idle_client, "POST", IMPORT, {"document": document(groups=[{"id": 3}])}, 400)
    assert answer["detail"] == {
        "code": "invalid_configuration",
        "path": "parts.groups[0].name",
        "problem": "Field required",
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"document": []},
        {"document": GROUPS, "parts": []},
        {"document": GROUPS, "parts": ["moons"]},
        {"document": GROUPS, "parts": ["scenes"]},
        {"document": GROUPS, "mode": "both"},
        {"document": GROUPS, "dryRun": "yes"},
    ],
)
def test_a_wrong_request_is_refused(idle_host: Host, idle_client: FlaskClient, body: dict[str, Any]) -> None:
    before = idle_host.store.snapshot
    refused(idle_client, IMPORT, body, 400, "invalid_request")
    assert idle_host.store.snapshot is before


@pytest.mark.parametrize("parts", ["", "moons", "groups,"])
def test_unknown_parts_are_not_exported(idle_client: FlaskClient, parts: str) -> None:
    answer = idle_client.get(f"{API}/configuration/export?parts={parts}")
    assert answer.status_code == 400
    assert (answer.json or {})["detail"]["code"] == "invalid_request"


def test_the_size_is_limited_but_larger_than_that_of_other_requests(idle_client: FlaskClient) -> None:
    scenes = [{"label": f"Scene {number}", "actions": [], "note": "x" * 20000} for number in range(100)]
    assert len(part(post(idle_client, IMPORT, {"document": document(scenes=scenes)}), "scenes")["added"]) == 100
    body = json.dumps({"document": document(), "padding": "x" * MAX_DOCUMENT_BYTES})
    answer = idle_client.post(f"{API}/{IMPORT}", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert (answer.json or {})["detail"]["code"] == "too_large"


def test_nothing_is_taken_while_a_task_a_scene_or_a_race_runs(host: Host, client: FlaskClient) -> None:
    def work(task: TaskHandle) -> None:
        wait_until(lambda: task.is_cancelled)

    host.tasks.start("waiting", work)
    refused(client, IMPORT, {"document": GROUPS}, 409, "task_running")
    host.tasks.cancel()
    wait_until(lambda: not host.tasks.is_running)
    post(client, "scenes", {"label": "Long", "actions": [{"kind": "delay", "duration_ms": 60000}]})
    post(client, "scenes/long/run")
    refused(client, IMPORT, {"document": GROUPS}, 409, "scene_busy")
    assert post(client, IMPORT, {"document": GROUPS, "dryRun": True})["ok"]
    host.scene_runner.stop()
    wait_until(lambda: host.scene_runner.running is None)
    host.race.staged()
    refused(client, IMPORT, {"document": GROUPS}, 409, "race_is_on")
    host.race.started()
    refused(client, IMPORT, {"document": GROUPS}, 409, "race_is_on")
    assert post(client, IMPORT, {"document": GROUPS, "dryRun": True})["ok"]
    host.race.ended()
    assert post(client, IMPORT, {"document": GROUPS})["ok"]


def test_a_number_for_each_group_is_needed(idle_host: Host, idle_client: FlaskClient) -> None:
    with idle_host.store.transaction() as draft:
        draft.groups.update({GroupId(each): Group(id=GroupId(each), name=f"G{each}") for each in range(1, 255)})
    refused(idle_client, IMPORT, {"document": GROUPS}, 400, "no_free_group")
