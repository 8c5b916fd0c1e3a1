"""A host and a simulated fleet in this process, fast enough for tests. Waits are for states, never for times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.origin import Origin, Priority
from racelink_core.host import Host
from racelink_core.services.tasks import TaskSnapshot
from racelink_core.sim.node import SimulatedNode

OPERATOR = Origin("test", Priority.OPERATOR)
GATEWAY = Mac("F412FA5A0001")
_DEADLINE_S = 30.0
_FLEETS = Path(__file__).parents[1] / "data" / "fleets"


def until(holds: Callable[[], object], what: str) -> None:
    deadline_s = time.monotonic() + _DEADLINE_S
    while not holds():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.005)


class Rig:
    def __init__(self, host: Host) -> None:
        self.host = host
        assert host.simulation is not None
        self.simulation = host.simulation

    @property
    def nodes(self) -> dict[Mac, SimulatedNode]:
        return dict(self.simulation.simulation.nodes)

    @property
    def running(self) -> dict[Mac, SimulatedNode]:
        return {mac: node for mac, node in self.nodes.items() if node.is_running}

    def finished(self) -> TaskSnapshot:
        until(lambda: not self.host.tasks.is_running, "the end of the task")
        task = self.host.tasks.current()
        assert task is not None
        return task

    def discover(self) -> TaskSnapshot:
        """Into a new group 1."""
        self.host.discovery.start(None, "Gates", origin=OPERATOR)
        return self.finished()

    def assign(self, macs: list[Mac], name: str) -> GroupId:
        """Into a new group."""
        group_id = self.host.grouping.create(name)
        self.host.grouping.start_assign(macs, group_id, OPERATOR)
        assert self.finished().result["changed"] == len(macs)
        return group_id


@contextmanager
def running_host(directory: Path, fleet: str = "club-8", speed: float = 20.0) -> Iterator[Rig]:
    """Started, with its gateway found and every node booted."""
    url = f"sim://{_FLEETS / fleet}.json"
    host = Host(HostConfiguration(data_directory=directory, gateways=(url,), speed=speed))
    rig = Rig(host)
    try:
        host.start()
        until(lambda: host.gateways.status().ready, "a gateway")
        until(lambda: len(rig.running) >= 7, "booted nodes")
        yield rig
    finally:
        host.stop()
