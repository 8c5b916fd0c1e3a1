"""What seats and our own bindings refer to, and what becomes of the references when groups or presets change."""

from __future__ import annotations

from collections.abc import Callable

from racelink_core.domain.command import PresetReference, RlPresetCommand, SyncCommand
from racelink_core.domain.race_binding import RaceBinding, RunScene, StopScene
from racelink_core.domain.scene_references import NewIds, target_with_new_groups
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import GroupsTarget


def seat_with_new_groups(seat: Seat, new_ids: NewIds) -> Seat | None:
    """The same object if nothing changes; None if it has no lamps any more."""
    target = target_with_new_groups(seat.target, new_ids)
    if target is seat.target:
        return seat
    is_empty = isinstance(target, GroupsTarget) and target.is_tombstone
    return None if is_empty else seat.model_copy(update={"target": target})


def binding_with_new_groups(binding: RaceBinding, new_ids: NewIds) -> RaceBinding:
    """The same object if nothing changes. A list of groups that loses its last one becomes a tombstone."""
    reaction = binding.reaction
    if isinstance(reaction, RunScene | StopScene | SyncCommand):
        return binding
    target = target_with_new_groups(reaction.target, new_ids)
    if target is reaction.target:
        return binding
    return binding.model_copy(update={"reaction": reaction.model_copy(update={"target": target})})


def binding_with_preset(binding: RaceBinding, replace: Callable[[PresetReference], PresetReference]) -> RaceBinding:
    """Its reference to an RL preset replaced, if it has one."""
    reaction = binding.reaction
    if not isinstance(reaction, RlPresetCommand) or reaction.params.preset_id is None:
        return binding
    params = reaction.params.model_copy(update={"preset_id": replace(reaction.params.preset_id)})
    return binding.model_copy(update={"reaction": reaction.model_copy(update={"params": params})})
