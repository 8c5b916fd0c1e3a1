"""The cable between a simulated gateway and the host: latency, a small input buffer, one host at a time.

Source: spec gateway-and-node-model, A10.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from racelink_core.sim.engine import Engine

INPUT_BUFFER_BYTES = 256


class UsbPort:
    """`to_gateway` gets what the host wrote; `listener` (None: nobody has the port open) what the gateway says.

    While `is_present` is False the port does not exist. `delay_ms` is added in both directions; with `duplicates`
    (probability, random) what the gateway says arrives twice now and then.
    """

    def __init__(self, engine: Engine, latency_ms: tuple[float, float], random: Random) -> None:
        self.is_present = True
        self.delay_ms = 0.0
        self.duplicates: tuple[float, Random] | None = None
        self.to_gateway: Callable[[bytes], None] = _drop
        self.opened: Callable[[], None] = _nothing
        self.listener: Callable[[bytes], None] | None = None
        self.presence_changed: list[Callable[[bool], None]] = []
        self._engine, self._random = engine, random
        self._least_s, self._most_s = latency_ms[0] / 2000, latency_ms[1] / 2000
        self._last_in_s = self._last_out_s = 0.0
        self._plugged = 0

    def open(self, listener: Callable[[bytes], None]) -> None:
        self.listener = listener
        self.opened()

    def close(self) -> None:
        self.listener = None

    def write(self, data: bytes) -> None:
        """From the host, now."""
        self._last_in_s = max(self._last_in_s, self._engine.now_s + self._latency_s())
        plugged = self._plugged
        self._engine.call_at(self._last_in_s, lambda: self.to_gateway(data) if plugged == self._plugged else None)

    def emit(self, data: bytes) -> None:
        """From the gateway, now; lost when nobody listens."""
        self._last_out_s = max(self._last_out_s, self._engine.now_s + self._latency_s())
        plugged = self._plugged
        self._engine.call_at(self._last_out_s, lambda: self._arrive(data, plugged))

    def unplug(self) -> None:
        if self.is_present:
            self.is_present = False
            self._plugged += 1
            self._tell()
            self.listener = None

    def plug(self) -> None:
        if not self.is_present:
            self.is_present = True
            self._tell()

    def _tell(self) -> None:
        for changed in tuple(self.presence_changed):
            changed(self.is_present)

    def _arrive(self, data: bytes, plugged: int) -> None:
        is_double = self.duplicates is not None and self.duplicates[1].random() < self.duplicates[0]
        for _ in range(2 if is_double else 1):
            if self.listener is not None and plugged == self._plugged:
                self.listener(data)

    def _latency_s(self) -> float:
        return self._random.uniform(self._least_s, self._most_s) + self.delay_ms / 1000


def _drop(data: bytes) -> None:
    return None


def _nothing() -> None:
    return None
