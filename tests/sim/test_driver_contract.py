"""`sim://` behind the one contract of links."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from racelink_core.links.contract import Driver
from racelink_core.sim.driver import SimulatedDriver
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.simulation import Simulation
from tests.links.contract_suite import Bench, LinkContract
from tests.sim.bench import fleet


class SimulatedBench:
    """The gateway never finishes booting, so that only the test speaks."""

    absent_url, can_be_busy = "sim://bench#F412FA5AFFFF", True

    def __init__(self) -> None:
        simulation = Simulation(fleet(), knobs=SimulationKnobs(boot_time_gateway_s=1e9))
        self.simulated = SimulatedDriver(simulation)
        self.driver: Driver = self.simulated
        self.url = self.simulated.ports()[0].url
        self._port = next(iter(simulation.gateways.values())).port
        self._port.to_gateway = self._hear
        self._heard = b""

    def heard(self) -> bytes:
        return self._heard

    def say(self, data: bytes) -> None:
        self.simulated.pump.run_to_now()
        self._port.emit(data)

    def unplug(self) -> None:
        self.simulated.fault("unplug")

    def plug(self) -> None:
        self.simulated.fault("replug")

    def _hear(self, data: bytes) -> None:
        self._heard += data


class TestSimulated(LinkContract):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        bench = SimulatedBench()
        yield bench
        bench.driver.close()


def test_watchers_learn_of_unplugging_and_plugging() -> None:
    bench = SimulatedBench()
    seen: list[int] = []
    bench.driver.watch_ports(lambda: seen.append(len(bench.driver.ports())))
    bench.unplug()
    bench.plug()
    assert seen == [0, 1]
    bench.driver.close()
