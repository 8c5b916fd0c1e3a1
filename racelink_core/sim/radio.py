"""A node's radio: one slot for what it has to say, listening before talking, deaf meanwhile.

Source: spec gateway-and-node-model, B3 and C6.
"""

from __future__ import annotations

from random import Random

from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.sim.air import Air, Station, Transmission
from racelink_core.sim.engine import Engine, Timer
from racelink_core.sim.knobs import SimulationKnobs

SCAN_SYMBOLS = 4
SCAN_EXTRA_S = 0.0004
GIVE_UP_S = 5.0


class NodeRadio:
    """Belongs to one node, whose `listening_since_s` says whether it hears."""

    def __init__(self, station: Station, engine: Engine, air: Air, knobs: SimulationKnobs, random: Random) -> None:
        self._station, self._engine, self._air, self._knobs, self._random = station, engine, air, knobs, random
        self._profile: RadioProfile | None = None
        self._waiting: bytes | None = None
        self._queued_at_s = 0.0
        self._timer: Timer | None = None
        self._sent: Transmission | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a packet waits or is being sent: the node hears nothing, and what else it wants to say is lost."""
        return self._waiting is not None

    def start(self, profile: RadioProfile) -> None:
        self.stop()
        self._profile = profile
        self._air.tune(self._station, profile)
        self._station.listening_since_s = self._engine.now_s

    def stop(self) -> None:
        """Off the air at once; what was waiting is lost."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sent is not None:
            self._air.cut(self._sent)
        self._waiting = self._sent = self._profile = None
        self._station.listening_since_s = None
        self._air.tune(self._station, None)

    def queue(self, raw: bytes) -> bool:
        """False: the slot was taken, and the packet is lost."""
        if self._waiting is not None or self._profile is None:
            return False
        self._waiting = raw
        self._queued_at_s = self._engine.now_s
        self._station.listening_since_s = None
        self._after_ms(self._knobs.reply_jitter_ms, extra_ms=self._random.uniform(*self._knobs.node_loop_ms))
        return True

    def _after_ms(self, bounds_ms: tuple[float, float], extra_ms: float = 0.0) -> None:
        wait_ms = self._random.uniform(*bounds_ms) + extra_ms
        self._timer = self._engine.call_in(wait_ms / 1000, self._scan)

    def _scan(self) -> None:
        profile = self._profile
        if profile is None:
            return
        if self._engine.now_s - self._queued_at_s > GIVE_UP_S:
            self._listen()
            return
        scan_s = SCAN_SYMBOLS * (1 << profile.sf) / (profile.bw_khz_x10 * 100) + SCAN_EXTRA_S
        blind_ms = self._knobs.scan_blind_ms
        blind_s = scan_s if blind_ms is None else min(blind_ms / 1000, scan_s)
        seen_at_s = self._engine.now_s + scan_s - blind_s
        self._timer = self._engine.call_in(scan_s, lambda: self._scanned(seen_at_s))

    def _scanned(self, seen_at_s: float) -> None:
        if self._profile is None or self._waiting is None:
            return
        if self._air.is_busy(self._station, seen_at_s):
            self._after_ms(self._knobs.back_off_ms)
            return
        self._sent = self._air.transmit(self._station, self._waiting, self._profile, self._listen)

    def _listen(self) -> None:
        self._waiting = self._sent = None
        self._station.listening_since_s = self._engine.now_s
