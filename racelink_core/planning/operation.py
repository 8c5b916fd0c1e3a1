"""The pieces of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.protocol.radio_packet import RadioPacket


@dataclass(frozen=True, slots=True)
class WireOperation:
    """One packet, sent by every network listed. A packet on three networks counts three times (design, section 6)."""

    network_ids: tuple[str, ...]
    packet: RadioPacket


@dataclass(frozen=True, slots=True)
class Degradation:
    """A part of a command that cannot be done: a stable code, and a sentence that says what to do."""

    code: str
    detail: str
