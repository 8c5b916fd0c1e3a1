"""A session, and what it needs, on a memory port."""

from __future__ import annotations

from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.session import GatewaySession
from racelink_core.links.drivers import Drivers
from racelink_core.links.memory import MemoryDriver
from racelink_core.runtime.clock import SystemClock
from tests.gateway.scripted import QUICK, ScriptedGateway


class Bench:
    """Everything that a session test needs, in one place."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.timings = QUICK
        self.memory = MemoryDriver()
        self.drivers = Drivers((self.memory,))
        self.port = self.memory.add("gateway")
        self.gateway = ScriptedGateway(self.port)
        self.events: list[GatewayEvent] = []
        self.session = self.new_session()

    def new_session(self) -> GatewaySession:
        return GatewaySession(self.port.url, self.drivers, self.clock, self.timings, self.events.append)

    def open(self) -> GatewaySession:
        self.session.open()
        return self.session
