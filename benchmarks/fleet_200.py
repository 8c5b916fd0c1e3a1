"""200 nodes on one network with 5 % loss: how long the long services take, and what they put on air.

`python -m benchmarks.fleet_200 [SEEDS] [CASE ...]`. All times are those of the simulation, which runs as fast as life:
at twice the speed what the host computes would count double. Each run is a process of its own, and some run at once, as
a host at this speed leaves a processor mostly idle.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, percentile
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.protocol.flags import PacketFlags
from racelink_core.services.tasks import TaskSnapshot
from racelink_core.standalone.demo import settle

SEEDS, SPEED = 20, 1.0
RUNS_AT_ONCE = 5
LOSS = 0.05
OPERATOR = Origin("benchmark", Priority.OPERATOR)
_BOOTED_S = 8.0
"""Simulated seconds after which every node has announced itself twice."""


@dataclass(frozen=True)
class Run:
    """Simulated seconds: until the task had ended, until the first answer was shown, and the sum on air.

    missed   nodes about which the result is not the truth, or which were not reached
    """

    took_s: float
    first_s: float
    on_air_s: float
    missed: int


@dataclass(frozen=True)
class Case:
    """`missed`: counts nodes about which the host does not know the truth; `is_known`: they are its own already."""

    title: str
    groups: int
    nodes: int
    start: Callable[[Host], object]
    missed: Callable[[Host], int]
    goal_s: float | None = None
    first_goal_s: float | None = None
    is_known: bool = True


def _poll(host: Host) -> object:
    return host.status.start(BroadcastTarget(), OPERATOR)


def _discover(host: Host) -> object:
    return host.discovery.start(None, "Gates", origin=OPERATOR)


def _configure(host: Host) -> object:
    return host.bulk_config.start(tuple(host.store.snapshot.devices), "wled_fps", 30, OPERATOR)


def _not_online(host: Host) -> int:
    return sum(host.store.readings.of(mac).online is not True for mac in host.store.snapshot.devices)


def _wrong_group(host: Host) -> int:
    assert host.simulation is not None
    nodes, devices = host.simulation.simulation.nodes, host.store.snapshot.devices
    return sum(
        mac not in devices or devices[mac].group_push_pending or devices[mac].group_id != node.group_id
        for mac, node in nodes.items()
    )


def _not_configured(host: Host) -> int:
    return sum(device.specials.get("wled_fps") != 30 for device in host.store.snapshot.devices.values())


def _resync(host: Host) -> object:
    return host.grouping.start_resync(OPERATOR)


CASES = {
    "discover": Case("discover and verify 200 new", 1, 200, _discover, _wrong_group, 90.0, 3.0, is_known=False),
    "poll-1": Case("poll 200 in one group", 1, 200, _poll, _not_online, 45.0, 3.0),
    "poll-40": Case("poll 200 in 40 groups", 40, 200, _poll, _not_online, 45.0, 3.0),
    "discover-60": Case("discover and verify 60 new", 1, 60, _discover, _wrong_group, None, 1.0, is_known=False),
    "poll-60": Case("poll 60 in one group", 1, 60, _poll, _not_online, None, 1.0),
    "resync": Case("re-sync 200 in 40 groups", 40, 200, _resync, _wrong_group),
    "configure": Case("configure 200 in one group", 1, 200, _configure, _not_configured),
}


def measure(case: Case, seed: int) -> Run:
    with _fleet(case, seed) as host:
        assert host.simulation is not None
        simulation = host.simulation.simulation
        shown: list[float] = []

        def watch(task: TaskSnapshot) -> None:
            if not shown and _has_result(task.meta):
                shown.append(host.clock.monotonic())

        unsubscribe = host.tasks.subscribe(watch)
        began_s, began_on_air = host.clock.monotonic(), simulation.engine.now_s
        case.start(host)
        while host.tasks.is_running:
            time.sleep(0.01)
        unsubscribe()
        task = host.tasks.current()
        assert task is not None
        assert task.ended_ts is not None, task
        assert task.state == "done", task.last_error
        on_air_s = sum(each.end_s - each.start_s for each in simulation.air_log if each.start_s >= began_on_air)
        return Run(task.ended_ts - task.started_ts, shown[0] - began_s, on_air_s, case.missed(host))


def _has_result(meta: Mapping[str, object]) -> bool:
    return any(isinstance(count := meta.get(key), int) and count > 0 for key in ("found", "index"))


@contextmanager
def _fleet(case: Case, seed: int) -> Iterator[Host]:
    """A host whose gateway is connected: the nodes are its own, or fresh from power-on."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "fleet.json"
        file.write_text(json.dumps(_fleet_document(case, seed)), encoding="utf-8")
        host = Host(
            HostConfiguration(data_directory=Path(directory) / "data", gateways=(f"sim://{file}",), speed=SPEED)
        )
        assert host.simulation is not None
        if case.is_known:
            _settle(host)
        host.start()
        try:
            began_s = host.clock.monotonic()
            while not host.gateways.status().ready or host.clock.monotonic() - began_s < _BOOTED_S:
                time.sleep(0.01)
            host.simulation.fault("loss", "*", LOSS, seed=seed)
            yield host
        finally:
            host.stop()


