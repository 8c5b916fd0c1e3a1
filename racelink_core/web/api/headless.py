"""Scenes that lamps know by number; `POST /api/commands` with kind `headless` starts one. Source: spec wire, 14.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from racelink_core.domain.base import FrozenModel
from racelink_core.protocol.catalogues import HEADLESS_SCENES, HeadlessScene
from racelink_core.protocol.control import Rgb
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class HeadlessRow(FrozenModel):
    """`effect_id`, `color`: null where each lamp returns to its own. `takes_brightness`: false, it is dark anyway."""

    id: int
    name: str
    effect_id: int | None
    color: Rgb | None
    takes_brightness: bool


class HeadlessReply(Reply):
    scenes: tuple[HeadlessRow, ...]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/headless")
    @describe("List the scenes that lamps know by themselves.", reply=HeadlessReply)
    def list_scenes() -> Response:
        return reply(HeadlessReply(scenes=tuple(_row(number, scene) for number, scene in HEADLESS_SCENES.items())))


def _row(number: int, scene: HeadlessScene) -> HeadlessRow:
    return HeadlessRow(
        id=number,
        name=scene.name,
        effect_id=None if scene.restores_boot else scene.mode,
        color=scene.color,
        takes_brightness=not scene.is_dark,
    )
