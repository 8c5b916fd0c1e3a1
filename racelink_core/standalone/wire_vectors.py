"""Test vectors: one frame as bytes and as named fields, checked through encoder and decoder.

Form of a vector: spec wire, section 26.1. On-air data assume a gateway with the address 5A017F.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.errors import RaceLinkError
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import OnAir, RadioPacket
from racelink_core.protocol.stream import Stream
from racelink_core.standalone.wire_fields import Fields, decode, encode, fields_of

_GATEWAY = RadioAddress(b"\x5a\x01\x7f")
_GATEWAY_REWRITES = 6
"""SYNC: the gateway sends one of its own instead."""
_UNFIT = (RaceLinkError, KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, struct.error)
"""What a vector that is not of the form can raise."""


def differences(vector: object) -> list[str]:
    """One line per difference between a vector and what the codec makes of it; empty = passed."""
    if not isinstance(vector, Mapping):
        return ["not an object with name, direction, fields and hex"]
    return [
        f"{part}: {line}"
        for part, check in (("decoder", _decoded), ("encoder", _encoded), ("on air", _on_air))
        for line in _guarded(check, vector)
    ]


def _guarded(check: Any, vector: Fields) -> list[str]:
    try:
        return list(check(vector))
    except _UNFIT as error:
        return [f"{type(error).__name__}: {error}"]


def _decoded(vector: Fields) -> Iterator[str]:
    message, rest = decode(bytes.fromhex(vector["hex"]), vector["direction"])
    yield from _unequal(vector["fields"], fields_of(message, rest))


def _encoded(vector: Fields) -> Iterator[str]:
    encoded = encode(vector["fields"], vector["direction"]).hex()
    if encoded != vector["hex"].lower():
        yield f"gives {encoded}, the file says {vector['hex']}"


def _on_air(vector: Fields) -> Iterator[str]:
    message, _ = decode(bytes.fromhex(vector["hex"]), vector["direction"])
    if isinstance(message, RadioPacket):
        packets = [packet.hex() for packet in message.to_radio(_GATEWAY)]
        is_known = message.opcode != _GATEWAY_REWRITES
    elif isinstance(message, Forwarded):
        on_air = OnAir(message.sender, message.receiver, message.is_reply, message.opcode, message.body)
        packets, is_known = [on_air.to_bytes().hex()], True
    else:
        packets, is_known = [], True
    found: dict[str, Any] = {"lora_hex": packets[0] if is_known and packets else None}
    if isinstance(message, RadioPacket) and isinstance(message.body, Stream):
        found = {"lora_packets": packets}
    yield from _unequal({key: vector[key] for key in ("lora_hex", "lora_packets") if key in vector}, found)


def _unequal(wanted: Fields, found: Fields, where: str = "") -> Iterator[str]:
    """Compares what the file names. What it leaves out, it does not claim."""
    for name, value in wanted.items():
        label = f"{where}{name}"
        if name not in found:
            yield f"has no {label}, the file says {value!r}"
        elif isinstance(value, Mapping) and isinstance(found[name], Mapping):
            yield from _unequal(value, found[name], f"{label}.")
        elif value != found[name] or isinstance(value, bool) is not isinstance(found[name], bool):
            yield f"{label} is {found[name]!r}, the file says {value!r}"
