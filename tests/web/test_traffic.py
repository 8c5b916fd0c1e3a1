"""The raw traffic as the API gives it: read, recorded, refused."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.gateway.traffic import Traffic
from racelink_core.host import Host
from racelink_core.runtime.clock import SystemClock
from racelink_core.runtime.native_pool import NativePool
from racelink_core.services.recordings import Recordings
from racelink_core.services.traffic_log import TrafficLog
from tests.web.conftest import wait_until
from tests.web.test_api import API, get, post, refused, task_done


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


def lines_of(client: FlaskClient, name: str) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/traffic/recordings/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-ndjson"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return [json.loads(line) for line in answer.data.splitlines()]


def test_a_recording_holds_exactly_the_frames_between_start_and_stop(client: FlaskClient, host: Host) -> None:
    post(client, "commands", {"kind": "sync"})
    before = host.traffic.last_seq
    started = post(client, "traffic/recording/start")["recording"]
    assert started["is_running"] is True
    at_start = host.traffic.last_seq
    post(client, "status", {})
    task_done(client)
    running = get(client, "traffic/recordings")["recordings"]
    assert [(each["name"], each["is_running"]) for each in running] == [(started["name"], True)]
    last = host.traffic.last_seq
    stopped = post(client, "traffic/recording/stop")["recording"]
    assert (stopped["is_running"], stopped["ended_by"]) == (False, "stopped")
    lines = lines_of(client, started["name"])
    seqs = [line["seq"] for line in lines]
    assert before < seqs[0] <= at_start + 1, "the gateway may still have told of the SYNC between the two"
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert seqs[-1] >= last
    ring = {frame["seq"]: frame for frame in get(client, f"traffic?after={before}&limit=500")["frames"]}
    for line in lines:
        kept = ring[line["seq"]]
        assert {**line, "ts": 0} == {**kept, "ts": 0}
        assert line["ts"] == pytest.approx(kept["ts"], abs=1)
    assert any("STATUS_REPLY" in line["text"] for line in lines)
    assert post(client, "traffic/recording/stop")["recording"] == stopped
    answer = client.delete(f"{API}/traffic/recordings/{started['name']}")
    assert answer.json == {"ok": True, "deleted": started["name"]}
    assert get(client, "traffic/recordings")["recordings"] == []


def test_one_recording_at_a_time_and_none_is_deleted_while_it_runs(client: FlaskClient) -> None:
    name = post(client, "traffic/recording/start")["recording"]["name"]
    refused(client, "traffic/recording/start", {}, 409, "recording_running")
    answer = client.delete(f"{API}/traffic/recordings/{name}")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "recording_running"
    post(client, "traffic/recording/stop")
    other = post(client, "traffic/recording/start")["recording"]["name"]
    assert other != name


def test_a_recording_ends_with_the_host_and_is_whole(client: FlaskClient, host: Host, tmp_path: Path) -> None:
    name = post(client, "traffic/recording/start")["recording"]["name"]
    post(client, "status", {})
    task_done(client)
    last = host.traffic.last_seq
    host.stop()
    lines = [json.loads(line) for line in (tmp_path / "recordings" / name).read_text().splitlines()]
    assert lines[-1]["seq"] >= last
    assert stat.S_IMODE((tmp_path / "recordings" / name).stat().st_mode) == 0o600


def test_a_recording_ends_by_itself_at_its_size(tmp_path: Path) -> None:
    pool, traffic, clock = NativePool(), Traffic(), SystemClock()
    recordings = Recordings(tmp_path, TrafficLog(traffic, clock), clock, pool, 5_000)
    try:
        recordings.start()
        for _ in range(200):
            traffic.received("gateway", b"\xf3\x01", clock.monotonic())
        wait_until(lambda: recordings.current and not recordings.current.is_running)
        (ended,) = recordings.all()
        assert ended.ended_by == "size"
        assert 5_000 <= ended.size_bytes < 100_000
        assert recordings.start().is_running
    finally:
        recordings.stop()
        pool.close()


def test_frames_that_were_gone_before_they_were_written_are_counted(tmp_path: Path) -> None:
    pool, traffic, clock = NativePool(), Traffic(kept=10), SystemClock()
    recordings = Recordings(tmp_path, TrafficLog(traffic, clock), clock, pool, 1 << 20)
    try:
        name = recordings.start().name
        for _ in range(25):
            traffic.received("gateway", b"\xf3\x01", clock.monotonic())
        recordings.stop()
        lines = [json.loads(line) for line in (tmp_path / "recordings" / name).read_text().splitlines()]
        assert lines[0] == {"missed": 15}
        assert [line["seq"] for line in lines[1:]] == list(range(16, 26))
    finally:
        pool.close()


def test_a_disk_that_refuses_ends_the_recording_with_the_reason(
    client: FlaskClient, host: Host, tmp_path: Path
) -> None:
    name = post(client, "traffic/recording/start")["recording"]["name"]
    path = tmp_path / "recordings" / name
    path.unlink()
    path.mkdir()
    post(client, "commands", {"kind": "sync"})
    wait_until(lambda: host.recordings.current and not host.recordings.current.is_running)
    path.rmdir()
    assert host.recordings.current is not None
    assert "cannot be kept" in str(host.recordings.current.ended_by)


def test_recordings_are_limited_in_number(client: FlaskClient, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for number in range(20):
        (folder / f"traffic-20260101T0000{number:02d}Z.jsonl").write_text("")
    (folder / "not ours.jsonl").write_text("")
    refused(client, "traffic/recording/start", {}, 400, "too_many_recordings")
    rows = get(client, "traffic/recordings")["recordings"]
    assert len(rows) == 20
    assert rows[0]["name"] == "traffic-20260101T000019Z.jsonl"
    assert rows[0]["started_ts"] == 1767225619


def test_without_a_folder_the_failure_is_named(idle_client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file in the way")
    refused(idle_client, "traffic/recording/start", {}, 500, "recording_failed")
    answer = idle_client.get(f"{API}/traffic/recordings")
    assert (answer.status_code, answer.json and answer.json["detail"]["code"]) == (500, "recording_failed")


def test_what_needs_no_body_still_refuses_a_bad_one(idle_client: FlaskClient) -> None:
    for way in ("start", "stop"):
        answer = idle_client.post(f"{API}/traffic/recording/{way}", data=b"[1]", content_type="application/json")
        assert (answer.status_code, answer.json and answer.json["detail"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    "name",
    [
        "racelink.sqlite",
        "..%2Fracelink.sqlite",
        "../racelink.sqlite",
        "%2e%2e%2fhistory.sqlite",
        "..%5Chistory.sqlite",
        "traffic-20260101T000000Z.jsonl",
        "traffic-20260101T000000Z.jsonl%00",
        "traffic-20260101T000000Z.jsonl%0A",
        "x" * 300,
    ],
)
def test_only_recordings_can_be_had_or_deleted(client: FlaskClient, tmp_path: Path, name: str) -> None:
    (tmp_path / "recordings").mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    for answer in (client.get(f"{API}/traffic/recordings/{name}"), client.delete(f"{API}/traffic/recordings/{name}")):
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["detail"]["code"] == "not_found"
        assert b"SQLite" not in answer.data
    assert {path.name for path in tmp_path.iterdir()} == before
