"""What an event makes of a command: the colour of its pilot, the lamps of its seat. Pure; raises nothing.

Source: issue 5, "Race colours and data"; design 3.8.
"""

from __future__ import annotations

from typing import TypeVar

from racelink_core.domain.command import (
    ChildCommand,
    Command,
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetCommand,
    SyncCommand,
)
from racelink_core.domain.effect import Colour, FlagsOverride
from racelink_core.domain.race_event import ColourSource, RaceEvent
from racelink_core.domain.scene import Action, Choreography
from racelink_core.domain.snapshot import Snapshot

ChoreographyT = TypeVar("ChoreographyT", bound=Choreography)


def command_for(
    command: Command, event: RaceEvent, snapshot: Snapshot, *, colour_from: ColourSource | None, to_seat: bool
) -> Command:
    """The command for this event.

    colour_from  replaces the first colour of the effect; an event without such a colour leaves the effect its own
    to_seat      the lamps of the event's seat are the target; a seat without lamps leaves the command its own

    The same object if nothing changes. Asks the event for its colour only when `colour_from` says so.
    """
    colour = None if colour_from is None else event.colour_of(colour_from)
    aimed = _at_seat(command, event.seat, snapshot) if to_seat else command
    return aimed if colour is None else _in_colour(aimed, colour, snapshot)


def scene_for(
    scene: ChoreographyT, event: RaceEvent, snapshot: Snapshot, *, colour_from: ColourSource | None
) -> ChoreographyT:
    """The same for a scene: every RL preset and RL effect in it, in offset groups too, has the event's first colour."""
    colour = None if colour_from is None else event.colour_of(colour_from)
    if colour is None:
        return scene
    actions = tuple(_action_in_colour(action, colour, snapshot) for action in scene.actions)
    return scene if actions == scene.actions else scene.model_copy(update={"actions": actions})


def _at_seat(command: Command, index: int | None, snapshot: Snapshot) -> Command:
    seat = None if index is None else snapshot.seats.get(index)
    if seat is None or isinstance(command, SyncCommand | OffsetGroupCommand):
        return command
    return command.model_copy(update={"target": seat.target})


def _in_colour(command: Command, colour: Colour, snapshot: Snapshot) -> Command:
    if isinstance(command, RlPresetCommand | RlEffectCommand):
        return _child_in_colour(command, colour, snapshot)
    return _container_in_colour(command, colour, snapshot) if isinstance(command, OffsetGroupCommand) else command


def _action_in_colour(action: Action, colour: Colour, snapshot: Snapshot) -> Action:
    if isinstance(action, OffsetGroupCommand):
        return _container_in_colour(action, colour, snapshot)
    if isinstance(action, RlPresetCommand | RlEffectCommand):
        return _child_in_colour(action, colour, snapshot)
    return action


def _container_in_colour(container: OffsetGroupCommand, colour: Colour, snapshot: Snapshot) -> OffsetGroupCommand:
    children = tuple(_child_in_colour(child, colour, snapshot) for child in container.actions)
    return container.model_copy(update={"actions": children})


def _child_in_colour(command: ChildCommand, colour: Colour, snapshot: Snapshot) -> ChildCommand:
    """WLED presets keep theirs: it lies on the node. So do presets that do not exist, which the planner names."""
    if isinstance(command, RlEffectCommand):
        return command.model_copy(update={"params": command.params.model_copy(update={"color1": colour})})
    return _preset_in_colour(command, colour, snapshot) if isinstance(command, RlPresetCommand) else command


def _preset_in_colour(
    command: RlPresetCommand, colour: Colour, snapshot: Snapshot
) -> RlPresetCommand | RlEffectCommand:
    """The preset's values and flags, as they would be sent, with one colour replaced."""
    reference, brightness = command.params.preset_id, command.params.brightness
    preset = None if reference is None else snapshot.find_preset(reference)
    if preset is None:
        return command
    own = {"color1": colour} if brightness is None else {"color1": colour, "brightness": brightness}
    flags = command.flags_override.applied_to(preset.flags)
    return RlEffectCommand(
        target=command.target,
        params=preset.params.model_copy(update=own),
        flags_override=FlagsOverride(**flags.model_dump()),
    )
