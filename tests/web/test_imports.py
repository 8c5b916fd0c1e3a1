"""Taking over older data over HTTP: files, folders, limits, and what is shown of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.scope import Change, Scope
from racelink_core.host import Host
from racelink_core.services.tasks import TaskHandle
from tests.web.conftest import client_of, wait_until

MAC = Mac("AABBCCDDEE01")
STATE = {
    "schema_version": 1,
    "devices": [{"addr": MAC, "name": "Gate", "groupId": 1, "dev_type": 10}],
    "groups": [{"name": "All WLED Nodes"}, {"name": "Gates"}],
}


def upload(client: FlaskClient, content: object, query: str = "", name: str = "old.json") -> TestResponse:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(f"/racelink/api/import/old/file{query}", data={"file": (io.BytesIO(raw), name)})


def refusal(response: TestResponse) -> tuple[int, str]:
    body = response.get_json()
    assert body["ok"] is False
    assert body["error"]
    return response.status_code, body["detail"]["code"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of an older host with one device."""
    folder = tmp_path / "older"
    folder.mkdir()
    (folder / "rl_standalone_config.json").write_text(json.dumps({"options": {"rl_state_v1": json.dumps(STATE)}}))
    return folder


@pytest.fixture
def host_with_home(tmp_path: Path, home: Path) -> Iterator[Host]:
    """Not started, so that nothing was taken over yet."""
    host = create_host(HostConfiguration(data_directory=tmp_path / "data", home=home))
    try:
        yield host
    finally:
        host.stop()


def test_a_file_is_taken_over_and_told(idle_client: FlaskClient, idle_host: Host) -> None:
    changes: list[Change] = []
    idle_host.store.subscribe(changes.append)
    report = upload(idle_client, STATE).get_json()["report"]
    assert idle_host.store.snapshot.devices[MAC].name == "Gate"
    assert {kind["kind"]: kind["added"] for kind in report["taken"] if kind["added"]} == {
        "group": ["Gates"],
        "device": [f"Gate ({MAC})"],
    }
    assert Path(report["backup"]).is_file()
    assert "racelink.sqlite" in report["undo"]
    assert changes[0].scopes == {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP, Scope.GROUPS}
    last = idle_client.get("/racelink/api/import/report").get_json()
    assert last["report"] == report
    assert last["notices"] == []


def test_a_dry_run_tells_the_same_and_changes_nothing(idle_client: FlaskClient, idle_host: Host) -> None:
    before = idle_host.store.snapshot
    answer = upload(idle_client, STATE, "?dry_run=true").get_json()
    dry = answer["report"]
    assert f"Added: 1 device(s) (Gate ({MAC}))." in answer["lines"]
    assert idle_host.store.snapshot is before
    assert idle_client.get("/racelink/api/import/report").get_json()["report"] is None
    wet = upload(idle_client, STATE).get_json()["report"]
    assert (dry["is_dry_run"], wet["is_dry_run"]) == (True, False)
    assert dry["taken"] == wet["taken"]


def test_what_differs_is_kept_unless_it_shall_be_replaced(idle_client: FlaskClient, idle_host: Host) -> None:
    upload(idle_client, STATE)
    renamed = {**STATE, "devices": [{**STATE["devices"][0], "name": "Other"}]}  # type: ignore[dict-item]
    kept = upload(idle_client, renamed).get_json()["report"]
    assert idle_host.store.snapshot.devices[MAC].name == "Gate"
    assert next(kind["kept"] for kind in kept["taken"] if kind["kind"] == "device") == [f"Gate ({MAC})"]
    upload(idle_client, renamed, "?on_conflict=replace")
    assert idle_host.store.snapshot.devices[MAC].name == "Other"


def test_the_folder_of_this_computer_is_taken_over(host_with_home: Host, home: Path) -> None:
    client = client_of(host_with_home)
    reply = client.post("/racelink/api/import/old", json={"source": "home"}).get_json()
    assert reply["report"]["sources"] == [str(home / "rl_standalone_config.json")]
    assert MAC in host_with_home.store.snapshot.devices
    dry = client.post("/racelink/api/import/old", json={"source": "home", "dry_run": True}).get_json()
    assert not any(kind["added"] for kind in dry["report"]["taken"])


@pytest.mark.parametrize("source", ["home", "options"])
def test_a_source_that_is_not_there_is_told(idle_client: FlaskClient, source: str) -> None:
    response = idle_client.post("/racelink/api/import/old", json={"source": source})
    assert refusal(response) == (400, "nothing_to_import")


