"""Lets a simulation run along a clock: one greenlet that wakes for the next event and for nothing else."""

from __future__ import annotations

import logging
import threading

from racelink_core.domain.clock import Clock
from racelink_core.runtime.turns import give_way
from racelink_core.sim.engine import Engine
from racelink_core.sim.simulation import Simulation

_SLICE_S = 0.001
_log = logging.getLogger(__name__)


class Pump:
    """Seconds of the engine and of the clock differ by what passed before `start`.

    It works in slices of about 1 ms and lets others run between two. `stop` is harmless twice.
    """

    def __init__(self, simulation: Simulation, clock: Clock) -> None:
        self.simulation = simulation
        self._clock = clock
        self._origin_s = clock.monotonic() - simulation.engine.now_s
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        engine = self.simulation.engine
        self._origin_s = self._clock.monotonic() - engine.now_s
        self._is_stopping = False
        engine.asked = self._wake.set
        self._thread = threading.Thread(target=self._run, name="rl-simulation", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)
            self._thread = None

    def run_to_now(self) -> None:
        """Brings the engine up to this moment, so that what is asked of it next begins now."""
        self.simulation.engine.advance_to(self.engine_now_s)

    @property
    def engine_now_s(self) -> float:
        """What the engine's time should be now; the engine may be a moment behind."""
        return self._clock.monotonic() - self._origin_s

    def engine_s(self, system_s: float) -> float:
        """A moment of the system's monotonic clock, on the engine's scale."""
        return self._clock.from_system(system_s) - self._origin_s

    def system_s(self, engine_s: float) -> float:
        return self._clock.to_system(self.clock_s(engine_s))

    def clock_s(self, engine_s: float) -> float:
        """A moment of the engine on the clock's scale."""
        return engine_s + self._origin_s

    def _run(self) -> None:
        engine = self.simulation.engine
        while not self._is_stopping:
            self._catch_up(engine)
            self._wake.clear()
            next_s = engine.next_s
            if next_s is None:
                self._wake.wait()
            elif (wait_s := next_s - self.engine_now_s) > 0:
                self._wake.wait(self._clock.system_s(wait_s))
            else:
                # Behind, or just woken: others first.
                give_way()

    def _catch_up(self, engine: Engine) -> None:
        now_s = self.engine_now_s
        slice_s = _SLICE_S * self._clock.from_system(1.0) - _SLICE_S * self._clock.from_system(0.0)
        try:
            while engine.step(now_s):
                if self.engine_now_s - now_s > slice_s:
                    return
        except Exception:  # noqa: BLE001 - the simulation must outlive one bad event
            _log.exception("An event of the simulation failed; it goes on with the next one.")
