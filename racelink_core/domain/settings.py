"""What the operator set for the host itself; stored with the configuration."""

from __future__ import annotations

from pydantic import Field

from racelink_core.domain.base import FrozenModel


class Settings(FrozenModel):
    """brightness_ceiling: the venue's limit, applied by the planner to every origin (design 3.17).

    healing                  whether lamps are asked if they follow, and told again if they do not
    healing_airtime_percent  the most that this may take of each network's time on air
    """

    brightness_ceiling: int = Field(default=255, ge=1, le=255, strict=True)
    healing: bool = Field(default=True, strict=True)
    healing_airtime_percent: int = Field(default=5, ge=1, le=50, strict=True)
