"""What the operator set for the host itself; stored with the configuration."""

from __future__ import annotations

from pydantic import Field

from racelink_core.domain.base import FrozenModel


class Settings(FrozenModel):
    """brightness_ceiling: the venue's limit, applied by the planner to every origin (design 3.17)."""

    brightness_ceiling: int = Field(default=255, ge=1, le=255, strict=True)
