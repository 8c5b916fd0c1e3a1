"""The live channel of whole servers, over real sockets: the standalone one, and RotorHazard's."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from gevent.pywsgi import WSGIServer

from racelink_core.host import Host
from racelink_core.standalone.server import WebServer
from racelink_core.web.live import MAX_CLIENTS
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.web.conftest import wait_until

DEADLINE_S = 30.0
Stream = tuple[socket.socket, Iterator[dict[str, str]]]


class Browser:
    def __init__(self, port: int, login: tuple[str, str] | None = None) -> None:
        self._port, self._login = port, login
        self._open = ExitStack()

    def stream(self, method: str = "GET", **headers: str) -> tuple[int, Stream]:
        """The status, the socket, and the events as they come."""
        client = self._open.enter_context(socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE_S))
        headers = {"Host": f"127.0.0.1:{self._port}", **{name.replace("_", "-"): v for name, v in headers.items()}}
        if self._login is not None:
            headers["Authorization"] = "Basic " + b64encode(":".join(self._login).encode()).decode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        client.sendall(f"{method} /racelink/api/events HTTP/1.1\r\n{lines}\r\n".encode())
        reader = self._open.enter_context(client.makefile("rb"))
        status = int(reader.readline().split()[1])
        while reader.readline().strip():
            pass
        return status, (client, _events(reader))

    def until_admitted(self) -> Stream:
        """Once there is a place."""
        found: list[Stream] = []

        def admitted() -> bool:
            status, stream = self.stream()
            found.append(stream)
            return status == 200

        wait_until(admitted)
        return found[-1]

    def close(self) -> None:
        self._open.close()


def _events(reader: Any) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for raw in reader:
        name, colon, value = raw.decode().rstrip("\n").partition(": ")
        if colon and name:
            event[name] = value
        elif not name and "event" in event:
            yield event
            event = {}


def until_event(events: Iterator[dict[str, str]], name: str) -> Any:
    """The payload of the next event of that name."""
    return json.loads(next(event["data"] for event in events if event["event"] == name))


@pytest.fixture
def alone(idle_host: Host) -> Iterator[Browser]:
    server = WebServer(idle_host, address="127.0.0.1", port=0)
    server.start()
    browser = Browser(int(server.url.rsplit(":", 1)[1].partition("/")[0]))
    yield browser
    browser.close()
    idle_host.stop()
    server.stop()


@pytest.fixture
def inside_rotorhazard(tmp_path: Path) -> Iterator[Browser]:
    with RotorHazard(tmp_path).running(initialize) as rotorhazard:
        server = WSGIServer(("127.0.0.1", 0), rotorhazard.app, log=None, error_log=None)
        server.start()
        browser = Browser(int(server.server_port), rotorhazard.login)
        yield browser
        browser.close()
        server.stop(timeout=1)


@pytest.fixture(params=["alone", "inside_rotorhazard"])
def browser(request: pytest.FixtureRequest) -> Browser:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Browser)
    return found


def test_a_page_is_told_everything_at_first(browser: Browser) -> None:
    status, (_, events) = browser.stream()
    assert status == 200
    assert [next(events)["event"] for _ in range(3)] == ["master", "task", "gateway"]


def test_a_page_that_comes_back_with_an_old_number_is_told_to_read_everything(browser: Browser) -> None:
    _, (_, events) = browser.stream(Last_Event_ID="7")
    assert [next(events)["event"] for _ in range(4)] == ["resync", "master", "task", "gateway"]


def test_places_are_limited_and_given_back_at_once(browser: Browser) -> None:
    streams = [browser.stream() for _ in range(MAX_CLIENTS)]
    assert {status for status, _ in streams} == {200}
    assert browser.stream()[0] == 503
    for _, (client, _) in streams:
        client.shutdown(socket.SHUT_RDWR)
    for _ in range(MAX_CLIENTS):
        browser.until_admitted()


def test_asking_for_the_headers_takes_no_place(browser: Browser) -> None:
    for _ in range(MAX_CLIENTS + 1):
        assert browser.stream("HEAD")[0] == 200


def test_one_place_too_many_says_why(idle_host: Host, idle_client: FlaskClient) -> None:
    answers = [idle_client.get("/racelink/api/events") for _ in range(MAX_CLIENTS + 1)]
    refused = answers[-1]
    assert refused.status_code == 503
    assert refused.json is not None
    assert refused.json["detail"]["code"] == "unavailable"
    assert "Close some" in refused.json["error"]
    for answer in answers:
        answer.close()


@pytest.fixture
def stream_of(host: Host) -> Iterator[Callable[[], Iterator[dict[str, str]]]]:
    server = WebServer(host, address="127.0.0.1", port=0)
    server.start()
    browser = Browser(int(server.url.rsplit(":", 1)[1].partition("/")[0]))
    yield lambda: browser.stream()[1][1]
    browser.close()
    host.stop()
    server.stop()


def test_a_task_is_followed_from_start_to_end_and_then_the_lists_are_read_anew(
    host: Host, client: FlaskClient, stream_of: Callable[[], Iterator[dict[str, str]]]
) -> None:
    events = stream_of()
    assert until_event(events, "task") is None
    assert client.post("/racelink/api/status", json={}).status_code == 200
    told = [until_event(events, "task")]
    while told[-1]["state"] == "running":
        told.append(until_event(events, "task"))
    assert told[0]["meta"]["index"] == 0
    assert {task["id"] for task in told} == {told[0]["id"]}
    assert (told[-1]["state"], told[-1]["remaining_s"]) == ("done", None)
    assert told[-1]["result"]["updated"] == 7
    assert until_event(events, "refresh")["what"] == ["devices", "groups"]


def test_cancelling_is_told_at_once(client: FlaskClient, stream_of: Callable[[], Iterator[dict[str, str]]]) -> None:
    events = stream_of()
    until_event(events, "task")
    client.post("/racelink/api/discover", json={})
    client.post("/racelink/api/task/cancel")
    while not (task := until_event(events, "task"))["cancel_requested"]:
        assert task["state"] == "running"
    while until_event(events, "task")["state"] == "running":
        pass
