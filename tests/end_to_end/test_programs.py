"""The programs as processes: they start, say where they are, and end cleanly with their port free."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

DEADLINE_S = 60.0
Program = subprocess.Popen[str]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[object]:
    started: list[Program] = []

    def run(*words: str, **environment: str) -> Program:
        command = [sys.executable, "-m", "racelink_core.cli", *words]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path), **environment},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def url_in(line: str) -> str:
    return next(word for word in line.split() if word.startswith("http://"))


def assert_ends_cleanly(process: Program, number: int, url: str) -> None:
    process.send_signal(number)
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, "Traceback" in errors) == (0, False), errors
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_its_address_first_and_plays_a_race(start, shared_data: Path, number: int) -> None:  # type: ignore[no-untyped-def]
    fleet = shared_data / "fleets" / "club-8.json"
    demo = start("demo", "--port", "0", "--speed", "20", "--fleet", str(fleet))
    url = url_in(demo.stdout.readline())
    seen: set[int] = set()
    end_s = time.monotonic() + DEADLINE_S
    while len(seen) < 2:
        assert time.monotonic() < end_s, "the race does not change anything"
        devices = requests.get(f"{url}api/devices", timeout=DEADLINE_S).json()["devices"]
        assert len(devices) == 8
        seen |= {device["brightness"] for device in devices if device["brightness"]}
        time.sleep(0.05)
    with requests.get(f"{url}sse", stream=True, timeout=DEADLINE_S) as stream:
        assert b"event: master" in next(stream.iter_content(4096)) + next(stream.iter_content(4096))
        assert_ends_cleanly(demo, number, url)


def test_serve_starts_without_a_gateway_and_says_so(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    served = start("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", "/dev/ttyNothing9")
    url = url_in(served.stdout.readline())
    assert requests.get(url.removesuffix("racelink/"), timeout=DEADLINE_S).url == url
    end_s = time.monotonic() + DEADLINE_S
    while not (problems := requests.get(f"{url}api/master", timeout=DEADLINE_S).json()["problems"]):
        assert time.monotonic() < end_s
    assert "ttyNothing9" in problems[0]["text"] or "gateway" in problems[0]["text"].lower()
    foreign = requests.get(f"{url}api/health", headers={"Host": "evil.example"}, timeout=DEADLINE_S)
    assert (foreign.status_code, foreign.json()["detail"]["code"]) == (403, "forbidden_host")
    assert_ends_cleanly(served, signal.SIGTERM, url)


def test_beyond_this_computer_a_token_is_needed(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    refused = start("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data"))
    _, errors = refused.communicate(timeout=DEADLINE_S)
    assert refused.returncode == 2
    assert "RACELINK_TOKEN" in errors
    served = start(
        "serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path / "data"), RACELINK_TOKEN="secret"
    )
    url = url_in(served.stdout.readline())
    assert requests.get(f"{url}api/health", timeout=DEADLINE_S).status_code == 401
    assert requests.get(f"{url}api/health", auth=("", "secret"), timeout=DEADLINE_S).json()["ok"] is True
    assert_ends_cleanly(served, signal.SIGINT, url)


def test_a_port_in_use_is_said_in_words(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        served = start("serve", "--port", port, "--data", str(tmp_path / "data"))
        _, errors = served.communicate(timeout=DEADLINE_S)
    assert served.returncode == 1
    assert "another program uses this port" in errors
    assert "Traceback" not in errors


def test_a_data_directory_is_used_by_one_program_only(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", "/dev/ttyNothing9")
    first = start(*words)
    url = url_in(first.stdout.readline())
    second = start(*words)
    _, errors = second.communicate(timeout=DEADLINE_S)
    assert second.returncode == 1
    assert f"process {first.pid}" in errors
    assert_ends_cleanly(first, signal.SIGINT, url)


def test_the_doctor_speaks_json(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    doctor = start("doctor", "--json", "--no-probe", "--data", str(tmp_path / "data"))
    output, _ = doctor.communicate(timeout=DEADLINE_S)
    report = json.loads(output)
    assert report["versions"]["racelink"]
    assert report["data"]["database"] == "none yet"
    assert report["gateways"] is None


def test_the_doctor_finds_a_gateway_and_measures_the_hub(start, shared_data: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    fleet = shared_data / "fleets" / "club-8.json"
    doctor = start("doctor", "--data", str(tmp_path / "data"), "--gateway", f"sim://{fleet}")
    output, errors = doctor.communicate(timeout=DEADLINE_S)
    assert "F412FA5A0001" in output, errors
    assert "longest stall" in output
