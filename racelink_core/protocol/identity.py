"""How a gateway says who it is: plain text outside any frame. Source: spec wire, section 18."""

from __future__ import annotations

import re
from dataclasses import dataclass

from racelink_core.domain.address import Mac

SUPPORTED_VERSION = 4
_TEXT = re.compile(rb"(RaceLink_Gateway_v([0-9]{1,3}?))((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class GatewayIdentity:
    """`name` with its version suffix ("RaceLink_Gateway_v4"); the last 3 bytes of `mac` are its radio address."""

    name: str
    version: int
    mac: Mac


def find_identity(buffer: bytes) -> GatewayIdentity | None:
    """Searches anywhere in what was received: events may stand before, behind and in the way of nothing else."""
    match = _TEXT.search(buffer)
    if match is None:
        return None
    return GatewayIdentity(match[1].decode("ascii"), int(match[2]), Mac(match[3].decode("ascii")))


def identity_text(mac: Mac, version: int = SUPPORTED_VERSION) -> bytes:
    """What a gateway answers to Identify: 36 bytes for version 4, no newline."""
    pairs = ":".join(mac[at : at + 2] for at in range(0, 12, 2))
    return f"RaceLink_Gateway_v{version}{pairs}".encode("ascii")
