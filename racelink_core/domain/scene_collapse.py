"""A list of all groups means everybody: said so when a scene is saved. Source: spec scenes, section 5.2; D12."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import OffsetGroupCommand, SyncCommand
from racelink_core.domain.offset_choice import ExplicitOffset
from racelink_core.domain.scene import Action, Choreography, Delay, ExplicitScope
from racelink_core.domain.scene_references import with_actions
from racelink_core.domain.target import BroadcastTarget, GroupsTarget

ChoreographyT = TypeVar("ChoreographyT", bound=Choreography)


def collapsed(choreography: ChoreographyT, known_groups: Collection[int]) -> ChoreographyT:
    """Lists that cover every known group become broadcast.

    Not with an explicit network scope, not without any group, and never the list that explicit offsets need.
    """
    if not known_groups or isinstance(choreography.network_scope, ExplicitScope):
        return choreography
    known = frozenset(known_groups)
    actions = tuple(_collapsed(action, known) for action in choreography.actions)
    return with_actions(choreography, choreography.actions, actions)


def _collapsed(action: Action, known: frozenset[int]) -> Action:
    if isinstance(action, Delay | SyncCommand):
        return action
    if not isinstance(action, OffsetGroupCommand):
        return _for_everybody(action, known)
    children = tuple(_for_everybody(child, known) for child in action.actions)
    with_children = with_actions(action, action.actions, children)
    return with_children if isinstance(action.offset, ExplicitOffset) else _for_everybody(with_children, known)


ActionT = TypeVar("ActionT", bound=FrozenModel)


def _for_everybody(action: ActionT, known: frozenset[int]) -> ActionT:
    target = getattr(action, "target", None)
    if isinstance(target, GroupsTarget) and known <= set(target.value):
        return action.model_copy(update={"target": BroadcastTarget()})
    return action
