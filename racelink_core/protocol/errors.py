"""What goes wrong between bytes and packets."""

from __future__ import annotations

from racelink_core.domain.errors import RaceLinkError


class MalformedPacket(RaceLinkError):
    """The bytes do not have the shape that the protocol gives them."""

    code = "malformed_packet"

    def __init__(self, kind: str, expected: str, raw: bytes) -> None:
        shown = raw[:32].hex(" ") or "nothing"
        super().__init__(f"{kind}: expected {expected}, got {len(raw)} bytes: {shown}")
        self.kind, self.expected, self.raw = kind, expected, raw
