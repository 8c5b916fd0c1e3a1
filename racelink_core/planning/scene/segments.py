"""A scene's actions in pieces between which all networks wait for each other. Pure. Source: spec scenes, section 15."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from racelink_core.domain.command import StartblockCommand, SyncCommand
from racelink_core.domain.scene import Action, Delay


def segments(actions: Sequence[Action]) -> Iterator[tuple[int, ...]]:
    """Indices in order. A delay, a sync and a starting block stand alone.

    A starting block waits for its acknowledgements, so that nothing may be behind it in the lane.
    """
    together: list[int] = []
    for index, action in enumerate(actions):
        if not isinstance(action, Delay | SyncCommand | StartblockCommand):
            together.append(index)
            continue
        if together:
            yield tuple(together)
            together = []
        yield (index,)
    if together:
        yield tuple(together)
