"""How a command ended. "Acknowledged" is only ever what a node confirmed; the rest is called sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from racelink_core.domain.address import Mac


class CommandStatus(str, Enum):
    SENT = "sent"
    """Every packet left the gateway; nobody can confirm it."""
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    """Refused before anything was sent: unknown target, no gateway, policy."""
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    """At least one packet did not leave: gateway rejection or lost link."""
    OVERTAKEN = "overtaken"
    """Dropped from the queue because something newer made it pointless."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """`code` and `detail` say why when `ok` is false: a stable code and a human sentence.

    devices   only those that answer: what each confirmed
    networks  how the share of each network ended
    """

    status: CommandStatus
    code: str | None = None
    detail: str | None = None
    packets_sent: int = 0
    devices: Mapping[Mac, CommandStatus] = field(default_factory=dict)
    networks: Mapping[str, CommandStatus] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status in (CommandStatus.SENT, CommandStatus.ACKNOWLEDGED)
