"""The same content for another group."""

from __future__ import annotations

import pytest

from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import Control, Preset
from racelink_core.protocol.group_body import content_of, for_group
from racelink_core.protocol.offset import Offset

BODIES = [
    Control(3, 5, brightness=7, mode=1, color1=(1, 2, 3), check2=True),
    Preset(3, 5, 12, 200),
    Offset(3, OffsetMode.VSHAPE, base_ms=-10, step_ms=20, center=4),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_a_body_for_another_group_differs_in_the_group_byte_alone(body: Control | Preset | Offset) -> None:
    other = for_group(body, 9)
    assert type(other) is type(body)
    assert other.to_bytes() == bytes((9,)) + body.to_bytes()[1:]
    assert content_of(other) == content_of(body)
    assert for_group(other, 3) == body
