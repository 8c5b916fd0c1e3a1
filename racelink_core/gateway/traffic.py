"""The last frames between host and gateways, raw, and what they put on air. Nothing is decoded before somebody asks.

Everything here is called on a link's reader greenlet: it appends and returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from racelink_core.domain.address import Mac
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.protocol.radio_packet import RadioPacket

KEPT_FRAMES = 2000
AUTOSYNC_BYTES = 11
"""On air: the header and a 4-byte SYNC, which a gateway sends by itself (spec gateway-and-node-model, A8)."""


class Frame(NamedTuple):
    """number   counts up by one, over all gateways, from 1
    at_s     when it was written to the device or read from it, in Clock seconds
    gateway  its MAC; the URL before it has said who it is
    content  TYPE and DATA
    """

    number: int
    at_s: float
    gateway: str
    is_to_gateway: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class OnAir:
    """One packet that a gateway said is out. `at_s` in Clock seconds.

    packet   what it carries, or a fragment of that; None: a SYNC of the gateway's own
    is_last  all of `packet` is out
    """

    gateway: Mac
    at_s: float
    length: int
    profile: RadioProfile | None
    packet: RadioPacket | None = None
    is_last: bool = True


class Traffic:
    """on_air  called for each packet that is out; be quick"""

    def __init__(self, kept: int = KEPT_FRAMES) -> None:
        self.on_air: Callable[[OnAir], None] = lambda packet: None
        self.last_number = 0
        self._frames: deque[Frame] = deque(maxlen=kept)

    def written(self, gateway: str, whole_frame: bytes, at_s: float) -> None:
        """`whole_frame` begins with 00 and LEN."""
        self._add(gateway, True, whole_frame[2:], at_s)

    def received(self, gateway: str, frame: bytes, at_s: float) -> None:
        self._add(gateway, False, frame, at_s)

    def transmitted(self, packet: OnAir) -> None:
        self.on_air(packet)

    def after(self, number: int, limit: int) -> tuple[Frame, ...]:
        """The oldest `limit` of those kept that are younger than `number`, oldest first."""
        skipped = max(0, number - self._oldest + 1)
        return tuple(islice(self._frames, skipped, skipped + limit))

    def newest(self, limit: int) -> tuple[Frame, ...]:
        """Oldest first."""
        return self.after(self.last_number - limit, limit)

    @property
    def _oldest(self) -> int:
        """The number of the oldest frame that is kept."""
        return self.last_number - len(self._frames) + 1

    def missed_since(self, number: int) -> int:
        """How many frames younger than `number` are not kept any more."""
        return max(0, self._oldest - number - 1)

    def _add(self, gateway: str, is_to_gateway: bool, content: bytes, at_s: float) -> None:
        self.last_number += 1
        self._frames.append(Frame(self.last_number, at_s, gateway, is_to_gateway, content))
