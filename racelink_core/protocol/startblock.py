"""The program that a startblock's display shows: a slot, a channel and a pilot's name, carried by STREAM.

Source: spec wire, section 13.4.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from racelink_core.protocol.errors import MalformedPacket

VERSION = 1
MAX_NAME = 32
_HEAD_BYTES = 5
_NO_CHANNEL = "--"
_SPELT_OUT = str.maketrans(
    {
        "Ä": "AE",
        "Ö": "OE",
        "Ü": "UE",
        "ẞ": "SS",
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "O",
        "Å": "A",
        "Ł": "L",
        "Đ": "D",
        "Þ": "TH",
    }
)
"""Umlauts become two letters, unlike other accents; the rest are letters that no decomposition takes apart."""
_NOT_SHOWN = re.compile(r"[^A-Z0-9 _\-.+]")


@dataclass(frozen=True, slots=True)
class StartblockProgram:
    """`slot` 1..8; `channel` 2 characters, "--" = none; `name` may be empty."""

    slot: int
    channel: str = _NO_CHANNEL
    name: str = ""
    version: int = VERSION

    def to_payload(self) -> bytes:
        channel, name = self.channel.encode("latin-1"), self.name.encode("latin-1")
        return bytes((self.version, self.slot)) + channel + bytes((len(name),)) + name

    @classmethod
    def from_payload(cls, payload: bytes) -> StartblockProgram:
        """Bytes behind the name are padding. Raises MalformedPacket if the name is cut off."""
        if len(payload) < _HEAD_BYTES or len(payload) < _HEAD_BYTES + payload[4]:
            raise MalformedPacket("startblock program", "5 bytes and the name they announce", payload)
        name = payload[_HEAD_BYTES : _HEAD_BYTES + payload[4]]
        return cls(payload[1], payload[2:4].decode("latin-1"), name.decode("latin-1"), payload[0])

    @classmethod
    def of(cls, slot: int, channel: str, name: str) -> StartblockProgram:
        """Cleans what people type into what the display can show."""
        return cls(slot, clean_channel(channel), clean_name(name))


def clean_name(name: str) -> str:
    """Upper case; umlauts spelt out, other accents dropped; what cannot be shown becomes one space; at most 32."""
    letters = unicodedata.normalize("NFKD", _upper(name).translate(_SPELT_OUT))
    shown = _NOT_SHOWN.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return " ".join(shown.split())[:MAX_NAME].rstrip()


def _upper(text: str) -> str:
    """Composed, so that an umlaut typed as letter and dots is one, too."""
    return unicodedata.normalize("NFC", text).upper()


def clean_channel(channel: str) -> str:
    """2 characters, upper case, padded with "-"."""
    return _NOT_SHOWN.sub("-", channel.strip().upper())[:2].ljust(2, "-")
