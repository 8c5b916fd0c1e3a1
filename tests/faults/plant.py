"""A simulated fleet behind a real pty, a host that reaches it through the real port process, and strangers on ptys."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.timings import Timings
from racelink_core.host import Host
from racelink_core.runtime.clock import ScaledClock
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.sim.pump import Pump
from racelink_core.sim.serve_pty import PtyServer
from racelink_core.sim.simulation import Simulation
from tests.services.rig import until

GATEWAY = Mac("F412FA5A0001")
SPEED = 5.0
QUICK = Timings(
    open_settle_s=0.2,
    attempt_min_interval_s=0.1,
    backoff_first_s=0.2,
    backoff_max_s=1.0,
    cool_down_s=600.0,
    port_scan_interval_s=0.1,
    identify_attempt_s=0.3,
    identify_attempts=3,
    state_report_s=0.3,
    radio_report_s=0.3,
)
FLEET = Path(__file__).parents[1] / "data" / "fleets" / "club-8.json"
_HOLDER = """
import fcntl, os, sys, termios
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.ioctl(descriptor, termios.TIOCEXCL)
print("held", flush=True)
sys.stdin.read()
fcntl.ioctl(descriptor, termios.TIOCNXCL)
"""


class Plant:
    """The fleet behind the pty at `path`."""

    def __init__(self, *, settled: bool = True) -> None:
        self.simulation = Simulation(load_fleet(FLEET), settled=settled)
        self.pump = Pump(self.simulation, ScaledClock(SPEED))
        self._server = PtyServer(self.simulation.gateways[GATEWAY], self.pump)
        self._server.start()
        self.pump.start()

    @property
    def path(self) -> str:
        return self._server.path

    def fault(self, kind: str, target: str = GATEWAY, value: object = None, seed: int | None = 1) -> None:
        self.pump.run_to_now()
        self.simulation.fault(kind, target, value, seed)

    def brightnesses(self) -> set[int]:
        """Of every node that is on."""
        self.pump.run_to_now()
        return {node.lamp.brightness for node in self.simulation.nodes.values() if node.is_running}

    def stop(self) -> None:
        self._server.stop()
        self.pump.stop()


@contextmanager
def plant(*, settled: bool = True) -> Iterator[Plant]:
    made = Plant(settled=settled)
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def running(directory: Path, *gateways: str, timings: Timings = QUICK, speed: float = SPEED) -> Iterator[Host]:
    host = Host(HostConfiguration(data_directory=directory, gateways=gateways, timings=timings, speed=speed))
    try:
        host.start()
        yield host
    finally:
        host.stop()


def until_ready(host: Host) -> None:
    until(lambda: host.gateways.status().ready, "a connected gateway")


def problem(host: Host, code: str) -> str:
    """The text of the problem with this code, once it is there."""

    def found() -> list[str]:
        return [each.text for each in host.problems() if each.code == code]

    try:
        until(found, f"the problem {code!r}")
    except AssertionError as error:
        raise AssertionError(f"{error}; there are {host.problems()}") from error
    return found()[0]


@contextmanager
def held(path: str) -> Iterator[Callable[[], None]]:
    """Another process holds the port, until the block ends or what it gives is called."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def let_go() -> None:
        if holder.poll() is None:
            holder.communicate(timeout=20)

    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield let_go
    finally:
        let_go()


class Stranger:
    """Something on a pty that `answer` plays: it gets what was heard and says what it returns."""

    def __init__(self, answer: Callable[[bytes], bytes] = lambda heard: b"") -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path = os.ttyname(self._far)
        self.heard = b""
        self._answer = answer
        self._wake_near, self._wake_far = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        os.close(self._wake_far)
        self._thread.join(5.0)
        for descriptor in (self._wake_near, self._near, self._far):
            os.close(descriptor)

    def _serve(self) -> None:
        while True:
            readable, _, _ = select.select([self._near, self._wake_near], [], [])
            if self._wake_near in readable:
                return
            data = os.read(self._near, 4096)
            self.heard += data
            said = self._answer(data)
            if said:
                os.write(self._near, said)


@contextmanager
def stranger(answer: Callable[[bytes], bytes] = lambda heard: b"") -> Iterator[Stranger]:
    made = Stranger(answer)
    try:
        yield made
    finally:
        made.stop()


def child_processes() -> set[int]:
    """Of this process, by number."""
    found: set[int] = set()
    for task in os.listdir("/proc/self/task"):
        found |= set(map(int, Path(f"/proc/self/task/{task}/children").read_text().split()))
    return found
