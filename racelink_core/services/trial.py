"""What a change would do, found out by doing it and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from racelink_core.state.draft import Draft
from racelink_core.state.store import Store

T = TypeVar("T")


def tried(store: Store, work: Callable[[Draft], T]) -> T:
    """What `work` answers. Nothing has changed then, and nobody is told. Raises what `work` and the store raise."""
    answers: list[T] = []
    try:
        with store.transaction() as draft:
            answers.append(work(draft))
            raise _GivenUp
    except _GivenUp:
        return answers[0]


class _GivenUp(Exception):
    """Ends a transaction that was only tried."""
