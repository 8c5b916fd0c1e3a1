"""Fifty pages that listen, five of which never read: what that costs everyone else, and the server.

A real server process with 200 nodes on three simulated gateways that is polled all the time, the pages in another
process, and GETs at 20 per second from this one, with and without the pages.
"""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure, percentile, spread
from benchmarks.lateness import Lateness, report_lateness, steady_process
from benchmarks.simulated_fleet import simulated_ports

FLEET = "festival-200.json"
READING, STALLED = 45, 5
RATE_PER_S = 20
PHASE_S = 60
ROUTES = ("api/devices", "api/master")


class Process:
    """A program of ours that answers lines with lines of JSON."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", *words]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def memory_mb(self) -> float:
        """The proportional set size."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(rollup.partition("\nPss:")[2].split()[0]) / 1024


@contextmanager
def running(*words: str) -> Iterator[Process]:
    started = Process(*words)
    try:
        yield started
    finally:
        started.process.communicate(timeout=30)


class Visitor:
    """One kept connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=20)

    def get(self, route: str) -> dict[str, Any]:
        return self._answer("GET", route)

    def post(self, route: str) -> dict[str, Any]:
        return self._answer("POST", route)

    def _answer(self, method: str, route: str) -> dict[str, Any]:
        self._connection.request(method, self._path + route, headers={"Content-Length": "0"})
        content: dict[str, Any] = json.loads(self._read())
        return content

    def timed_ms(self, route: str) -> float:
        """From asking to the last byte of the answer."""
        start_s = time.perf_counter()
        self._connection.request("GET", self._path + route)
        self._read()
        return (time.perf_counter() - start_s) * 1000

    def _read(self) -> bytes:
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 500:
            raise SystemExit(f"the server answered {answer.status}: {content.decode()[:200]}")
        return content


def visit(url: str, seconds: float) -> dict[str, list[float]]:
    """GETs at a steady rate, route after route, while the fleet is polled; how long each took, in ms."""
    visitor, operator = Visitor(url), Visitor(url)
    took_ms: dict[str, list[float]] = {route: [] for route in ROUTES}
    start_s = time.monotonic()
    for number, route in zip(itertools.count(), itertools.cycle(ROUTES)):
        due_s = start_s + number / RATE_PER_S
        if due_s > start_s + seconds:
            return took_ms
        time.sleep(max(0.0, due_s - time.monotonic()))
        took_ms[route].append(visitor.timed_ms(route))
        if number % (RATE_PER_S * 2) == 0:
            operator.post("api/status")  # refused while one is running
    raise AssertionError("the count never ends")


def report(what: str, took_ms: dict[str, list[float]]) -> None:
    for route, times_ms in took_ms.items():
        for figure in spread(f"GET /{route}, {what}", times_ms, "ms", 20.0):
            print(figure)


def main() -> None:
    with (
        steady_process() as steady,
        simulated_ports(FLEET, 3, "--settled") as ports,
        running("benchmarks.live_server", FLEET, *ports) as server,
    ):
        url = server.line()
        visit(url, 10)
        server.ask()
        before_ms = visit(url, PHASE_S / 2)
        alone = Lateness(**server.ask())
        with running("benchmarks.event_clients", url, str(READING), str(STALLED)) as pages:
            pages.line()
            visit(url, 5)
            begin_mb = server.memory_mb()
            server.ask()
            beside_ms = visit(url, PHASE_S)
            beside = Lateness(**server.ask())
            end_mb = server.memory_mb()
            heard = pages.ask()
        task = Visitor(url).get("api/task")["task"]
    print(f"{READING + STALLED} pages, {STALLED} of which never read, {RATE_PER_S} GETs a second, 200 nodes polled")
    report("without pages", before_ms)
    report("beside the pages", beside_ms)
    report_lateness("hub beside the pages", beside, 5.0)
    report_lateness("hub without pages", alone, 5.0)
    report_lateness("steady process all the while", steady[0])
    print(Figure("memory (PSS) at the beginning", begin_mb, "MB"))
    print(Figure(f"memory after {PHASE_S} s", end_mb, "MB", begin_mb + 3))
    print(Figure("reading pages that were dropped", heard["dropped"], "", 0))
    print(Figure("events heard", heard["events"], ""))
    delays_ms = heard["delays_ms"]
    print(Figure("a page hears later than the first one by, p50", percentile(delays_ms, 0.5), "ms"))
    print(Figure("a page hears later than the first one by, p99", percentile(delays_ms, 0.99), "ms"))
    print(f"  {task['id']} tasks; the last: {task['state']}, {task['result']}")


if __name__ == "__main__":
    main()