def _settle(host: Host) -> None:
    """As after some races: every node has its group, and has taken a CONTROL."""
    settle(host)
    assert host.simulation is not None
    for node in host.simulation.simulation.nodes.values():
        node.lamp.flags |= PacketFlags.HAS_BRI


def _fleet_document(case: Case, seed: int) -> dict[str, object]:
    """Chance goes by the addresses: another seed gives other ones."""
    return {
        "id": f"fleet-{seed}",
        "networks": [{"id": "default", "name": "Default", "kind": "rf", "gateway_mac": "F412FA5A0001"}],
        "groups": [
            {"id": number, "name": f"Gate {number}", "network_id": "default"} for number in range(1, case.groups + 1)
        ],
        "devices": [
            {
                "mac": f"3C61{seed * 1000 + number:08X}",
                "name": f"Lamp {number}",
                "dev_type": 11,
                "group_id": 1 + number % case.groups,
                "network_id": "default",
            }
            for number in range(case.nodes)
        ],
    }


def _figures(case: Case, runs: list[Run]) -> Iterator[Figure]:
    took, first = [run.took_s for run in runs], [run.first_s for run in runs]
    yield Figure(f"{case.title}, p50 of {len(runs)}", percentile(took, 0.50), "s")
    yield Figure(f"{case.title}, p95", percentile(took, 0.95), "s", case.goal_s)
    yield Figure("  first result shown, p95", percentile(first, 0.95), "s", case.first_goal_s)
    yield Figure("  time on air, p50", percentile((run.on_air_s for run in runs), 0.50), "s")
    yield Figure("  nodes missed, mean", sum(run.missed for run in runs) / len(runs), "nodes")


def _runs(name: str, seeds: int) -> list[Run]:
    """Raises SystemExit when one did not finish."""

    def run(seed: int) -> Run:
        program = [sys.executable, "-m", "benchmarks.fleet_200", "--run", name, str(seed)]
        done = subprocess.run(program, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{name}, seed {seed} did not finish: {done.stderr}")
        return Run(**json.loads(done.stdout))

    with ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
        return list(pool.map(run, range(1, seeds + 1)))


def main(arguments: list[str]) -> None:
    logging.disable(logging.WARNING)
    if arguments[:1] == ["--run"]:
        print(json.dumps(asdict(measure(CASES[arguments[1]], int(arguments[2])))))
        return
    seeds = int(arguments[0]) if arguments else SEEDS
    print(f"{LOSS:.0%} loss, {seeds} seeds, simulated seconds")
    for name in arguments[1:] or CASES:
        for figure in _figures(CASES[name], _runs(name, seeds)):
            print(figure, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
