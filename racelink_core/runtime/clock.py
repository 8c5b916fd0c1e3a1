"""The real clock, and one that runs a simulation faster than life."""

from __future__ import annotations

import time


class SystemClock:
    """The system's monotonic clock, the same one that RotorHazard's times are on."""

    def monotonic(self) -> float:
        return time.monotonic()

    def unix(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))

    def system_s(self, seconds: float) -> float:
        return max(0.0, seconds)

    def from_system(self, system_monotonic_s: float) -> float:
        return system_monotonic_s

    def to_system(self, monotonic_s: float) -> float:
        return monotonic_s


class ScaledClock:
    """Runs `speed` times as fast as the system's clock, from the moment it is made."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._origin_s = time.monotonic()
        self._unix_origin_s = time.time()

    def monotonic(self) -> float:
        return self.from_system(time.monotonic())

    def unix(self) -> float:
        return self._unix_origin_s + (time.monotonic() - self._origin_s) * self.speed

    def sleep(self, seconds: float) -> None:
        time.sleep(self.system_s(seconds))

    def system_s(self, seconds: float) -> float:
        return max(0.0, seconds) / self.speed

    def from_system(self, system_monotonic_s: float) -> float:
        return self._origin_s + (system_monotonic_s - self._origin_s) * self.speed

    def to_system(self, monotonic_s: float) -> float:
        return self._origin_s + (monotonic_s - self._origin_s) / self.speed
