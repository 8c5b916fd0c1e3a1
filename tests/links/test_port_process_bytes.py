"""Time and bounds: what holds while the hub stands still, the far end sleeps, or the parent does not read."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.links import port_child
from racelink_core.links.child_process import ChildProcess
from racelink_core.links.contract import LinkOverrun
from racelink_core.links.port_child import Kind, Message, MessageReader, encode
from racelink_core.links.port_process import PortProcessDriver
from tests.links.contract_suite import SOON_S, Listener, wait_until
from tests.links.far_ends import Pty


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[Pty]:
    pty = Pty(tmp_path / "ttyUSB7")
    yield pty
    pty.unplug()


@pytest.fixture
def driver() -> Iterator[PortProcessDriver]:
    driver = PortProcessDriver()
    yield driver
    driver.close()


def _hold_the_hub(seconds: float) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pass


def test_orders_are_written_while_the_hub_stands_still(pty: Pty, driver: PortProcessDriver) -> None:
    listener = Listener()
    link = driver.open(f"serial://{pty.path}", listener)
    moment_s = time.monotonic() + 0.1
    timed = link.write(b"timed", send_at_s=moment_s)
    at_once = link.write(b"at once,")
    _hold_the_hub(0.5)
    released_s = time.monotonic()
    assert listener.notices == []
    link.catch_up(SOON_S)
    assert listener.written_at_s[at_once] < moment_s
    assert moment_s <= listener.written_at_s[timed] < released_s
    assert pty.heard() == b"at once,timed"


def test_what_came_in_while_the_hub_stood_still_carries_its_moment_and_is_caught_up_with(
    pty: Pty, driver: PortProcessDriver
) -> None:
    listener = Listener()
    link = driver.open(f"serial://{pty.path}", listener)
    pty.say(b"answer")
    _hold_the_hub(0.4)
    released_s = time.monotonic()
    assert listener.data == b""
    moment_s = link.catch_up(SOON_S)
    assert listener.data == b"answer"
    assert listener.chunks[0][1] < released_s <= moment_s


def test_a_far_end_that_does_not_read_refuses_whole_orders_and_loses_none(pty: Pty, driver: PortProcessDriver) -> None:
    listener = Listener()
    link = driver.open(f"serial://{pty.path}", listener)
    accepted = b""
    for number in range(1000):
        order = bytes([number % 256]) * 500
        try:
            link.write(order)
        except LinkOverrun:
            break
        accepted += order
    else:
        pytest.fail("500 000 bytes were taken without anybody reading them")
    wait_until(lambda: len(pty.heard()) >= len(accepted), "all that was accepted")
    assert pty.heard() == accepted
    wait_until(lambda: len(listener.written_at_s) == len(accepted) // 500, "every confirmation")
    link.write(b"room again")
    wait_until(lambda: pty.heard().endswith(b"room again"), "the next order")


def test_a_listener_that_fails_does_not_end_the_link(
    pty: Pty, driver: PortProcessDriver, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Listener):
        def received(self, data: bytes, at_s: float) -> None:
            super().received(data, at_s)
            raise RuntimeError("a bug")

    listener = Failing()
    driver.open(f"serial://{pty.path}", listener)
    pty.say(b"one")
    wait_until(lambda: listener.data == b"one", "the first bytes")
    pty.say(b"two")
    wait_until(lambda: listener.data == b"onetwo", "the bytes after the failure")
    assert "a bug" in caplog.text


def test_a_parent_that_does_not_read_costs_the_link_and_no_byte_in_the_middle(pty: Pty) -> None:
    child = ChildProcess(pyserial_folder=None, scan_interval_s=60)
    child.socket.sendall(encode(Kind.OPEN, 1, 1, payload=f"serial://{pty.path}".encode()))
    reader = MessageReader()
    before: list[Message] = []
    while not any(message.kind == Kind.OPENED for message in before):
        before += reader.feed(child.socket.recv(65536))
    block = bytes(range(256)) * 8
    os.set_blocking(pty.near, False)
    said = 0
    stuck_since_s = time.monotonic()
    while time.monotonic() - stuck_since_s < 0.5:
        try:
            said += os.write(pty.near, block[said % len(block) :])
            stuck_since_s = time.monotonic()
        except BlockingIOError:
            time.sleep(0.001)
    messages: list[Message] = []
    while not any(message.kind == Kind.LOST for message in messages):
        messages += reader.feed(child.socket.recv(65536))
    child.end()
    heard = b"".join(message.payload for message in messages if message.kind == Kind.RECEIVED)
    assert port_child.CONTROL_BACKLOG_LIMIT * 0.9 < len(heard) < port_child.CONTROL_BACKLOG_LIMIT * 2
    assert heard == (block * (len(heard) // len(block) + 1))[: len(heard)]
    assert messages[-1].kind == Kind.LOST
    assert b"did not take" in messages[-1].payload


MESSAGES = st.lists(
    st.builds(
        Message,
        st.sampled_from(list(Kind)),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.floats(allow_nan=False),
        st.binary(max_size=300),
    ),
    max_size=8,
)


@given(MESSAGES, st.integers(1, 64))
def test_messages_survive_every_way_of_cutting_the_stream(messages: list[Message], size: int) -> None:
    stream = b"".join(encode(Kind(kind), link, order, at_s, data) for kind, link, order, at_s, data in messages)
    reader = MessageReader()
    found = [message for at in range(0, len(stream), size) for message in reader.feed(stream[at : at + size])]
    assert found == messages


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(11, "could not lock"), "busy"),
        (OSError(16, "in use"), "busy"),
        (FileNotFoundError(2, "no such file"), "not_found"),
        (ConnectionRefusedError(111, "refused"), "not_found"),
        (TimeoutError("timed out"), "not_found"),
        (PermissionError(13, "denied"), "denied"),
        (ValueError("odd"), "failed"),
    ],
)
def test_failures_are_told_apart_by_their_number(error: Exception, reason: str) -> None:
    wrapped = RuntimeError("pyserial said something")
    wrapped.__context__ = error
    assert port_child.failure_of(error)[0] == reason
    assert port_child.failure_of(wrapped)[0] == reason
    json.dumps(port_child.failure_of(error))


@pytest.mark.parametrize("number", [errno.EIO, errno.ENXIO, errno.ENODEV, errno.ECONNRESET, errno.EPIPE])
def test_an_error_of_a_device_that_is_gone_says_that_it_was_unplugged(number: int) -> None:
    assert "unplugged" in port_child.loss_of(OSError(number, "input/output error"), "reading")


def test_another_error_of_an_open_port_is_told_as_the_system_says_it() -> None:
    assert port_child.loss_of(OSError(errno.ENOMEM, "no memory"), "writing") == "writing failed (no memory)"
