"""What a benchmark returns: figures beside their limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Figure:
    """One measured value. `goal` is the limit; `at_least` tells on which side of it the value should be."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def meets_goal(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        verdict = {None: "", True: "ok", False: "MISSED"}[self.meets_goal]
        goal = "" if self.goal is None else f"goal {'>=' if self.at_least else '<='} {self.goal:g}"
        return f"  {self.name:<58} {self.value:>12,.3f} {self.unit:<9} {goal:<16} {verdict}"


def percentile(values: Iterable[float], share: float) -> float:
    """Nearest-rank percentile, `share` in 0..1. Raises ValueError without values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def spread(name: str, values: Sequence[float], unit: str, goal_p99: float | None = None) -> list[Figure]:
    """Median, p99 and maximum of the same quantity; the goal belongs to p99."""
    return [
        Figure(f"{name}, p50 of {len(values)}", percentile(values, 0.50), unit),
        Figure(f"{name}, p99", percentile(values, 0.99), unit, goal_p99),
        Figure(f"{name}, max", max(values), unit),
    ]
