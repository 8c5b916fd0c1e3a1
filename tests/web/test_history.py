"""The history as the API gives it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from racelink_core.host import Host
from tests.web.test_api import API, get, post, task_done


def test_the_history_says_what_was_done_by_whom_and_how_it_ended(client: FlaskClient, host: Host) -> None:
    post(client, "status", {})
    task_done(client)
    post(client, "commands", {"kind": "blackout", "target": {"kind": "groups", "value": [1]}})
    page = get(client, "history")
    newest = next(record for record in page["records"] if record["kind"] != "request")
    assert (newest["kind"], newest["origin"], newest["priority"], newest["status"]) == (
        "blackout",
        "WebUI",
        "blackout",
        "sent",
    )
    members = [device.mac for device in host.store.snapshot.devices.values() if device.group_id == 1]
    assert newest["devices"] == {"sent": members}
    assert page["next"] is None
    requests = get(client, "history?kind=request&origin=task+status")["records"]
    assert {record["kind"] for record in requests} == {"request"}
    assert requests[-1]["name"] == "STATUS"
    assert requests[-1]["devices"]["answered"]
    assert [record["status"] for record in get(client, "history?kind=task")["records"]] == ["done", "started"]


def test_paging_through_the_history_misses_and_repeats_nothing_while_commands_go_on(client: FlaskClient) -> None:
    for _ in range(9):
        post(client, "commands", {"kind": "sync"})
    first = get(client, "history")["records"][0]["id"]
    seen: list[int] = []
    query = f"before={first + 1}"
    while True:
        page = get(client, f"history?{query}&limit=4&kind=sync&origin=WebUI")
        seen += [record["id"] for record in page["records"]]
        if page["next"] is None:
            break
        query = f"before={page['next']}"
        post(client, "commands", {"kind": "sync"})
    assert seen == list(range(first, first - 9, -1))


@pytest.mark.parametrize(
    "query",
    ["before=0", "before=x", "before=-5", "before=" + "9" * 30, "limit=0", "limit=201", "kind=", "origin=" + "x" * 101],
)
def test_a_bad_page_of_the_history_is_refused(idle_client: FlaskClient, query: str) -> None:
    answer = idle_client.get(f"{API}/history?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "invalid_request"


def test_without_anything_done_the_history_is_empty(idle_client: FlaskClient) -> None:
    assert get(idle_client, "history") == {"ok": True, "records": [], "next": None}
