"""Frames in words, for people: decoded only when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.clock import Clock
from racelink_core.gateway.traffic import Frame, Traffic
from racelink_core.protocol.frame_text import describe_message, describe_order
from racelink_core.protocol.framing import encode_frame
from racelink_core.state.entities import in_slices


class FrameRecord(FrozenModel):
    """One frame on the cable between host and gateway.

    seq      counts up by one over all gateways since the start of the host
    ts       Unix time at which it was written to the device or read from it
    gateway  the MAC; the port before the gateway has said who it is
    hex      all bytes as on the cable, 00 and LEN included
    text     what it says
    """

    seq: int
    ts: float
    gateway: str
    direction: Literal["to_gateway", "from_gateway"]
    hex: str
    text: str


class TrafficLog:
    """Reads what `traffic` keeps."""

    def __init__(self, traffic: Traffic, clock: Clock) -> None:
        self._traffic, self._clock = traffic, clock

    @property
    def last_seq(self) -> int:
        """0 before the first frame."""
        return self._traffic.last_number

    def newest(self, limit: int) -> list[FrameRecord]:
        """Oldest first."""
        return list(self._records(self._traffic.newest(limit)))

    def after(self, seq: int, limit: int) -> tuple[list[FrameRecord], int]:
        """The next ones, oldest first, and how many before them are not kept any more."""
        missed = self._traffic.missed_since(seq)
        return list(self._records(self._traffic.after(seq, limit))), missed

    def _records(self, frames: Iterable[Frame]) -> Iterator[FrameRecord]:
        now_unix, now_s = self._clock.unix(), self._clock.monotonic()
        for frame in in_slices(frames):
            describe = describe_order if frame.is_to_gateway else describe_message
            yield FrameRecord(
                seq=frame.number,
                ts=round(now_unix - now_s + frame.at_s, 6),
                gateway=frame.gateway,
                direction="to_gateway" if frame.is_to_gateway else "from_gateway",
                hex=encode_frame(frame.content[0], frame.content[1:]).hex(" "),
                text=describe(frame.content),
            )
