"""What an offset group tells its participants, as scenes store it. Source: spec scenes, section 10.1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP
from racelink_core.domain.offset import MAX_OFFSET_MS, OffsetMode, offset_ms_for

OffsetMs = Annotated[int, Field(ge=0, le=MAX_OFFSET_MS, strict=True)]
SignedMs = Annotated[int, Field(ge=-32768, le=32767, strict=True)]


class NoOffset(FrozenModel):
    """Leaves offset mode."""

    mode: Literal["none"] = "none"

    @property
    def wire_mode(self) -> OffsetMode:
        return OffsetMode.NONE

    def offset_ms_for(self, group_id: int) -> int:
        return 0


class ExplicitEntry(FrozenModel):
    id: int = Field(ge=FIRST_GROUP, le=LAST_GROUP, strict=True)
    offset_ms: OffsetMs


class ExplicitOffset(FrozenModel):
    """One value per group; stored by ascending id, each id once. Empty only beside a tombstone."""

    mode: Literal["explicit"] = "explicit"
    values: tuple[ExplicitEntry, ...] = Field(max_length=64)

    @field_validator("values")
    @classmethod
    def _sorted_and_unique(cls, values: tuple[ExplicitEntry, ...]) -> tuple[ExplicitEntry, ...]:
        if len({entry.id for entry in values}) != len(values):
            raise ValueError("each group may be listed once")
        return tuple(sorted(values, key=lambda entry: entry.id))

    @property
    def wire_mode(self) -> OffsetMode:
        return OffsetMode.EXPLICIT

    def offset_ms_for(self, group_id: int) -> int:
        """Raises KeyError for a group that is not listed."""
        for entry in self.values:
            if entry.id == group_id:
                return entry.offset_ms
        raise KeyError(group_id)


class LinearOffset(FrozenModel):
    """base + group * step."""

    mode: Literal["linear"] = "linear"
    base_ms: SignedMs = 0
    step_ms: SignedMs = 0

    @property
    def wire_mode(self) -> OffsetMode:
        return OffsetMode.LINEAR

    def offset_ms_for(self, group_id: int) -> int:
        return offset_ms_for(group_id, self.wire_mode, base_ms=self.base_ms, step_ms=self.step_ms)


class VshapeOffset(FrozenModel):
    """base + |group - center| * step."""

    mode: Literal["vshape"] = "vshape"
    base_ms: SignedMs = 0
    step_ms: SignedMs = 0
    center: int = Field(default=0, ge=0, le=254, strict=True)

    @property
    def wire_mode(self) -> OffsetMode:
        return OffsetMode.VSHAPE

    def offset_ms_for(self, group_id: int) -> int:
        return offset_ms_for(group_id, self.wire_mode, base_ms=self.base_ms, step_ms=self.step_ms, center=self.center)


class ModuloOffset(FrozenModel):
    """base + (group mod cycle) * step."""

    mode: Literal["modulo"] = "modulo"
    base_ms: SignedMs = 0
    step_ms: SignedMs = 0
    cycle: int = Field(default=1, ge=1, le=255, strict=True)

    @property
    def wire_mode(self) -> OffsetMode:
        return OffsetMode.MODULO

    def offset_ms_for(self, group_id: int) -> int:
        return offset_ms_for(group_id, self.wire_mode, base_ms=self.base_ms, step_ms=self.step_ms, cycle=self.cycle)


FormulaOffset = LinearOffset | VshapeOffset | ModuloOffset
OffsetChoice = Annotated[
    NoOffset | ExplicitOffset | LinearOffset | VshapeOffset | ModuloOffset, Field(discriminator="mode")
]
