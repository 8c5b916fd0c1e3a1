"""The CONTROL body: an effect, field by field. Source: spec wire, section 8."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.errors import MalformedPacket

Rgb = tuple[int, int, int]

_MAIN_FIELDS = ("brightness", "mode", "speed", "intensity", "custom1", "custom2")
_COLOURS = ("color1", "color2", "color3")
_CUSTOM3_CHECKS = 0x40
_EXT = 0x80
_PALETTE = 0x01
_EXT_RESERVED = 0xF0


@dataclass(frozen=True, slots=True)
class Control:
    """3 to 21 bytes. A field that is None is not sent, and the node keeps its value.

    custom3 (0..31) and the three checks share one byte: sending any of them overwrites all four, those that are
    None with 0. Colours are (red, green, blue).

    ext_reserved  None: the extension byte is sent only if one of its fields is. A number: it is sent anyway, with
                  these reserved bits (mask F0). Only frames of others need it; the host leaves it alone
    """

    OPCODE: ClassVar[Opcode] = Opcode.CONTROL

    group_id: int
    flags: int
    brightness: int | None = None
    mode: int | None = None
    speed: int | None = None
    intensity: int | None = None
    custom1: int | None = None
    custom2: int | None = None
    custom3: int | None = None
    check1: bool | None = None
    check2: bool | None = None
    check3: bool | None = None
    palette: int | None = None
    color1: Rgb | None = None
    color2: Rgb | None = None
    color3: Rgb | None = None
    ext_reserved: int | None = None

    def to_bytes(self) -> bytes:
        mask = 0
        body = bytearray((self.group_id, self.flags, 0))
        for bit, name in enumerate(_MAIN_FIELDS):
            value = getattr(self, name)
            if value is not None:
                mask |= 1 << bit
                body.append(value)
        checks = (self.check1, self.check2, self.check3)
        if self.custom3 is not None or any(check is not None for check in checks):
            mask |= _CUSTOM3_CHECKS
            body.append((self.custom3 or 0) | sum(0x20 << bit for bit, check in enumerate(checks) if check))
        ext_mask, ext = self._extension()
        if ext_mask or self.ext_reserved is not None:
            mask |= _EXT
            body.append(ext_mask | (self.ext_reserved or 0))
            body += ext
        body[2] = mask
        return bytes(body)

    def _extension(self) -> tuple[int, bytes]:
        mask = 0
        fields = bytearray()
        if self.palette is not None:
            mask |= _PALETTE
            fields.append(self.palette)
        for bit, colour in enumerate((self.color1, self.color2, self.color3), 1):
            if colour is not None:
                mask |= 1 << bit
                fields += bytes(colour)
        return mask, bytes(fields)

    @classmethod
    def from_bytes(cls, body: bytes) -> Control:
        """Raises MalformedPacket unless the length is exactly what the masks imply."""
        if len(body) < 3:
            raise MalformedPacket("CONTROL body", "at least 3 bytes", body)
        rest = iter(body[3:])
        try:
            fields = dict(_fields(body[2], rest))
        except StopIteration:
            raise MalformedPacket("CONTROL body", "as many bytes as its masks imply", body) from None
        if next(rest, None) is not None:
            raise MalformedPacket("CONTROL body", "as many bytes as its masks imply", body)
        return cls(body[0], body[1], **fields)  # type: ignore[arg-type]


def _fields(mask: int, rest: Iterator[int]) -> list[tuple[str, object]]:
    """Takes the fields of both masks from `rest`. Raises StopIteration when it ends too early."""
    found: list[tuple[str, object]] = [(name, next(rest)) for bit, name in enumerate(_MAIN_FIELDS) if mask & (1 << bit)]
    if mask & _CUSTOM3_CHECKS:
        shared = next(rest)
        found.append(("custom3", shared & 0x1F))
        found += [(f"check{number}", bool(shared & (0x10 << number))) for number in (1, 2, 3)]
    if mask & _EXT:
        ext_mask = next(rest)
        if ext_mask & _EXT_RESERVED or not ext_mask:
            found.append(("ext_reserved", ext_mask & _EXT_RESERVED))
        if ext_mask & _PALETTE:
            found.append(("palette", next(rest)))
        for bit, name in enumerate(_COLOURS, 1):
            if ext_mask & (1 << bit):
                found.append((name, (next(rest), next(rest), next(rest))))
    return found
