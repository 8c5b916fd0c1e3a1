"""A node's idea of the master's clock. Source: spec gateway-and-node-model, C8; spec wire, 10.4."""

from __future__ import annotations

MAX_STEP_MS = 15
HARD_RESYNC_MS = 200
_U32 = 1 << 32
_HALF_24 = 1 << 23
_LOW_24 = (1 << 24) - 1


class TimeBase:
    """Local milliseconds count from `booted_at_s`; the animation clock is local ms + `base_ms`, modulo 2^32."""

    def __init__(self, booted_at_s: float) -> None:
        self._booted_at_s = booted_at_s
        self._master_ms: int | None = None
        self._synced_at_ms = 0
        self.base_ms = 0
        self.phase_ms = 0

    def local_ms(self, now_s: float) -> int:
        return int((now_s - self._booted_at_s) * 1000) % _U32

    def animation_ms(self, now_s: float) -> int:
        return (self.local_ms(now_s) + self.base_ms) % _U32

    def set_phase(self, phase_ms: int) -> None:
        self.base_ms = (self.base_ms + self.phase_ms - phase_ms) % _U32
        self.phase_ms = phase_ms

    def synchronise(self, ts24: int, now_s: float, *, is_hard: bool) -> None:
        """Follows the master: in steps of at most 15 ms, at once when far off or when told to."""
        local_ms = self.local_ms(now_s)
        self._master_ms = self._unwrapped(ts24, local_ms)
        self._synced_at_ms = local_ms
        wanted = (self._master_ms - local_ms) % _U32
        error = _signed(wanted - (self.base_ms + self.phase_ms))
        if is_hard or abs(error) > HARD_RESYNC_MS:
            self.base_ms = (wanted - self.phase_ms) % _U32
        else:
            self.base_ms = (self.base_ms + min(max(error, -MAX_STEP_MS), MAX_STEP_MS)) % _U32

    def _unwrapped(self, ts24: int, local_ms: int) -> int:
        if self._master_ms is None:
            return ts24
        predicted = (self._master_ms + local_ms - self._synced_at_ms) % _U32
        candidate = (predicted & ~_LOW_24) | ts24
        if candidate + _HALF_24 < predicted:
            candidate += 1 << 24
        elif candidate > predicted + _HALF_24:
            candidate -= 1 << 24
        return candidate % _U32


def _signed(value: int) -> int:
    value %= _U32
    return value - _U32 if value >= _U32 // 2 else value
