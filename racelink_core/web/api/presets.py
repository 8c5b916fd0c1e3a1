"""RL presets and the slots of WLED presets, for reading. Source: spec http-api, sections 3 and 8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from racelink_core.domain.base import FrozenModel
from racelink_core.web.description import describe
from racelink_core.web.failures import ApiFailure
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.rows import PresetRow, preset_row

if TYPE_CHECKING:
    from racelink_core.host import Host


FIRST_SLOT, LAST_SLOT = 1, 250


class PresetsReply(Reply):
    presets: tuple[PresetRow, ...]


class PresetReply(Reply):
    preset: PresetRow


class SlotOption(FrozenModel):
    """`value`: the slot on the node, 1 to 250."""

    value: int
    label: str


class OptionsReply(Reply):
    """`presets`: the preset slots of WLED, as a list to choose from."""

    presets: tuple[SlotOption, ...]


def register(blueprint: Blueprint, host: Host) -> None:
    @blueprint.get("/api/options")
    @describe("List the preset slots that WLED nodes have.", reply=OptionsReply, has_etag=True)
    def list_options() -> Response:
        slots = range(FIRST_SLOT, LAST_SLOT + 1)
        return list_reply(OptionsReply(presets=tuple(SlotOption(value=slot, label=f"Preset {slot}") for slot in slots)))

    @blueprint.get("/api/rl-presets")
    @describe("List the RL presets.", reply=PresetsReply, has_etag=True)
    def list_presets() -> Response:
        return list_reply(PresetsReply(presets=tuple(map(preset_row, host.store.snapshot.presets.values()))))

    @blueprint.get("/api/rl-presets/<key>")
    @describe("Read one RL preset.", reply=PresetReply, errors=("not_found",))
    def show_preset(key: str) -> Response:
        for preset in host.store.snapshot.presets.values():
            if preset.key == key:
                return reply(PresetReply(preset=preset_row(preset)))
        raise ApiFailure(404, "not_found", f"There is no RL preset {key}.", kind="rl_preset", id=key)
