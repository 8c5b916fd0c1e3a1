"""What the operator set for the host itself; stored with the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.seat import MAX_TEAMS, TeamColour, first_team_colours

Warn2SVolt = Annotated[float, Field(ge=5.0, le=8.4, strict=True)]
Warn6SVolt = Annotated[float, Field(ge=15.0, le=25.2, strict=True)]
SplitVolt = Annotated[float, Field(ge=8.5, le=15.0, strict=True)]
BrightnessCeiling = Annotated[int, Field(ge=1, le=255, strict=True)]
AirtimePercent = Annotated[int, Field(ge=1, le=50, strict=True)]
AutosyncSeconds = Annotated[int, Field(ge=5, le=600, strict=True)]
SceneStart = Literal["replace", "queue", "refuse"]
"""What a scene does that is started while another one runs."""


class Settings(FrozenModel):
    """brightness_ceiling: the venue's limit, applied by the planner to every origin (design 3.17).

    healing                  whether lamps are asked if they follow, and told again if they do not
    healing_airtime_percent  the most that this may take of each network's time on air
    scene_start_...          what a scene of this origin does while another one runs
    """

    brightness_ceiling: BrightnessCeiling = 255
    battery_warn_2s_v: Warn2SVolt = 6.8
    battery_warn_6s_v: Warn6SVolt = 20.4
    battery_split_v: SplitVolt = 12.0
    """Below it a battery has two cells, else six (spec services, 15.3)."""
    eth_autosync_interval_s: AutosyncSeconds = 30
    """Between two SYNC packets on an Ethernet network."""
    healing: bool = Field(default=True, strict=True)
    healing_airtime_percent: AirtimePercent = 5
    scene_start_race_event: SceneStart = "replace"
    scene_start_operator: SceneStart = "replace"
    scene_start_automation: SceneStart = "queue"
    leaves_out_unused_fields: bool = Field(default=False, strict=True)
    """Values that the chosen effect does not use are not sent in scenes, which changes what nodes keep."""
    team_colours: tuple[TeamColour, ...] = Field(default_factory=first_team_colours, max_length=MAX_TEAMS)
    startblocks_follow_heat: bool = Field(default=True, strict=True)
    """Pilots and channels are shown as soon as RotorHazard's heat, pilots or frequencies change."""
    wled_presets_file: str = Field(default="", max_length=255)
    """Which file of WLED presets is in use; empty: none."""
