"""The raw traffic as the API gives it: read, recorded, refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from racelink_core.host import Host
from tests.web.conftest import wait_until
from tests.web.test_api import API, get, post, task_done


def test_the_last_frames_are_read_with_what_they_say(client: FlaskClient, host: Host) -> None:
    post(client, "commands", {"kind": "blackout", "target": {"kind": "broadcast"}})
    wait_until(lambda: any("TX_DONE" in frame["text"] for frame in get(client, "traffic")["frames"]))
    frames = get(client, "traffic?limit=500")["frames"]
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    control = next(frame for frame in frames if frame["text"].startswith("CONTROL to everyone"))
    assert control["direction"] == "to_gateway"
    assert control["gateway"] == host.gateways.status().gateways[0].mac
    assert control["hex"].startswith("00 ")
    assert bytes.fromhex(control["hex"])[1] == len(bytes.fromhex(control["hex"])) - 2
    assert abs(control["ts"] - host.clock.unix()) < 3600
    assert frames[0]["text"] == "IDENTIFY: who are you?"


def test_reading_goes_on_where_it_ended_while_new_frames_arrive(client: FlaskClient) -> None:
    post(client, "status", {})
    task_done(client)
    seen: list[int] = []
    cursor = 0
    for _ in range(6):
        page = get(client, f"traffic?after={cursor}&limit=5")
        assert page["missed"] == 0
        seen += [frame["seq"] for frame in page["frames"]]
        cursor = page["next"]
        post(client, "commands", {"kind": "sync"})
    assert seen == list(range(1, 31))


def test_the_end_of_the_traffic_is_an_empty_page_with_the_same_cursor(client: FlaskClient, host: Host) -> None:
    page = get(client, "traffic?after=1000000")
    assert page["frames"] == []
    assert 0 < page["next"] <= host.traffic.last_seq


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1.5", "limit=0", "limit=501", "limit=", "after=" + "9" * 40]
)
def test_a_bad_cursor_is_refused(idle_client: FlaskClient, query: str) -> None:
    answer = idle_client.get(f"{API}/traffic?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "invalid_request"
