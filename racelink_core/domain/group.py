"""Groups: the numbers that nodes filter by. Ids are stable, 1..254 (design 3.15)."""

from __future__ import annotations

from typing import NewType

from pydantic import Field

from racelink_core.domain.base import FrozenModel

GroupId = NewType("GroupId", int)

UNCONFIGURED = GroupId(0)
"""The pool that every node is in after power-on; never a target that an operator chooses."""
ALL_GROUPS = GroupId(255)
"""The selector in a request that every node matches; never an assignment."""
FIRST_GROUP, LAST_GROUP = 1, 254


class Group(FrozenModel):
    """A named set of nodes that act together. `network_id` is set by the first member."""

    id: GroupId = Field(ge=FIRST_GROUP, le=LAST_GROUP, strict=True)
    name: str = Field(min_length=1, max_length=64)
    network_id: str | None = None
    display_order: int = Field(default=0, strict=True)
