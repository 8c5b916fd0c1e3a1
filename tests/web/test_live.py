"""The live channel, over real sockets where it matters."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from gevent.pywsgi import WSGIServer

from racelink_core.web.connection import descriptor_of
from racelink_core.web.live import MAX_CLIENTS, QUEUE_LENGTH, Coalescer, LiveHub, NoStream

DEADLINE_S = 30.0


def wait_until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end_s, "did not happen in time"
        time.sleep(0.01)


def no_seed() -> Iterator[tuple[str, Any]]:
    return iter(())


def events_in(frames: bytes) -> list[tuple[str, Any]]:
    found = []
    for frame in frames.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


@pytest.fixture
def serve() -> Iterator[Callable[[LiveHub], int]]:
    servers = []

    def start(hub: LiveHub) -> int:
        def app(environ: Any, start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [("Content-Type", "text/event-stream")])
            return hub.stream(no_seed, descriptor=descriptor_of(environ))

        server = WSGIServer(("127.0.0.1", 0), app, log=None, error_log=None)
        server.start()
        servers.append((hub, server))
        return int(server.server_port)

    yield start
    for hub, server in servers:
        hub.close()
        server.stop(timeout=1)


def open_stream(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.settimeout(DEADLINE_S)
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return client


def test_a_new_client_gets_the_seed_and_then_what_changes_with_rising_numbers() -> None:
    hub = LiveHub()
    stream = hub.stream(lambda: [("master", {"state": "IDLE"}), ("task", None)])
    seeded = next(stream) + next(stream) + next(stream)
    hub.publish("gateway", {"ready": True})
    frames = seeded + next(stream)
    hub.close()
    with pytest.raises(NoStream):
        hub.stream(no_seed)
    assert events_in(frames) == [("master", {"state": "IDLE"}), ("task", None), ("gateway", {"ready": True})]
    numbers = [int(line[4:]) for line in frames.decode().splitlines() if line.startswith("id: ")]
    assert numbers[0] == numbers[1] < numbers[2], "the seed belongs to what was before"
    assert list(stream) == []


def test_of_unread_states_only_the_newest_is_sent() -> None:
    hub = LiveHub()
    stream = hub.stream(no_seed)
    next(stream)
    for number in range(5):
        hub.publish("master", {"number": number})
        hub.publish("task", {"number": number})
    assert events_in(next(stream)) == [("master", {"number": 4}), ("task", {"number": 4})]
    stream.close()
    assert hub.client_count == 0


def test_a_payload_becomes_json_once_for_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    dumped = []
    monkeypatch.setattr("racelink_core.web.live.json.dumps", lambda value, **_: dumped.append(value) or "{}")
    hub = LiveHub()
    streams = [hub.stream(no_seed) for _ in range(5)]
    hub.publish("master", {"state": "TX"})
    assert dumped == [{"state": "TX"}]
    for stream in streams:
        stream.close()


def test_a_client_with_too_much_unread_is_closed() -> None:
    hub = LiveHub()
    stream = hub.stream(no_seed)
    next(stream)
    for number in range(QUEUE_LENGTH + 1):
        hub.publish("progress", {}, key=f"progress {number}")
    assert list(stream) == []
    assert hub.client_count == 0


def test_places_are_limited() -> None:
    hub = LiveHub()
    streams = [hub.stream(no_seed) for _ in range(MAX_CLIENTS)]
    with pytest.raises(NoStream):
        hub.stream(no_seed)
    for stream in streams:
        next(stream)
        stream.close()
    assert hub.client_count == 0


@pytest.mark.parametrize("hang_up", [socket.socket.close, lambda client: client.shutdown(socket.SHUT_RDWR)])
def test_a_client_that_hangs_up_is_cleaned_up_without_a_write(
    serve: Callable[[LiveHub], int], hang_up: Callable[[socket.socket], None]
) -> None:
    hub = LiveHub(heartbeat_s=1000.0)
    client = open_stream(serve(hub))
    assert b"200 OK" in client.recv(4096)
    assert hub.client_count == 1
    hang_up(client)
    wait_until(lambda: hub.client_count == 0)
    client.close()


def test_a_client_whose_server_hides_the_socket_is_cleaned_up_by_the_heartbeat() -> None:
    hub = LiveHub(heartbeat_s=0.02)

    def app(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return hub.stream(no_seed, descriptor=descriptor_of({"wsgi.input": BytesIO()}))

    server = WSGIServer(("127.0.0.1", 0), app, log=None, error_log=None)
    server.start()
    client = open_stream(int(server.server_port))
    assert b"200 OK" in client.recv(4096)
    client.close()
    wait_until(lambda: hub.client_count == 0)
    server.stop(timeout=1)


def test_a_stream_that_is_never_begun_is_given_back() -> None:
    hub = LiveHub()
    hub.stream(no_seed).close()
    assert hub.client_count == 0


def numbers_in(frames: bytes) -> list[str]:
    return [line[4:] for line in frames.decode().splitlines() if line.startswith("id: ")]


def begun(hub: LiveHub, last_id: str | None) -> list[str]:
    """The names of the first events of a client that comes with `last_id`."""
    stream = hub.stream(lambda: [("master", {})], last_id=last_id)
    next(stream)
    names = [name for name, _ in events_in(next(stream))]
    if names == ["resync"]:
        names += [name for name, _ in events_in(next(stream))]
    stream.close()
    return names


def test_whoever_missed_nothing_goes_on_and_anyone_else_is_told_to_read_everything() -> None:
    hub = LiveHub()
    stream = hub.stream(no_seed)
    next(stream)
    hub.publish("task", {})
    (last,) = numbers_in(next(stream))
    stream.close()
    assert begun(hub, last) == ["master"]
    assert begun(hub, None) == ["master"]
    hub.publish("task", {})
    assert begun(hub, last) == ["resync", "master"]
    assert begun(hub, str(int(last) + 1)) == ["master"]
    hub.pass_over()
    assert begun(hub, str(int(last) + 1)) == ["resync", "master"]
    assert begun(hub, "nonsense \u20ac") == ["resync", "master"]
    assert begun(hub, "") == ["resync", "master"]


def test_what_was_published_while_the_seed_was_read_counts_as_missed_until_it_arrives() -> None:
    hub = LiveHub()

    def seed() -> Iterator[tuple[str, Any]]:
        hub.publish("refresh", {"what": ["devices"]})
        yield "master", {}

    stream = hub.stream(seed)
    next(stream)
    (seeded,) = numbers_in(next(stream))
    stream.close()
    assert begun(hub, seeded) == ["resync", "master"]


def test_a_client_that_never_reads_is_dropped_and_the_others_go_on(serve: Callable[[LiveHub], int]) -> None:
    hub = LiveHub(heartbeat_s=0.02, stalled_s=0.5)
    port = serve(hub)
    stalled, reading = open_stream(port), open_stream(port)
    wait_until(lambda: hub.client_count == 2)
    received = bytearray()

    def only_one_left() -> bool:
        hub.publish("refresh", {"what": ["devices"], "filler": "x" * 200_000})
        received.extend(reading.recv(1 << 20))
        return hub.client_count == 1

    wait_until(only_one_left)
    hub.publish("gateway", {"ready": False})
    while b"event: gateway" not in received[-300:]:
        received = received[-300:] + reading.recv(1 << 20)
    stalled.close()
    reading.close()


def test_a_client_that_never_reads_is_dropped_also_when_nothing_more_is_said(serve: Callable[[LiveHub], int]) -> None:
    hub = LiveHub(heartbeat_s=0.02, stalled_s=0.3)
    client = open_stream(serve(hub))
    wait_until(lambda: hub.client_count == 1)
    hub.publish("refresh", {"filler": "x" * 20_000_000})
    wait_until(lambda: hub.client_count == 0)
    client.close()


def test_a_quiet_stream_gets_a_heartbeat_and_closing_ends_it(serve: Callable[[LiveHub], int]) -> None:
    hub = LiveHub(heartbeat_s=0.02)
    client = open_stream(serve(hub))
    received = b""
    while b": still here" not in received:
        received += client.recv(4096)
    hub.close()
    while not received.endswith(b"0\r\n\r\n"):
        received += client.recv(4096)
    client.close()
    assert hub.client_count == 0


def test_many_touches_are_told_soon_and_then_once_per_interval() -> None:
    emitted: list[frozenset[str]] = []
    coalescer = Coalescer(0.05, emitted.append)
    for _ in range(100):
        coalescer.touch("devices", "groups")
    assert emitted == [], "touching must not do the work itself"
    wait_until(lambda: len(emitted) == 1)
    for _ in range(100):
        coalescer.touch("devices")
    assert len(emitted) == 1
    wait_until(lambda: len(emitted) == 2)
    assert emitted == [{"devices", "groups"}, {"devices"}]
    coalescer.touch("devices")
    coalescer.close()
    coalescer.close()


def test_a_failing_listener_does_not_silence_the_next_change() -> None:
    emitted: list[frozenset[str]] = []

    def fail_once(keys: frozenset[str]) -> None:
        emitted.append(keys)
        if len(emitted) == 1:
            raise RuntimeError("a browser row could not be built")

    coalescer = Coalescer(0.01, fail_once)
    coalescer.touch("master")
    wait_until(lambda: len(emitted) == 1)
    coalescer.touch("master")
    wait_until(lambda: len(emitted) == 2)
    coalescer.close()
