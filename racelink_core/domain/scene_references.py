"""What choreographies refer to: groups and RL presets, and what becomes of the references when those change.

Source: spec scenes, sections 3.1 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import is_
from typing import Any, TypeVar

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import ChildCommand, OffsetGroupCommand, PresetReference, RlPresetCommand, SyncCommand
from racelink_core.domain.offset_choice import ExplicitEntry, ExplicitOffset, OffsetChoice
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import Action, Choreography, Delay, ExplicitScope
from racelink_core.domain.target import TOMBSTONE, GroupsTarget

ChoreographyT = TypeVar("ChoreographyT", bound=Choreography)
WholeT = TypeVar("WholeT", bound=FrozenModel)
NewIds = Mapping[int, int | None]
"""Group ids that change; None: the group is deleted."""


def with_new_groups(choreography: ChoreographyT, new_ids: NewIds) -> ChoreographyT:
    """The same object if nothing changes. A list that loses its last group becomes a tombstone."""
    actions = tuple(_with_new_groups(action, new_ids) for action in choreography.actions)
    return with_actions(choreography, choreography.actions, actions)


def with_actions(whole: WholeT, before: tuple[Any, ...], actions: tuple[Any, ...]) -> WholeT:
    """A choreography or a container with others in place of those `before`; itself if all are the very same.

    Most passes change nothing, and to compare or copy the largest scene takes milliseconds.
    """
    return whole if all(map(is_, actions, before)) else whole.model_copy(update={"actions": actions})


def _with_new_groups(action: Action, new_ids: NewIds) -> Action:
    if isinstance(action, Delay | SyncCommand):
        return action
    if isinstance(action, OffsetGroupCommand):
        return _container_with_new_groups(action, new_ids)
    target = target_with_new_groups(action.target, new_ids)
    return action if target is action.target else action.model_copy(update={"target": target})


def _container_with_new_groups(container: OffsetGroupCommand, new_ids: NewIds) -> OffsetGroupCommand:
    target, offset = target_with_new_groups(container.target, new_ids), _offset(container.offset, new_ids)
    children = tuple(_child_with_new_groups(child, new_ids) for child in container.actions)
    parts = (target, offset, *children)
    if all(map(is_, parts, (container.target, container.offset, *container.actions))):
        return container
    return OffsetGroupCommand(target=target, offset=offset, actions=children)


def _child_with_new_groups(child: ChildCommand, new_ids: NewIds) -> ChildCommand:
    target = target_with_new_groups(child.target, new_ids)
    return child if target is child.target else child.model_copy(update={"target": target})


TargetT = TypeVar("TargetT")


def target_with_new_groups(target: TargetT, new_ids: NewIds) -> TargetT:
    """The same object if nothing changes. A list that loses its last group becomes a tombstone."""
    if not isinstance(target, GroupsTarget) or new_ids.keys().isdisjoint(target.value):
        return target
    moved = [new_ids.get(group, group) for group in target.value]
    renamed = type(target)(value=tuple(group for group in moved if group is not None) or (TOMBSTONE,))
    return target if renamed == target else renamed


def _offset(offset: OffsetChoice, new_ids: NewIds) -> OffsetChoice:
    if not isinstance(offset, ExplicitOffset) or new_ids.keys().isdisjoint(entry.id for entry in offset.values):
        return offset
    moved = [(new_ids.get(entry.id, entry.id), entry.offset_ms) for entry in offset.values]
    return ExplicitOffset(
        values=tuple(ExplicitEntry(id=group, offset_ms=offset_ms) for group, offset_ms in moved if group is not None)
    )


def preset_references(choreography: Choreography) -> Iterator[PresetReference]:
    """In order, with repeats."""
    for action in choreography.actions:
        for each in action.actions if isinstance(action, OffsetGroupCommand) else (action,):
            if isinstance(each, RlPresetCommand) and each.params.preset_id is not None:
                yield each.params.preset_id


def with_preset_ids(choreography: ChoreographyT, find: Callable[[PresetReference], RlPreset | None]) -> ChoreographyT:
    """References by key become ids where there is such a preset; others stay as they were given."""

    def id_of(reference: PresetReference) -> PresetReference:
        found = find(reference)
        return reference if found is None else found.id

    return with_presets(choreography, id_of)


def with_presets(choreography: ChoreographyT, replace: Callable[[PresetReference], PresetReference]) -> ChoreographyT:
    """Every reference to an RL preset replaced. The same object if nothing changes."""
    actions = tuple(_with_presets(action, replace) for action in choreography.actions)
    return with_actions(choreography, choreography.actions, actions)


ActionT = TypeVar("ActionT")


def _with_presets(action: ActionT, replace: Callable[[PresetReference], PresetReference]) -> ActionT:
    if isinstance(action, OffsetGroupCommand):
        return with_actions(action, action.actions, tuple(_with_presets(child, replace) for child in action.actions))
    if not isinstance(action, RlPresetCommand) or action.params.preset_id is None:
        return action
    preset_id = replace(action.params.preset_id)
    if preset_id == action.params.preset_id:
        return action
    return action.model_copy(update={"params": action.params.model_copy(update={"preset_id": preset_id})})


def with_networks(choreography: ChoreographyT, new_ids: Mapping[str, str]) -> ChoreographyT:
    """A scope that names networks names them by their ids here. The same object if nothing changes."""
    scope = choreography.network_scope
    if not isinstance(scope, ExplicitScope) or new_ids.keys().isdisjoint(scope.network_ids):
        return choreography
    moved = ExplicitScope(network_ids=tuple(new_ids.get(each, each) for each in scope.network_ids))
    return choreography.model_copy(update={"network_scope": moved})
