"""What the operator sets for the host itself. Source: spec http-api, section 5.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import StrictBool

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.settings import (
    AirtimePercent,
    AutosyncSeconds,
    BrightnessCeiling,
    SceneStart,
    Settings,
    SplitVolt,
    Warn2SVolt,
    Warn6SVolt,
)
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import RequestBody, read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class BatteryLimits(FrozenModel):
    """In volts. A battery below `split_v` has two cells, else six; below 5 V it has one and a limit of 3.4 V."""

    warn_2s_v: float
    warn_6s_v: float
    split_v: float


class HealingSettings(FrozenModel):
    """`enabled`: lamps that do not follow are told again. `airtime_percent`: the most that it takes of the air."""

    enabled: bool
    airtime_percent: int


class SceneStartSettings(FrozenModel):
    """What a scene does that is started while another one runs, by who started it."""

    race_event: SceneStart
    operator: SceneStart
    automation: SceneStart


class ScenePlanSettings(FrozenModel):
    """`leaves_out_unused_fields`: values that the chosen effect does not use are not sent; changes what lamps keep."""

    leaves_out_unused_fields: bool


class SettingsReply(Reply):
    """`brightness_ceiling`: no lamp is told to be brighter, whoever asks; 255 is no limit.

    `startblocks_follow_heat`: starting blocks show RotorHazard's heat as soon as it changes.
    """

    brightness_ceiling: int
    startblocks_follow_heat: bool
    battery: BatteryLimits
    healing: HealingSettings
    scene_start: SceneStartSettings
    scene_plan: ScenePlanSettings
    eth_autosync_interval_s: int


class BatteryChange(RequestBody):
    warn_2s_v: Warn2SVolt | None = None
    warn_6s_v: Warn6SVolt | None = None
    split_v: SplitVolt | None = None


class HealingChange(RequestBody):
    enabled: StrictBool | None = None
    airtime_percent: AirtimePercent | None = None


class SceneStartChange(RequestBody):
    race_event: SceneStart | None = None
    operator: SceneStart | None = None
    automation: SceneStart | None = None


class ScenePlanChange(RequestBody):
    leaves_out_unused_fields: StrictBool | None = None


class SettingsBody(RequestBody):
    """What is absent or null stays as it is."""

    brightness_ceiling: BrightnessCeiling | None = None
    startblocks_follow_heat: StrictBool | None = None
    battery: BatteryChange | None = None
    healing: HealingChange | None = None
    scene_start: SceneStartChange | None = None
    scene_plan: ScenePlanChange | None = None
    eth_autosync_interval_s: AutosyncSeconds | None = None

    def changes(self) -> dict[str, Any]:
        """By the names of `Settings`."""
        battery = self.battery or BatteryChange()
        healing = self.healing or HealingChange()
        scene_start = self.scene_start or SceneStartChange()
        scene_plan = self.scene_plan or ScenePlanChange()
        wanted = {
            "brightness_ceiling": self.brightness_ceiling,
            "startblocks_follow_heat": self.startblocks_follow_heat,
            "battery_warn_2s_v": battery.warn_2s_v,
            "battery_warn_6s_v": battery.warn_6s_v,
            "battery_split_v": battery.split_v,
            "eth_autosync_interval_s": self.eth_autosync_interval_s,
            "healing": healing.enabled,
            "healing_airtime_percent": healing.airtime_percent,
            "scene_start_race_event": scene_start.race_event,
            "scene_start_operator": scene_start.operator,
            "scene_start_automation": scene_start.automation,
            "leaves_out_unused_fields": scene_plan.leaves_out_unused_fields,
        }
        return {name: value for name, value in wanted.items() if value is not None}


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/settings")
    @describe("Read the host's settings.", reply=SettingsReply)
    def show_settings() -> Response:
        return _settings_reply(host.store.snapshot.settings)

    @routes.put("/api/settings")
    @describe("Change the settings that are named.", reply=SettingsReply, body=SettingsBody)
    def change_settings() -> Response:
        changes = read_body(SettingsBody).changes()
        with host.store.transaction() as draft:
            draft.settings = draft.settings.model_copy(update=changes)
        return _settings_reply(host.store.snapshot.settings)


def _settings_reply(settings: Settings) -> Response:
    return reply(
        SettingsReply(
            brightness_ceiling=settings.brightness_ceiling,
            startblocks_follow_heat=settings.startblocks_follow_heat,
            battery=BatteryLimits(
                warn_2s_v=settings.battery_warn_2s_v,
                warn_6s_v=settings.battery_warn_6s_v,
                split_v=settings.battery_split_v,
            ),
            eth_autosync_interval_s=settings.eth_autosync_interval_s,
            healing=HealingSettings(enabled=settings.healing, airtime_percent=settings.healing_airtime_percent),
            scene_start=SceneStartSettings(
                race_event=settings.scene_start_race_event,
                operator=settings.scene_start_operator,
                automation=settings.scene_start_automation,
            ),
            scene_plan=ScenePlanSettings(leaves_out_unused_fields=settings.leaves_out_unused_fields),
        )
    )