@pytest.mark.parametrize("body", [{}, {"source": "/etc/passwd"}, {"source": "home", "on_conflict": "x"}, {"source": 1}])
def test_a_body_that_names_no_source_is_refused(idle_client: FlaskClient, body: dict[str, Any]) -> None:
    assert refusal(idle_client.post("/racelink/api/import/old", json=body)) == (400, "invalid_request")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x00\xff", b"{" * 3000])
def test_a_file_with_nothing_of_ours_is_refused_and_changes_nothing(
    idle_client: FlaskClient, idle_host: Host, content: bytes
) -> None:
    before = idle_host.store.snapshot
    assert refusal(upload(idle_client, content)) == (400, "nothing_to_import")
    assert idle_host.store.snapshot is before


def test_a_file_may_have_4_mib_and_not_more(idle_client: FlaskClient, idle_host: Host) -> None:
    state = json.dumps(STATE).encode()
    assert upload(idle_client, state.ljust(4 << 20)).status_code == 200
    assert MAC in idle_host.store.snapshot.devices
    assert refusal(upload(idle_client, b" " * ((4 << 20) + 1))) == (413, "too_large")
    assert refusal(upload(idle_client, b" " * (5 << 20))) == (413, "too_large")


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a\x00b", "x" * 5000, "<script>", "C:\\x"])
def test_the_name_of_a_file_is_only_shown(idle_client: FlaskClient, idle_host: Host, tmp_path: Path, name: str) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    response = upload(idle_client, STATE, name=name)
    assert response.status_code in (200, 400)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    if response.status_code == 200:
        assert all(len(source) <= 251 for source in response.get_json()["report"]["sources"])


def test_a_body_that_is_no_form_is_refused(idle_client: FlaskClient) -> None:
    address = "/racelink/api/import/old/file"
    assert refusal(idle_client.post(address, json=STATE)) == (415, "unsupported_media_type")
    assert refusal(idle_client.post(address, data={"other": "x"}, content_type="multipart/form-data"))[0] == 400
    broken = idle_client.post(address, data=b"--x\r\nnothing", content_type="multipart/form-data; boundary=x")
    assert refusal(broken) == (400, "invalid_request")
    unbound = idle_client.post(address, data=b"abc", content_type="multipart/form-data")
    assert refusal(unbound) == (400, "invalid_request")


def test_a_query_that_is_wrong_is_refused(idle_client: FlaskClient) -> None:
    assert refusal(upload(idle_client, STATE, "?on_conflict=maybe")) == (400, "invalid_request")
    assert refusal(upload(idle_client, STATE, "?dry_run=perhaps")) == (400, "invalid_request")


def test_nothing_is_taken_over_while_a_task_runs(idle_client: FlaskClient, idle_host: Host) -> None:
    def work(task: TaskHandle) -> None:
        wait_until(lambda: task.is_cancelled)

    idle_host.tasks.start("waiting", work, {})
    assert refusal(upload(idle_client, STATE)) == (409, "task_running")
    assert refusal(idle_client.post("/racelink/api/import/old", json={"source": "home"})) == (409, "task_running")
    idle_host.tasks.cancel()
    wait_until(lambda: not idle_host.tasks.is_running)
    assert upload(idle_client, STATE).status_code == 200


def test_more_groups_than_there_are_numbers_are_refused_as_a_whole(idle_client: FlaskClient, idle_host: Host) -> None:
    groups = [{"name": "All WLED Nodes"}, *({"name": f"G{number}"} for number in range(1, 255))]
    assert upload(idle_client, {**STATE, "groups": groups}).status_code == 200
    before = idle_host.store.snapshot
    assert refusal(upload(idle_client, STATE)) == (400, "no_free_group")
    assert idle_host.store.snapshot is before


def test_the_first_start_tells_until_somebody_has_seen_it(host_with_home: Host) -> None:
    host_with_home.start()
    client = client_of(host_with_home)
    assert MAC in host_with_home.store.snapshot.devices
    shown = client.get("/racelink/api/master").get_json()["problems"]
    (text,) = [problem["text"] for problem in shown if problem["code"] == "older_data"]
    assert "1 device(s)" in text
    last = client.get("/racelink/api/import/report").get_json()
    assert last["notices"] == [text]
    assert (last["report"]["trigger"], last["report"]["backup"]) == ("first_start", None)
    assert client.post("/racelink/api/import/report/dismiss").get_json()["notices"] == []
    shown = client.get("/racelink/api/master").get_json()["problems"]
    assert not [problem for problem in shown if problem["code"] == "older_data"]
