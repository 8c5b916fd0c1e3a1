"""What the API says about scenes. Source: spec http-api, section 9; spec scenes, sections 3 and 4."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.scene import NetworkScope, Scene
from racelink_core.domain.scene_form import action_form
from racelink_core.runtime.turns import Turns


class BrokenRow(FrozenModel):
    """Why a stored scene cannot be read, and what lies there.

    action_index  counts from 0; null: not about one action
    raw           the actions as they were written, null if even that cannot be told
    """

    code: str
    problem: str
    action_index: int | None
    raw: JsonValue


class SceneRow(FrozenModel):
    """`actions` in the canonical form. `broken`: null unless the scene cannot be read; then there are no actions."""

    id: int
    key: str
    label: str
    created: str
    updated: str
    stop_on_error: bool
    network_scope: NetworkScope
    actions: tuple[dict[str, Any], ...]
    broken: BrokenRow | None


def scene_row(scene: Scene) -> SceneRow:
    """Others get a turn between the actions of a large one."""
    broken = scene.broken
    return SceneRow(
        id=scene.id,
        key=scene.key,
        label=scene.label,
        created=scene.created,
        updated=scene.updated,
        stop_on_error=scene.stop_on_error,
        network_scope=scene.network_scope,
        actions=tuple(map(action_form, Turns().between(scene.actions))),
        broken=None if broken is None else BrokenRow.model_validate(dict(broken)),
    )
