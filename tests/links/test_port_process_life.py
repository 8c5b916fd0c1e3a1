"""The port process lives and ends with its parent, and is replaced when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from racelink_core.links.contract import LinkLost, PortBusy
from racelink_core.links.port_process import PortProcessDriver
from tests.leaks import Resources
from tests.links.contract_suite import Listener, wait_until
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


@contextmanager
def _program(url: str, then: str = "wait") -> Iterator[subprocess.Popen[str]]:
    """Another program of ours that has the port open."""
    command = [sys.executable, "-m", "tests.links.parent_program", url, then]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert _line(program) == "open"
            yield program
        finally:
            program.kill()


def _line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def _continue(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


def _children() -> frozenset[int]:
    return Resources.now().children


def _open_soon(driver: PortProcessDriver, url: str) -> None:
    """Opens the port as soon as its last owner has let go of it, and closes it."""

    def is_free() -> bool:
        try:
            driver.open(url, Listener()).close()
        except PortBusy:
            return False
        return True

    wait_until(is_free, f"{url} to be free")


def test_a_port_that_another_program_holds_is_busy_and_named(pty: Pty, driver: PortProcessDriver) -> None:
    url = f"serial://{pty.path}"
    with _program(url), pytest.raises(PortBusy, match="another program holds it"):
        driver.open(url, Listener())


def test_the_port_is_free_after_its_program_was_killed(pty: Pty, driver: PortProcessDriver) -> None:
    url = f"serial://{pty.path}"
    with _program(url) as program:
        program.send_signal(signal.SIGKILL)
        program.wait()
        _open_soon(driver, url)


def test_the_port_is_free_after_its_program_became_another_one(pty: Pty, driver: PortProcessDriver) -> None:
    """RotorHazard's restart button: same process id, no clean-up."""
    url = f"serial://{pty.path}"
    with _program(url, "exec") as program:
        _continue(program)
        assert _line(program) == "again"
        _open_soon(driver, url)
        assert program.poll() is None


def test_the_port_is_free_even_if_a_copy_of_the_killed_program_lives_on(pty: Pty, driver: PortProcessDriver) -> None:
    url = f"serial://{pty.path}"
    with _program(url, "fork") as program:
        _continue(program)
        copy = int(_line(program))
        try:
            program.send_signal(signal.SIGKILL)
            program.wait()
            _open_soon(driver, url)
        finally:
            os.kill(copy, signal.SIGKILL)


def test_interrupts_meant_for_the_program_do_not_end_the_port_process(pty: Pty, driver: PortProcessDriver) -> None:
    before = _children()
    listener = Listener()
    link = driver.open(f"serial://{pty.path}", listener)
    (child,) = _children() - before
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child, number)
    link.write(b"still here")
    wait_until(lambda: pty.heard() == b"still here", "the bytes after three signals")
    assert listener.losses == []


def test_every_link_is_lost_with_a_killed_port_process_and_the_next_open_starts_another(
    tmp_path: Path, driver: PortProcessDriver
) -> None:
    ptys = [Pty(tmp_path / "ttyUSB1"), Pty(tmp_path / "ttyUSB2")]
    before = _children()
    listeners = [Listener(), Listener()]
    links = [driver.open(f"serial://{pty.path}", listener) for pty, listener in zip(ptys, listeners, strict=True)]
    (child,) = _children() - before
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: all(listener.losses for listener in listeners), "both losses")
    assert all("port process" in listener.losses[0].problem for listener in listeners)
    for link in links:
        with pytest.raises(LinkLost):
            link.write(b"x")
    again = driver.open(f"serial://{ptys[0].path}", Listener())
    again.write(b"back")
    wait_until(lambda: ptys[0].heard() == b"back", "the bytes after the restart")
    for pty in ptys:
        pty.unplug()


def test_a_request_that_waits_ends_when_the_port_process_dies(pty: Pty, driver: PortProcessDriver) -> None:
    before = _children()
    link = driver.open(f"serial://{pty.path}", Listener())
    (child,) = _children() - before
    os.kill(child, signal.SIGSTOP)
    order = link.write(b"timed", send_at_s=time.monotonic() + 60)
    os.kill(child, signal.SIGKILL)
    assert link.cancel(order) is False
    with pytest.raises(LinkLost):
        link.catch_up(30)


def test_a_port_process_that_hangs_is_killed_at_close(pty: Pty) -> None:
    before = _children()
    driver = PortProcessDriver()
    driver.open(f"serial://{pty.path}", Listener())
    (child,) = _children() - before
    os.kill(child, signal.SIGSTOP)
    driver.close()
    assert child not in _children()


def test_a_closed_driver_opens_nothing(pty: Pty) -> None:
    driver = PortProcessDriver()
    driver.close()
    with pytest.raises(LinkLost):
        driver.open(f"serial://{pty.path}", Listener())


def test_the_port_process_keeps_nothing_of_the_parent_open(pty: Pty, driver: PortProcessDriver) -> None:
    before = _children()
    read_end, write_end = os.pipe()
    os.set_inheritable(write_end, True)
    link = driver.open(f"serial://{pty.path}", Listener())
    (child,) = _children() - before
    held = {os.readlink(f"/proc/{child}/fd/{entry}") for entry in os.listdir(f"/proc/{child}/fd")}
    assert os.readlink(f"/proc/self/fd/{write_end}") not in held
    link.close()
    os.close(read_end)
    os.close(write_end)
