"""The five ways in which a node derives its delay from its group number. Source: spec wire, section 9."""

from __future__ import annotations

from enum import IntEnum

MAX_OFFSET_MS = 65535


class OffsetMode(IntEnum):
    NONE = 0
    EXPLICIT = 1
    LINEAR = 2
    VSHAPE = 3
    MODULO = 4


def offset_ms_for(
    group_id: int,
    mode: OffsetMode,
    *,
    offset_ms: int = 0,
    base_ms: int = 0,
    step_ms: int = 0,
    center: int = 0,
    cycle: int = 1,
) -> int:
    """The delay of a node in group `group_id`, in ms, clamped to 0..65535. Cycle 0 counts as 1."""
    if mode is OffsetMode.NONE:
        return 0
    if mode is OffsetMode.EXPLICIT:
        delay_ms = offset_ms
    elif mode is OffsetMode.LINEAR:
        delay_ms = base_ms + group_id * step_ms
    elif mode is OffsetMode.VSHAPE:
        delay_ms = base_ms + abs(group_id - center) * step_ms
    else:
        delay_ms = base_ms + (group_id % (cycle or 1)) * step_ms
    return min(max(delay_ms, 0), MAX_OFFSET_MS)
