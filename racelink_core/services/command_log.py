"""What the log says of commands: a line for each that somebody gave, and one per race for all that its events did.

A race brings dozens of passes, and RotorHazard's log is slow (spec rotorhazard, section 6). The history has them all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection

from racelink_core.domain.clock import Clock
from racelink_core.domain.command import Command
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.services.race_watch import RacePhase, RaceWatch

_log = logging.getLogger(__name__)
_AGAIN_AFTER_S = 60.0
_REMEMBERED = 64
_BY_HAND = (Priority.OPERATOR, Priority.BLACKOUT)


class CommandLog:
    """Says a failure that repeats itself once a minute, unless an operator waits for the answer."""

    def __init__(self, race: RaceWatch, clock: Clock) -> None:
        self._race, self._clock = race, clock
        self._of_the_race: Counter[CommandStatus] = Counter()
        self._said_at_s: dict[tuple[str | None, str | None], float] = {}
        race.subscribe(self._race_changed)

    def ended(self, command: Command, origin: Origin, result: CommandResult) -> None:
        """One command's outcome is known."""
        is_by_hand = origin.priority in _BY_HAND
        if self._race.is_on and not is_by_hand:
            self._of_the_race[result.status] += 1
        level = self._level(result, is_by_hand)
        _log.log(level, "%s by %s: %s%s", command.kind, origin.name, result.status.value, _reason(result))

    def left_out(self, network_ids: Collection[str]) -> None:
        """Networks without a gateway, of a command that went to all others."""
        detail = f"Without a gateway, and so left out: {', '.join(network_ids)}"
        _log.log(logging.WARNING if self._is_news(("left_out", detail)) else logging.DEBUG, "%s", detail)

    def _level(self, result: CommandResult, is_by_hand: bool) -> int:
        if result.ok:
            return logging.DEBUG if self._race.is_on and not is_by_hand else logging.INFO
        if result.status is CommandStatus.OVERTAKEN:
            return logging.DEBUG  # a storm of passes overtakes itself many times a second, as it should
        return logging.WARNING if is_by_hand or self._is_news((result.code, result.detail)) else logging.DEBUG

    def _is_news(self, key: tuple[str | None, str | None]) -> bool:
        now_s = self._clock.monotonic()
        if now_s - self._said_at_s.get(key, float("-inf")) < _AGAIN_AFTER_S:
            return False
        if len(self._said_at_s) >= _REMEMBERED:
            self._said_at_s.clear()
        self._said_at_s[key] = now_s
        return True

    def _race_changed(self, phase: RacePhase) -> None:
        if phase is not RacePhase.NONE:
            return
        counts, self._of_the_race = self._of_the_race, Counter()
        if counts:
            each = ", ".join(f"{count} {status.value}" for status, count in counts.most_common())
            _log.info("Commands that the events of the race made: %s", each)


def _reason(result: CommandResult) -> str:
    return "" if result.ok else f". {result.detail}"
