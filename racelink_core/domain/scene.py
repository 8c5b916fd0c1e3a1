"""Scenes: up to twenty actions that run one after the other. Source: spec scenes, sections 3, 4 and 14."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import (
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetCommand,
    StartblockCommand,
    SyncCommand,
    WledPresetCommand,
)

MAX_ACTIONS = 20
MAX_DELAY_MS = 60000


class Delay(FrozenModel):
    """The one action that is no command: it sends nothing."""

    kind: Literal["delay"] = "delay"
    duration_ms: int = Field(default=0, ge=0, le=MAX_DELAY_MS, strict=True)


Action = Annotated[
    RlPresetCommand
    | WledPresetCommand
    | RlEffectCommand
    | StartblockCommand
    | SyncCommand
    | Delay
    | OffsetGroupCommand,
    Field(discriminator="kind"),
]


class AutoScope(FrozenModel):
    """The networks follow from the targets when the scene runs."""

    mode: Literal["auto"] = "auto"


class ExplicitScope(FrozenModel):
    """Only these networks, whatever the targets say."""

    mode: Literal["explicit"] = "explicit"
    network_ids: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field(min_length=1, max_length=64)

    @field_validator("network_ids")
    @classmethod
    def _without_repeats(cls, network_ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(network_ids))


NetworkScope = Annotated[AutoScope | ExplicitScope, Field(discriminator="mode")]


class Choreography(FrozenModel):
    """What a run needs: of a stored scene, or of a draft that is not stored."""

    actions: tuple[Action, ...] = Field(default=(), max_length=MAX_ACTIONS)
    stop_on_error: bool = Field(default=True, strict=True)
    network_scope: NetworkScope = AutoScope()


class BrokenActions(FrozenModel):
    """Actions that were read from somewhere and make no sense to this version: kept as they were, never run."""

    raw: JsonValue
    problem: str
    code: str
    action_index: int | None = None


class Scene(Choreography):
    """`id` is never reused; `key` survives a rename. `broken` is set instead of `actions`, never beside any."""

    id: int = Field(ge=0, strict=True)
    key: str = Field(pattern=r"^[a-z0-9_]+$", max_length=64)
    label: str = Field(min_length=1, max_length=64)
    created: str = ""
    updated: str = ""
    broken: BrokenActions | None = None
