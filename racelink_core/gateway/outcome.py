"""How one packet's way through the gateway ended. Source: spec wire, section 19."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class SendKind(Enum):
    SENT = "sent"
    """The gateway said that it is out. Nobody can tell whether a node heard it."""
    REJECTED = "rejected"
    """The gateway did not take it, or its radio did not send it, also when asked again."""
    TIMED_OUT = "timed_out"
    """Nothing was heard of it in time."""
    LINK_LOST = "link_lost"
    CANCELLED = "cancelled"
    """Taken back before it was written."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """Exactly one per packet.

    reason        why it was not sent, for a log or a page
    written_at_s  when its bytes were handed to the device (the last time, if it was tried again), in Clock seconds
    done_at_s     when the gateway said that it is out, in Clock seconds
    attempts      how often it was written; 0 = never
    """

    kind: SendKind
    reason: str | None = None
    written_at_s: float | None = None
    done_at_s: float | None = None
    attempts: int = 0

    @property
    def ok(self) -> bool:
        return self.kind is SendKind.SENT
