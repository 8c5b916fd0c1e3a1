"""A plan in pieces between which all networks wait for each other. Pure. Source: spec scenes, section 15."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from racelink_core.domain.command import StartblockCommand, SyncCommand
from racelink_core.domain.scene import Action, Delay
from racelink_core.planning.scene.plan import SceneOperation, ScenePlan


@dataclass(frozen=True, slots=True)
class Segment:
    """`actions`: their indices, in order; a delay, a sync and a starting block stand alone.

    A starting block waits for its acknowledgements, so that nothing may be behind it in the lane.
    """

    actions: tuple[int, ...]
    operations: tuple[SceneOperation, ...]

    @property
    def network_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(operation.network_id for operation in self.operations))


def segments(plan: ScenePlan) -> Iterator[Segment]:
    """In the order of the actions."""
    open_actions: list[int] = []
    for index, action in enumerate(plan.actions):
        if not _stands_alone(action):
            open_actions.append(index)
            continue
        if open_actions:
            yield _segment(open_actions, plan)
            open_actions = []
        yield _segment([index], plan)
    if open_actions:
        yield _segment(open_actions, plan)


def _stands_alone(action: Action) -> bool:
    return isinstance(action, Delay | SyncCommand | StartblockCommand)


def _segment(actions: list[int], plan: ScenePlan) -> Segment:
    wanted = frozenset(actions)
    return Segment(tuple(actions), tuple(each for each in plan.operations if each.action in wanted))
