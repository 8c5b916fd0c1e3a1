"""A share of the time on air, as a bucket that fills with time. Pure: every call says what time it is."""

from __future__ import annotations

WINDOW_S = 60.0
"""The share holds over any minute: so much may be saved up."""


class AirtimeBudget:
    """`share` of the time, 0..1. Starts full. May be overdrawn: what is out is out, and is saved up again."""

    def __init__(self, share: float, now_s: float) -> None:
        self._share, self._saved_ms, self._at_s = share, share * WINDOW_S * 1000, now_s

    @property
    def most_ms(self) -> float:
        return self._share * WINDOW_S * 1000

    def left_ms(self, now_s: float) -> float:
        """Negative while overdrawn."""
        self._fill(now_s)
        return self._saved_ms

    def spend(self, airtime_ms: float, now_s: float) -> None:
        self._fill(now_s)
        self._saved_ms -= airtime_ms

    def wait_s(self, airtime_ms: float, now_s: float) -> float:
        """How long until so much may be spent; more than the bucket holds may be spent when it is full."""
        missing_ms = min(airtime_ms, self.most_ms) - self.left_ms(now_s)
        return max(0.0, missing_ms / 1000 / self._share)

    def change_share(self, share: float, now_s: float) -> None:
        """What is saved up beyond the new measure is lost."""
        self._fill(now_s)
        self._share = share
        self._saved_ms = min(self._saved_ms, self.most_ms)

    def _fill(self, now_s: float) -> None:
        elapsed_ms = max(0.0, now_s - self._at_s) * 1000
        self._saved_ms = min(self.most_ms, self._saved_ms + elapsed_ms * self._share)
        self._at_s = now_s
