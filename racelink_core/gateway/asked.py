"""A request that has ended, for whoever keeps a history of them."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.origin import Priority
from racelink_core.gateway.reply_matcher import Replies
from racelink_core.protocol.radio_packet import RadioPacket


@dataclass(frozen=True, slots=True)
class Asked:
    """took_s  from the call to its end, in Clock seconds
    sent      how often the request went out
    expected  who was to answer; None: whoever hears it
    """

    network_id: str
    packet: RadioPacket
    priority: Priority
    took_s: float
    sent: int
    expected: frozenset[RadioAddress] | None
    replies: Replies
