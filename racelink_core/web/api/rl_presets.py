"""RL presets. Source: spec http-api, section 8."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import Response
from pydantic import Field, JsonValue

from racelink_core.domain.base import FrozenModel
from racelink_core.web.description import describe
from racelink_core.web.effect_schema import EffectSchema, effect_schema
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import RequestBody, RequestQuery, read_body, read_query
from racelink_core.web.routes import Routes
from racelink_core.web.rows import PresetRow, preset_row

if TYPE_CHECKING:
    from racelink_core.host import Host

_SAVING = ("no_free_key", "too_many_presets")


class PresetsReply(Reply):
    presets: tuple[PresetRow, ...]


class PresetReply(Reply):
    preset: PresetRow


class EffectSchemaReply(Reply):
    """How the 14 values of an effect are asked for."""

    effect_schema: EffectSchema = Field(serialization_alias="schema")


class UserRow(FrozenModel):
    """A scene that refers to the preset."""

    key: str
    label: str


class PresetDeletedReply(Reply):
    used_by_scenes: tuple[UserRow, ...]


class UpdatePresetBody(RequestBody):
    """label   how it is called
    params  any of the 14 values; what is missing or null is left to the node. Replaces all of them
    flags   any of arm_on_sync, force_tt0, force_reapply, offset_mode; missing ones are off. Replaces all of them
    """

    label: str | None = None
    params: dict[str, JsonValue] | None = None
    flags: dict[str, JsonValue] | None = None

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields if getattr(self, name) is not None}


class CreatePresetBody(UpdatePresetBody):
    """`key`: made from the label if it is not given; it stays for ever."""

    key: str | None = None


class CopyPresetBody(RequestBody):
    """`label`: how the copy is called; otherwise "... copy"."""

    label: str | None = None


class DeletePresetQuery(RequestQuery):
    """`force`: 1 deletes it although scenes refer to it."""

    force: Literal["0", "1"] = "0"


def register(routes: Routes, host: Host) -> None:
    presets = host.rl_presets

    @routes.get("/api/rl-presets")
    @describe("List the RL presets.", reply=PresetsReply, has_etag=True)
    def list_presets() -> Response:
        return list_reply(PresetsReply(presets=tuple(map(preset_row, host.store.snapshot.presets.values()))))

    @routes.get("/api/rl-presets/schema")
    @describe("Read how the values of an effect are asked for.", reply=EffectSchemaReply, has_etag=True)
    def show_schema() -> Response:
        return list_reply(EffectSchemaReply(effect_schema=effect_schema()))

    @routes.get("/api/rl-presets/<key>")
    @describe("Read one RL preset.", reply=PresetReply, errors=("not_found",))
    def show_preset(key: str) -> Response:
        return reply(PresetReply(preset=preset_row(presets.get(key))))

    @routes.post("/api/rl-presets")
    @describe("Create an RL preset.", reply=PresetReply, body=CreatePresetBody, errors=_SAVING)
    def create_preset() -> Response:
        return reply(PresetReply(preset=preset_row(presets.create(read_body(CreatePresetBody).given()))))

    @routes.put("/api/rl-presets/<key>")
    @describe(
        "Change an RL preset; its key and its id stay.",
        reply=PresetReply,
        body=UpdatePresetBody,
        errors=("not_found",),
    )
    def update_preset(key: str) -> Response:
        return reply(PresetReply(preset=preset_row(presets.update(key, read_body(UpdatePresetBody).given()))))

    @routes.delete("/api/rl-presets/<key>")
    @describe(
        "Delete an RL preset.",
        reply=PresetDeletedReply,
        query=DeletePresetQuery,
        errors=("not_found", "preset_in_use"),
    )
    def delete_preset(key: str) -> Response:
        users = presets.delete(key, is_forced=read_query(DeletePresetQuery).force == "1")
        rows = tuple(UserRow(key=scene.key, label=scene.label) for scene in users)
        return reply(PresetDeletedReply(used_by_scenes=rows))

    @routes.post("/api/rl-presets/<key>/duplicate")
    @describe("Copy an RL preset.", reply=PresetReply, body=CopyPresetBody, errors=("not_found", *_SAVING))
    def duplicate_preset(key: str) -> Response:
        return reply(PresetReply(preset=preset_row(presets.duplicate(key, read_body(CopyPresetBody).label))))
