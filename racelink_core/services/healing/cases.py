"""The lamps of one network that are to be looked after, and what comes next for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from racelink_core.domain.address import Mac


class Step(IntEnum):
    """The smaller, the sooner: a lamp that is wrong comes before one of which nobody knows.

    REPEAT_MISSED   it was answering a question when it was told, and a node that is about to answer hears nothing
    REPEAT          it showed something else
    """

    REPEAT_MISSED = 0
    REPEAT = 1
    ASK = 2
    REPEAT_UNSEEN = 3


@dataclass(slots=True)
class Case:
    """due_s      not before this moment, Clock seconds
    questions  how often it was asked by itself and did not answer
    repeats    how often it was told again since the command
    is_single  a question to its whole group has missed it
    """

    mac: Mac
    sequence: int
    due_s: float
    step: Step = Step.ASK
    questions: int = 0
    repeats: int = 0
    is_single: bool = False


class Cases:
    """One case per lamp; a newer command begins it anew."""

    def __init__(self) -> None:
        self._cases: dict[Mac, Case] = {}
        self._overlay_until_s: dict[Mac, float] = {}

    def __len__(self) -> int:
        return len(self._cases)

    def __contains__(self, mac: Mac) -> bool:
        return mac in self._cases

    def open(self, mac: Mac, sequence: int, due_s: float, step: Step = Step.ASK) -> None:
        due_s = max(due_s, self._overlay_until_s.get(mac, 0.0))
        self._cases[mac] = Case(mac, sequence, due_s, step)

    def is_missed(self, mac: Mac) -> bool:
        """Whether it is still to be told again what it was deaf for."""
        case = self._cases.get(mac)
        return case is not None and case.step is Step.REPEAT_MISSED

    def overlay(self, macs: Iterable[Mac], until_s: float) -> None:
        """An indicator is painted over these; a repetition would end it."""
        for mac in macs:
            self._overlay_until_s[mac] = until_s
            case = self._cases.get(mac)
            if case is not None:
                case.due_s = max(case.due_s, until_s)

    def overlay_until_s(self, mac: Mac) -> float:
        return self._overlay_until_s.get(mac, 0.0)

    def close(self, case: Case) -> None:
        """Harmless when a newer command has begun it anew."""
        if self._cases.get(case.mac) is case:
            del self._cases[case.mac]

    def is_current(self, case: Case) -> bool:
        return self._cases.get(case.mac) is case

    def clear(self) -> None:
        self._cases.clear()

    def due(self, now_s: float) -> list[Case]:
        """In the order in which they should be served."""
        return sorted(
            (case for case in self._cases.values() if case.due_s <= now_s), key=lambda case: (case.step, case.due_s)
        )

    def next_due_s(self) -> float | None:
        return min((case.due_s for case in self._cases.values()), default=None)
