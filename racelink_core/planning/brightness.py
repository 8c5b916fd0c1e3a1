"""The venue's limit, for whoever asks (design 3.17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from racelink_core.planning.operation import WireOperation
from racelink_core.protocol.bodies import Body, Control, Headless, Preset, Sync
from racelink_core.protocol.radio_packet import RadioPacket

AnyBody = TypeVar("AnyBody", bound=Body)

DEFAULT_SYNC_BRIGHTNESS = 128
"""What gateways put into a SYNC before the first PRESET (spec wire, 20)."""
FULL_BRIGHTNESS = 255


def within_ceiling(operations: tuple[WireOperation, ...], ceiling: int) -> tuple[WireOperation, ...]:
    """No packet carries more than `ceiling` (1..255). An absent brightness stays absent."""
    if ceiling >= FULL_BRIGHTNESS:
        return operations
    return tuple(
        WireOperation(
            operation.network_ids, RadioPacket(operation.packet.receiver, limited(operation.packet.body, ceiling))
        )
        for operation in operations
    )


def limited(body: AnyBody, ceiling: int) -> AnyBody:
    """The same with at most `ceiling`."""
    if isinstance(body, Control | Preset | Sync | Headless) and (body.brightness or 0) > ceiling:
        return replace(body, brightness=ceiling)
    if isinstance(body, Headless) and not body.brightness:
        return replace(body, brightness=ceiling)  # 0 is the node's own, which nobody knows
    return body
