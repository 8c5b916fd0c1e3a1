"""Every driver against the one contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from racelink_core.links.contract import Driver
from racelink_core.links.drivers import Drivers
from racelink_core.links.memory import MemoryDriver, MemoryPort
from racelink_core.links.port_process import PortProcessDriver
from tests.links.contract_suite import Bench, LinkContract
from tests.links.far_ends import Pty, Rfc2217Server, TcpServer


class MemoryBench:
    url, absent_url, can_be_busy = "memory://gate", "memory://nothing", True

    def __init__(self) -> None:
        memory = MemoryDriver()
        self.driver: Driver = memory
        self._port: MemoryPort = memory.add("gate")
        self._heard = b""
        self._port.on_data = self._hear
        self.say, self.unplug, self.plug = self._port.feed, self._port.unplug, self._port.plug

    def heard(self) -> bytes:
        return self._heard

    def _hear(self, data: bytes) -> None:
        self._heard += data


@dataclass
class RealBench:
    driver: Driver
    url: str
    absent_url: str
    can_be_busy: bool
    far_end: Pty | TcpServer

    def heard(self) -> bytes:
        return self.far_end.heard()

    def say(self, data: bytes) -> None:
        self.far_end.say(data)

    def unplug(self) -> None:
        self.far_end.unplug()

    def plug(self) -> None:
        self.far_end.plug()


class TestMemory(LinkContract):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        bench = MemoryBench()
        yield bench
        bench.driver.close()


class TestSerial(LinkContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[Bench]:
        yield from _run(Pty(tmp_path / "ttyUSB7"), f"serial://{tmp_path}/ttyUSB7", f"serial://{tmp_path}/none", True)


class TestSocket(LinkContract):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        server = TcpServer()
        yield from _run(server, f"socket://127.0.0.1:{server.port}", "socket://127.0.0.1:1", False)


class TestRfc2217(LinkContract):
    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        server = Rfc2217Server()
        yield from _run(server, f"rfc2217://127.0.0.1:{server.port}", "rfc2217://127.0.0.1:1", False)


class TestBehindDrivers(LinkContract):
    """The door in front of the drivers keeps the contract too."""

    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        bench = MemoryBench()
        drivers = Drivers([bench.driver])
        bench.driver = _AsDriver(drivers)
        yield bench
        drivers.close()


class _AsDriver:
    schemes: tuple[str, ...] = ("memory",)

    def __init__(self, drivers: Drivers) -> None:
        self.open, self.ports = drivers.open, drivers.ports
        self.watch_ports, self.close = drivers.watch_ports, drivers.close


def _run(far_end: Pty | TcpServer, url: str, absent_url: str, can_be_busy: bool) -> Iterator[Bench]:
    bench = RealBench(PortProcessDriver(), url, absent_url, can_be_busy, far_end)
    yield bench
    bench.driver.close()
    far_end.unplug()
