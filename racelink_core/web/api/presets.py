"""RL presets, for reading. Source: spec http-api, section 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from racelink_core.web.failures import ApiFailure
from racelink_core.web.replies import Reply, reply
from racelink_core.web.rows import PresetRow, preset_row

if TYPE_CHECKING:
    from racelink_core.host import Host


class PresetsReply(Reply):
    presets: tuple[PresetRow, ...]


class PresetReply(Reply):
    preset: PresetRow


def register(blueprint: Blueprint, host: Host) -> None:
    @blueprint.get("/api/rl-presets")
    def list_presets() -> Response:
        return reply(PresetsReply(presets=tuple(map(preset_row, host.store.snapshot.presets.values()))))

    @blueprint.get("/api/rl-presets/<key>")
    def show_preset(key: str) -> Response:
        for preset in host.store.snapshot.presets.values():
            if preset.key == key:
                return reply(PresetReply(preset=preset_row(preset)))
        raise ApiFailure(404, "not_found", f"There is no RL preset {key}.", kind="rl_preset", id=key)
