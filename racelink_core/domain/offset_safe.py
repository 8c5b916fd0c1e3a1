"""Which effects look the same on every node that shares the clock. Source: spec wled-effects, sections 5 and 6.

Kept by hand: each id was checked in the firmware's source, and a change of the firmware means checking again.
"""

from __future__ import annotations

from racelink_core.domain.whole_number import whole_number

OFFSET_SAFE_EFFECTS = frozenset({0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 15, 16, 23, 35, 52, 65, 83, 84, 115})
RANDOM_PALETTE = 1
"""Each node draws its own colours."""


def is_offset_safe(effect: object) -> bool:
    """A number or its digits; anything else is not."""
    number = whole_number(effect)
    return number is not None and number in OFFSET_SAFE_EFFECTS
