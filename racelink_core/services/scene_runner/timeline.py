"""The one line of time that a run's delays are measured on. Pure. Source: spec scenes, section 15."""

from __future__ import annotations


class Timeline:
    """`mark_s`: when what is done so far was over, in Clock seconds. Delays add up on it without any drift."""

    def __init__(self, start_s: float) -> None:
        self.mark_s = start_s

    def packet_out(self, at_s: float) -> None:
        """A packet was out at this moment; the last one counts."""
        self.mark_s = max(self.mark_s, at_s)

    def delay(self, duration_ms: int) -> float:
        """The moment at which a delay that comes now is over."""
        self.mark_s += duration_ms / 1000
        return self.mark_s
