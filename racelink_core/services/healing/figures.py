"""What healing did on one network, counted since the start of the host."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """checked          answers compared with what was told
    followed         lamps that followed at once
    repeated         times that a lamp was told again because it showed something else, or was answering when told
    healed           lamps that followed after that
    given_up         lamps that still did not
    sent_unverified  times that what STATUS cannot show was sent once more
    unanswered       lamps that answered no question
    airtime_ms       time on air of questions, answers and repetitions
    """

    checked: int = 0
    followed: int = 0
    repeated: int = 0
    healed: int = 0
    given_up: int = 0
    sent_unverified: int = 0
    unanswered: int = 0
    airtime_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One network at one moment.

    waiting          lamps whose turn is still to come
    state            what it does now, or why it does nothing
    budget_ms        the most that it may spend in a minute
    budget_left_ms   what it may spend at once; negative while overdrawn
    """

    network_id: str
    counts: Counts
    waiting: int
    state: str
    budget_ms: float
    budget_left_ms: float
