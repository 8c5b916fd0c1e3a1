"""Scenes: reading, saving, copying, deleting. Source: spec http-api, section 9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response
from pydantic import Field, JsonValue

from racelink_core.domain.scene import MAX_ACTIONS
from racelink_core.domain.scene_reading import ReadingWarning
from racelink_core.runtime.turns import Turns
from racelink_core.services.scenes import SavedScene
from racelink_core.web.description import describe
from racelink_core.web.editor_schema import EditorSchema, editor_schema
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import RequestBody, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.scene_rows import SceneRow, scene_row

if TYPE_CHECKING:
    from racelink_core.host import Host

_SAVING = ("unknown_network_id", "scope_violation", "no_free_key", "too_many_scenes")
NOT_FOUND = "scene_not_found"


class ScenesReply(Reply):
    scenes: tuple[SceneRow, ...]


class SceneReply(Reply):
    scene: SceneRow


class SavedSceneReply(SceneReply):
    """`warnings`: what was taken differently from how it came, or will not do what it says."""

    warnings: tuple[ReadingWarning, ...]


class EditorSchemaReply(Reply, EditorSchema):
    """All that an editor needs to know to offer only what makes sense."""


class SceneFields(RequestBody):
    """actions         at most 20, in any accepted form
    stop_on_error   whether a failed action ends the scene; anything that is neither yes nor no means yes
    network_scope   `{"mode": "auto"}`, or `{"mode": "explicit", "network_ids": [...]}`
    """

    actions: tuple[JsonValue, ...] | None = Field(default=None, max_length=MAX_ACTIONS)
    stop_on_error: JsonValue | None = None
    network_scope: dict[str, JsonValue] | None = None

    def given(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields if getattr(self, name) is not None}


class CreateSceneBody(SceneFields):
    """`key`: what the scene is to be known by, made from the label if it is not given. It stays for ever."""

    label: str | None = None
    key: str | None = None


class UpdateSceneBody(SceneFields):
    """What is not given stays as it is."""

    label: str | None = None


class CopyBody(RequestBody):
    """`label`: how the copy is called; otherwise "... copy"."""

    label: str | None = None


def register(routes: Routes, host: Host) -> None:
    scenes = host.scenes

    @routes.get("/api/scenes")
    @describe("List the scenes.", reply=ScenesReply, has_etag=True)
    def list_stored_scenes() -> Response:
        stored = Turns().between(host.store.snapshot.scenes.values())
        return list_reply(ScenesReply(scenes=tuple(map(scene_row, stored))))

    @routes.get("/api/scenes/editor-schema")
    @describe("Read what scenes can be made of.", reply=EditorSchemaReply, has_etag=True)
    def show_editor_schema() -> Response:
        return list_reply(EditorSchemaReply(**dict(editor_schema(host.store.snapshot, host.wled_presets.names()))))

    @routes.get("/api/scenes/<key>")
    @describe("Read one scene.", reply=SceneReply, errors=(NOT_FOUND,))
    def show_scene(key: str) -> Response:
        return reply(SceneReply(scene=scene_row(scenes.get(key))))

    @routes.post("/api/scenes")
    @describe("Create a scene.", reply=SavedSceneReply, body=CreateSceneBody, errors=_SAVING)
    def create_scene() -> Response:
        return _saved(scenes.create(read_body(CreateSceneBody).given()))

    @routes.put("/api/scenes/<key>")
    @describe(
        "Change a scene; its key stays.", reply=SavedSceneReply, body=UpdateSceneBody, errors=(*_SAVING, NOT_FOUND)
    )
    def update_scene(key: str) -> Response:
        return _saved(scenes.update(key, read_body(UpdateSceneBody).given()))

    @routes.delete("/api/scenes/<key>")
    @describe("Delete a scene.", reply=Reply, errors=(NOT_FOUND,))
    def delete_scene(key: str) -> Response:
        scenes.delete(key)
        return reply(Reply())

    @routes.post("/api/scenes/<key>/duplicate")
    @describe("Copy a scene.", reply=SceneReply, body=CopyBody, errors=("no_free_key", "too_many_scenes", NOT_FOUND))
    def duplicate_scene(key: str) -> Response:
        return reply(SceneReply(scene=scene_row(scenes.duplicate(key, read_body(CopyBody).label))))


def _saved(saved: SavedScene) -> Response:
    return reply(SavedSceneReply(scene=scene_row(saved.scene), warnings=saved.warnings))
