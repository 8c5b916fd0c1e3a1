"""What a gateway and its link add to a packet's time on air: measured, as a running median (design 3.14)."""

from __future__ import annotations

from collections import deque
from statistics import median

UNMEASURED_MS = 10.0
_SAMPLES = 31


class Overhead:
    """Milliseconds from write to TX_DONE minus time on air, over the last 31 packets."""

    def __init__(self) -> None:
        self._samples_ms: deque[float] = deque(maxlen=_SAMPLES)

    @property
    def ms(self) -> float:
        return median(self._samples_ms) if self._samples_ms else UNMEASURED_MS

    @property
    def least_ms(self) -> float:
        """Of the quickest packet: nothing but the way there and back was in it."""
        return min(self._samples_ms) if self._samples_ms else UNMEASURED_MS

    def add(self, sample_ms: float) -> None:
        self._samples_ms.append(max(0.0, sample_ms))
