"""`sim://`: the gateways of a simulation in this process, behind the contract of every link.

A URL is `sim://<fleet id>#<gateway MAC>`. All moments towards the listener are on the system's monotonic clock, and
are those of the simulated event, not of its delivery.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import InvalidValue
from racelink_core.links.contract import LinkListener, LinkLost, LinkOverrun, PortBusy, PortInfo, PortNotFound
from racelink_core.runtime.clock import SystemClock
from racelink_core.sim.engine import Timer
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.pump import Pump
from racelink_core.sim.simulation import Simulation

SCHEME = "sim"
MAX_WAITING_BYTES = 65_536
"""Of orders that were not written yet, per link; more is refused with LinkOverrun."""


class SimulatedDriver:
    """Owns the pump: the simulation runs from here on, until `close`."""

    schemes = (SCHEME,)

    def __init__(self, simulation: Simulation, clock: Clock | None = None) -> None:
        self.simulation = simulation
        self.pump = Pump(simulation, clock or SystemClock())
        self._links: dict[Mac, SimulatedLink] = {}
        self._watchers: list[Callable[[], None]] = []
        for gateway in simulation.gateways.values():
            gateway.port.presence_changed.append(self._ports_changed)
        self.pump.start()

    def url_of(self, mac: Mac) -> str:
        return f"{SCHEME}://{self.simulation.fleet.id}#{mac}"

    def open(self, url: str, listener: LinkListener) -> SimulatedLink:
        gateway = self._gateway(url)
        if gateway is None or not gateway.port.is_present:
            raise PortNotFound(url, "there is no such simulated gateway, or it is unplugged")
        held = self._links.get(gateway.mac)
        if held is not None and not held.is_closed:
            raise PortBusy(url, "the simulated gateway is already open")
        self.pump.run_to_now()
        link = SimulatedLink(url, gateway, self.pump, listener)
        self._links[gateway.mac] = link
        return link

    def ports(self) -> tuple[PortInfo, ...]:
        return tuple(
            PortInfo(self.url_of(gateway.mac), f"Simulated gateway of {gateway.network_id}")
            for gateway in self.simulation.gateways.values()
            if gateway.port.is_present
        )

    def watch_ports(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)

    def close(self) -> None:
        for link in tuple(self._links.values()):
            link.close()
        self.pump.stop()
        for gateway in self.simulation.gateways.values():
            if self._ports_changed in gateway.port.presence_changed:
                gateway.port.presence_changed.remove(self._ports_changed)

    def fault(self, kind: str, target: str = "*", value: object = None, seed: int | None = None) -> None:
        """Breaks something at this very moment. Raises InvalidValue."""
        self.pump.run_to_now()
        self.simulation.fault(kind, target, value, seed)

    def _ports_changed(self, is_present: bool) -> None:
        for changed in tuple(self._watchers):
            changed()

    def _gateway(self, url: str) -> SimulatedGateway | None:
        try:
            return self.simulation.gateways.get(Mac(url.rpartition("#")[2]))
        except InvalidValue:
            return None


class SimulatedLink:
    """One open connection to a simulated gateway."""

    def __init__(self, url: str, gateway: SimulatedGateway, pump: Pump, listener: LinkListener) -> None:
        self.url = url
        self.is_closed = False
        self._gateway, self._pump, self._listener = gateway, pump, listener
        self._engine = pump.simulation.engine
        self._numbers = count(1)
        self._waiting: dict[int, tuple[Timer, int]] = {}
        self._timed: set[int] = set()
        self._waiting_bytes = 0
        self._catching_up: set[threading.Event] = set()
        gateway.port.presence_changed.append(self._presence_changed)
        gateway.port.open(self._received)

    def write(self, data: bytes, *, send_at_s: float | None = None) -> int:
        if self.is_closed:
            raise LinkLost(self.url, "the link is closed")
        if self._waiting_bytes + len(data) > MAX_WAITING_BYTES:
            raise LinkOverrun(self.url, f"more than {MAX_WAITING_BYTES} bytes wait to be written")
        order = next(self._numbers)
        at_s = self._pump.engine_now_s
        if send_at_s is not None:
            self._timed.add(order)
            at_s = max(at_s, self._pump.engine_s(send_at_s))
        timer = self._engine.call_at(at_s, lambda: self._write(order, data, send_at_s or 0.0))
        self._waiting[order] = (timer, len(data))
        self._waiting_bytes += len(data)
        return order

    def cancel(self, order: int) -> bool:
        if order not in self._timed:
            return False
        self._take(order).cancel()
        return True

    def catch_up(self, timeout_s: float) -> float:
        if self.is_closed:
            raise LinkLost(self.url, "the link is closed")
        at_s = time.monotonic()
        reached = threading.Event()
        self._catching_up.add(reached)
        self._engine.call_at(self._pump.engine_s(at_s), reached.set)
        is_reached = reached.wait(timeout_s)
        self._catching_up.discard(reached)
        if not is_reached or self.is_closed:
            raise LinkLost(self.url, f"the simulation did not catch up within {timeout_s:g} s")
        return at_s

    def close(self) -> None:
        if self._end():
            self._gateway.port.close()

    def _received(self, data: bytes) -> None:
        self._listener.received(data, self._pump.system_s(self._engine.now_s))

    def _write(self, order: int, data: bytes, earliest_s: float) -> None:
        self._take(order)
        self._listener.written(order, max(earliest_s, self._pump.system_s(self._engine.now_s)))
        self._gateway.port.write(data)

    def _take(self, order: int) -> Timer:
        timer, size = self._waiting.pop(order)
        self._timed.discard(order)
        self._waiting_bytes -= size
        return timer

    def _presence_changed(self, is_present: bool) -> None:
        if not is_present and self._end():
            self._listener.lost(LinkLost(self.url, "the simulated gateway was unplugged"))

    def _end(self) -> bool:
        if self.is_closed:
            return False
        self.is_closed = True
        self._gateway.port.presence_changed.remove(self._presence_changed)
        for timer, _ in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        self._timed.clear()
        for reached in self._catching_up:
            reached.set()
        return True
