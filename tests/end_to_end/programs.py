"""Our programs as processes, and what one asks them over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gevent
import requests

DEADLINE_S = 60.0
FLEET = Path(__file__).parents[1] / "data" / "fleets" / "club-8.json"
SPEED = "5"


def until(holds: Callable[[], Any], what: str) -> Any:
    """What `holds` gives once it is true."""
    end_s = time.monotonic() + DEADLINE_S
    while not (found := holds()):
        assert time.monotonic() < end_s, f"never came: {what}"
        time.sleep(0.02)
    return found


class Program:
    def __init__(self, *words: str, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "racelink_core.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_DATA_HOME": str(home)},
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        with gevent.Timeout(DEADLINE_S):
            return str(self.process.stdout.readline()).strip()

    def url(self) -> str:
        """The address in the first line, where there is one."""
        line = self.line()
        assert "http://" in line, f"{line!r}; {self.end(signal.SIGKILL)}"
        return next(word for word in line.split() if word.startswith("http://"))

    def end(self, number: int) -> tuple[int, str]:
        """Exit code and what was said on stderr."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, errors


@contextmanager
def program(*words: str, home: Path) -> Iterator[Program]:
    """Started; killed at the end if it still runs."""
    started = Program(*words, home=home)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


def output_of(*words: str, home: Path, **variables: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a program that ends by itself."""
    finished = subprocess.run(
        [sys.executable, "-m", "racelink_core.cli", *words],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env={**os.environ, "XDG_DATA_HOME": str(home), **variables},
        check=False,
    )
    return finished.returncode, finished.stdout, finished.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Fleet:
    """A running `racelink simulate`: its gateway's address, and its nodes and air as the control port tells them."""

    def __init__(self, started: Program, control: str) -> None:
        self.program = started
        self.address = started.line()
        self._control = control

    def nodes(self) -> list[dict[str, Any]]:
        return self._get("nodes")

    def air(self) -> list[dict[str, Any]]:
        return self._get("air")

    def fault(self, kind: str, target: str = "*", value: object = None) -> None:
        order = {"kind": kind, "target": target, "value": value, "seed": 1}
        assert requests.post(f"{self._control}/fault", json=order, timeout=DEADLINE_S).json() == {"ok": True}

    def _get(self, what: str) -> list[dict[str, Any]]:
        found = requests.get(f"{self._control}/{what}", timeout=DEADLINE_S).json()
        assert isinstance(found, list)
        return found


@contextmanager
def simulated_fleet(*more: str, home: Path) -> Iterator[Fleet]:
    """As after power-on: nodes in group 0, no master."""
    control = str(free_port())
    words = ("simulate", "--fleet", str(FLEET), "--speed", SPEED, "--control", control, *more)
    with program(*words, home=home) as started:
        yield Fleet(started, f"http://127.0.0.1:{control}")


class Site:
    """The HTTP interface of a running `racelink serve` or `demo`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> dict[str, Any]:
        found = requests.get(f"{self.url}{path}", timeout=DEADLINE_S).json()
        assert isinstance(found, dict)
        return found

    def post(self, path: str, body: object) -> dict[str, Any]:
        found = requests.post(f"{self.url}{path}", json=body, timeout=DEADLINE_S).json()
        assert found["ok"], found
        return dict(found)

    def command(self, kind: str, **values: object) -> dict[str, Any]:
        return dict(self.post("api/commands", {"kind": kind, **values})["result"])

    def problem(self, code: str) -> str | None:
        """What the page says under this code."""
        return next((each["text"] for each in self.get("api/master")["problems"] if each["code"] == code), None)

    def until_ready(self) -> None:
        until(lambda: self.get("api/master")["gateway"]["ready"], "a connected gateway")

    def finished(self) -> dict[str, Any]:
        """The result of the task that was started."""

        def ended() -> dict[str, Any] | None:
            task = self.get("api/task")["task"]
            return None if task is None or task["state"] == "running" else task

        return dict(until(ended, "the end of the task")["result"])
