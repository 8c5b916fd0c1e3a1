"""Bindings of our own: what a race event makes the lamps do, for events that RotorHazard's page does not offer, too."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import (
    BlackoutCommand,
    HeadlessCommand,
    LocateCommand,
    RlEffectCommand,
    RlPresetCommand,
    StartblockCommand,
    SyncCommand,
    WledPresetCommand,
)
from racelink_core.domain.race_event import RACE_EVENTS, ColourSource
from racelink_core.domain.race_filter import RaceFilter

MAX_BINDINGS = 200


def _known_event(name: str) -> str:
    if name not in RACE_EVENTS:
        raise ValueError(f"{name} is not an event that RaceLink knows")
    return name


EventName = Annotated[str, AfterValidator(_known_event)]
"""A key of RACE_EVENTS."""


class RunScene(FrozenModel):
    kind: Literal["run_scene"] = "run_scene"
    scene: str = Field(min_length=1, max_length=80)
    """The scene's key, which outlives every renaming."""


class StopScene(FrozenModel):
    kind: Literal["stop_scene"] = "stop_scene"


Reaction = Annotated[
    RlPresetCommand
    | RlEffectCommand
    | WledPresetCommand
    | SyncCommand
    | BlackoutCommand
    | LocateCommand
    | HeadlessCommand
    | StartblockCommand
    | RunScene
    | StopScene,
    Field(discriminator="kind"),
]


class RaceBinding(FrozenModel):
    """When `event` happens and passes `only`, do `reaction`.

    colour_from   replaces the first colour of the effect, if there is such a colour; else the effect keeps its own
    to_seat       the lamps of the event's seat are the target, if it has some; else the target of the reaction
    at_moment     fire at the moment that the event announces (start, tone), not when it is announced
    display_order of all bindings of an event the lowest is first
    """

    id: int = Field(ge=1, strict=True)
    name: str = Field(min_length=1, max_length=64)
    event: EventName
    only: RaceFilter = RaceFilter()
    reaction: Reaction
    colour_from: ColourSource | None = None
    to_seat: bool = Field(default=False, strict=True)
    at_moment: bool = Field(default=False, strict=True)
    is_on: bool = Field(default=True, strict=True)
    display_order: int = Field(default=0, ge=0, strict=True)
