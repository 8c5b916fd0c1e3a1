"""How far the light of a synchronised start is from the start that the race timer announced.

The plugin runs in the double of RotorHazard, whose process stands still before each start as the real one does. The
gateway and the lamps are in a process of their own, behind a TCP port (a busy kernel takes its time to hand on what is
written to a pty), and say when they changed. With ROTORHAZARD and ROTORHAZARD_PYTHON set (see race_event) the same is
measured in the real RotorHazard.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from benchmarks.figures import Figure, percentile, spread
from benchmarks.race_event import measured, prepare, rotorhazard
from benchmarks.simulated_fleet import simulated_ports
from benchmarks.timed_send import spin
from benchmarks.witness import witness
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import Field, status_of

ROUNDS = 60
GREEN_GO, RED_STOP = 1, 2
STANDS_STILL_S = (0.43, 0.5)
"""Measured before 17 starts of the real server (spec rotorhazard, section 2)."""
STAGING_S = (0.9, 2.5)
GOAL_MS = 8.0
AROUND_S, STOOD_STILL_MS = 0.1, 3.0
"""Within this time before a start the machine must not have stood still for so long."""
ACTIONS = [
    {"event": "raceStage", "effect": "rl_synchronised_start", "rl_action_preset": f"preset:{GREEN_GO}"},
    {"event": "raceStop", "effect": "gcaction", "rl_action_preset": f"preset:{RED_STOP}"},
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def fleet() -> Iterator[tuple[str, str]]:
    """The gateway's port, and where the lamps say what they show."""
    control = free_port()
    options = "--settled", "--control", str(control), "--tcp", "0"
    with simulated_ports("club-8.json", 1, *options, is_prompt=True) as (gateway,):
        yield gateway, f"http://127.0.0.1:{control}/nodes"


def changes_s(nodes_url: str) -> list[float]:
    """When each lamp that is on changed last, on the system's monotonic clock."""
    with urlopen(nodes_url, timeout=10) as answer:
        rows: list[dict[str, Any]] = json.load(answer)
    return [row["shown_since_ms"] / 1000 for row in rows if row["on"]]


@dataclass(frozen=True)
class Start:
    """`lamps_ms`: how much later than announced each lamp changed."""

    at_s: float
    lamps_ms: list[float]


def races(server: RotorHazard, nodes_url: str) -> list[Start]:
    chance, starts = random.Random(5), []
    for _ in range(ROUNDS):
        start_s = time.monotonic() + chance.uniform(*STAGING_S)
        server.fire("RACE_STAGE", {"pi_starts_at_s": start_s, "hide_stage_timer": True, "heat_id": 1})
        time.sleep(max(0.0, start_s - chance.uniform(*STANDS_STILL_S) - time.monotonic()))
        spin(start_s - time.monotonic())
        server.fire("RACE_START", {"heat_id": 1})
        time.sleep(0.3)
        starts.append(Start(start_s, [(changed_s - start_s) * 1000 for changed_s in changes_s(nodes_url)]))
        server.fire("RACE_STOP", {"heat_id": 1})
        server.fire("LAPS_CLEAR")
        time.sleep(0.3)
    return starts


def in_the_double() -> list[Start]:
    with fleet() as (gateway, nodes_url), TemporaryDirectory() as directory:
        Field().write_store(Path(directory))
        server = RotorHazard(Path(directory), RACELINK={"rl_comms_port": gateway})
        with server.running(initialize):
            while ": connected," not in status_of(server):
                time.sleep(0.1)
            server.change_config("USER", "actions", json.dumps(ACTIONS))
            server.fire("RACE_STOP", {"heat_id": 1})
            time.sleep(3.0)
            return races(server, nodes_url)


def in_rotorhazard(checkout: Path, python: str) -> list[Start]:
    with fleet() as (gateway, nodes_url), TemporaryDirectory() as directory:
        data = Path(directory) / "data"
        prepare(data, gateway, ACTIONS)
        with rotorhazard(checkout, python, data, RACELINK_PROBE_STARTS=nodes_url) as server:
            return [Start(**start) for start in measured(data, server)["starts"]]


def report(where: str, measure: Callable[[], list[Start]]) -> None:
    with witness() as seen:
        starts = measure()
    counted = [start for start in starts if seen.late_ms(start.at_s - AROUND_S, start.at_s) < STOOD_STILL_MS]
    print(f"The light against the announced start, {where}")
    print(Figure("starts counted; at the others the machine itself stood still", len(counted), f"of {len(starts)}"))
    errors_ms = [error_ms for start in counted for error_ms in start.lamps_ms]
    for figure in spread("error of a lamp, either way", [abs(error_ms) for error_ms in errors_ms], "ms", GOAL_MS):
        print(figure)
    print(Figure("late (positive) or early, p50", percentile(errors_ms, 0.5), "ms"))


def main() -> None:
    report("in the double of RotorHazard", in_the_double)
    checkout, python = os.environ.get("ROTORHAZARD"), os.environ.get("ROTORHAZARD_PYTHON")
    if checkout and python:
        report("in the real RotorHazard", lambda: in_rotorhazard(Path(checkout), python))


if __name__ == "__main__":
    main()
