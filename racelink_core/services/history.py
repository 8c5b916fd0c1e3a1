"""What was commanded lately, by whom, and how it ended. In memory; oldest first out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from racelink_core.domain.command import Command
from racelink_core.domain.origin import Origin
from racelink_core.domain.outcome import CommandResult

KEPT_RECORDS = 200


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """`at_s`: Unix time at which the command came in."""

    at_s: float
    origin: Origin
    command: Command
    result: CommandResult


class History:
    def __init__(self, kept: int = KEPT_RECORDS) -> None:
        self._records: deque[CommandRecord] = deque(maxlen=kept)

    def add(self, record: CommandRecord) -> None:
        self._records.append(record)

    def records(self) -> tuple[CommandRecord, ...]:
        """Newest first."""
        return tuple(reversed(self._records))
