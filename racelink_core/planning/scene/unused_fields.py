"""Leaves out effect fields that the chosen effect does not use. Changes what nodes keep, so off by default.

Source: spec scenes, 13; spec wled-effects, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from racelink_core.planning.scene.blocks import Block, Segment
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.radio_packet import RadioPacket

UNUSED = "fields that the effect does not use are left out"
_SHARED = frozenset({"custom3", "check1", "check2", "check3"})
_ALWAYS = frozenset({"group_id", "flags", "mode", "brightness", "ext_reserved"})
_OPTIONAL = tuple(field.name for field in fields(Control) if field.name not in _ALWAYS)
_FORCED_COLOURS = (("color1", 2), ("color2", 3), ("color3", 4))
_LAST_COLOUR_PALETTE = 5


def without_unused_fields(
    segments: Iterable[Segment], used_fields: Mapping[int, frozenset[str]]
) -> tuple[Segment, ...]:
    """Only beside `mode`, and only for effects that `used_fields` knows."""

    def rewritten(block: Block) -> Block:
        packets = tuple(_lean(packet, used_fields) for packet in block.packets)
        return block if packets == block.packets else block.with_packets(packets, UNUSED)

    return tuple(segment.with_blocks(tuple(map(rewritten, segment.blocks))) for segment in segments)


def _lean(packet: RadioPacket, used_fields: Mapping[int, frozenset[str]]) -> RadioPacket:
    body = packet.body
    if not isinstance(body, Control) or body.mode is None or body.mode not in used_fields:
        return packet
    used = used_fields[body.mode] | _forced_by(body.palette)
    if used & _SHARED:
        used |= _SHARED
    unused: dict[str, Any] = {name: None for name in _OPTIONAL if name not in used}
    return RadioPacket(packet.receiver, replace(body, **unused))


def _forced_by(palette: int | None) -> frozenset[str]:
    """Palettes 2 to 5 are made of colours, whatever the effect uses."""
    if palette is None or palette > _LAST_COLOUR_PALETTE:
        return frozenset()
    return frozenset(name for name, first_palette in _FORCED_COLOURS if palette >= first_palette)
