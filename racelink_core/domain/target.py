"""Whom a command is for. Source: spec scenes, section 5."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP

TOMBSTONE = 0


class BroadcastTarget(FrozenModel):
    """Every node of every network, whether the host knows it or not."""

    kind: Literal["broadcast"] = "broadcast"


class GroupsTarget(FrozenModel):
    """The members of these groups; stored sorted, without repeats.

    `(TOMBSTONE,)` is what remains when every group of the list was deleted (spec scenes, 3.1). Nobody may choose it.
    """

    kind: Literal["groups"] = "groups"
    value: tuple[Annotated[int, Field(ge=TOMBSTONE, le=LAST_GROUP, strict=True)], ...] = Field(
        min_length=1, max_length=254
    )

    @field_validator("value")
    @classmethod
    def _sorted_without_repeats(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if TOMBSTONE in value and set(value) != {TOMBSTONE}:
            raise ValueError(f"group ids are {FIRST_GROUP} to {LAST_GROUP}")
        return tuple(sorted(set(value)))

    @property
    def is_tombstone(self) -> bool:
        return self.value == (TOMBSTONE,)


class DeviceTarget(FrozenModel):
    kind: Literal["device"] = "device"
    value: Mac


Target = Annotated[BroadcastTarget | GroupsTarget | DeviceTarget, Field(discriminator="kind")]
