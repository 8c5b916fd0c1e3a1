"""Bindings of our own as an operator keeps them: created, changed, ordered, copied, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.command import StartblockCommand, SyncCommand
from racelink_core.domain.errors import InvalidValue, NotFound, RaceLinkError
from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP
from racelink_core.domain.race_binding import MAX_BINDINGS, RaceBinding, RunScene, StopScene
from racelink_core.domain.race_event import RACE_EVENTS
from racelink_core.domain.reaction_problem import ReactionProblem, problem_of_reaction
from racelink_core.domain.slug import copy_label
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import GroupsTarget
from racelink_core.state.draft import Draft
from racelink_core.state.store import Store

Fields = Mapping[str, Any]
"""Of a RaceBinding, as they came; `id` and `display_order` are ours."""
_PLACES = {name: place for place, name in enumerate(RACE_EVENTS)}


class TooManyBindings(RaceLinkError):
    code = "too_many_bindings"

    def __init__(self) -> None:
        super().__init__(f"There are {MAX_BINDINGS} bindings already. Delete some first.")


class ReactionUnusable(RaceLinkError):
    """The reaction refers to something that does not exist; nothing was changed. `code` says what."""

    code = "reaction_unusable"

    def __init__(self, problem: ReactionProblem) -> None:
        super().__init__(problem.text)
        self.code = problem.code


def bindings_in_order(snapshot: Snapshot) -> tuple[RaceBinding, ...]:
    """As in a race, and of an event as the operator ordered them, which is how they fire."""
    return tuple(
        sorted(snapshot.race_bindings.values(), key=lambda each: (_PLACES[each.event], each.display_order, each.id))
    )


class RaceBindings:
    """Whatever a method raises, nothing has changed then."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, binding_id: int) -> RaceBinding:
        """Raises NotFound."""
        return _find(self._store.snapshot.race_bindings, binding_id)

    def create(self, fields: Fields) -> RaceBinding:
        """It fires after the others of its event. Raises InvalidValue, ReactionUnusable, TooManyBindings."""
        with self._store.transaction() as draft:
            if len(draft.race_bindings) >= MAX_BINDINGS:
                raise TooManyBindings
            order = _last_place(draft) + 1
            binding = _read({**fields, "id": draft.next_race_binding_id(), "display_order": order})
            _check(binding, self._store.snapshot)
            draft.race_bindings[binding.id] = binding
        return binding

    def update(self, binding_id: int, fields: Fields) -> RaceBinding:
        """Only what is given changes. Raises NotFound, InvalidValue, ReactionUnusable.

        What was not given is not checked again: a binding whose scene is gone can be renamed and switched off.
        """
        with self._store.transaction() as draft:
            before = _find(draft.race_bindings, binding_id)
            binding = _read({**_values(before), **fields, "id": before.id, "display_order": before.display_order})
            check_fit(binding)
            if binding.reaction != before.reaction or (binding.is_on and not before.is_on):
                _check_reaction(binding, self._store.snapshot)
            draft.race_bindings[binding.id] = binding
        return binding

    def duplicate(self, binding_id: int) -> RaceBinding:
        """Switched off, so that nothing happens twice before it was changed. Raises NotFound, TooManyBindings."""
        with self._store.transaction() as draft:
            source = _find(draft.race_bindings, binding_id)
            if len(draft.race_bindings) >= MAX_BINDINGS:
                raise TooManyBindings
            changes = {
                "id": draft.next_race_binding_id(),
                "name": copy_label(source.name),
                "display_order": _last_place(draft) + 1,
                "is_on": False,
            }
            binding = source.model_copy(update=changes)
            draft.race_bindings[binding.id] = binding
        return binding

    def reorder(self, order: Sequence[int]) -> None:
        """`order`: every binding once. Raises InvalidValue."""
        with self._store.transaction() as draft:
            if sorted(order) != sorted(draft.race_bindings):
                raise InvalidValue("order", "name every binding once. Load the list of bindings again")
            for place, binding_id in enumerate(order, 1):
                binding = draft.race_bindings[binding_id]
                draft.race_bindings[binding_id] = binding.model_copy(update={"display_order": place})

    def delete(self, binding_id: int) -> RaceBinding:
        """Its id is never given out again. Raises NotFound."""
        with self._store.transaction() as draft:
            binding = _find(draft.race_bindings, binding_id)
            del draft.race_bindings[binding_id]
        return binding


def _find(bindings: Mapping[int, RaceBinding], binding_id: int) -> RaceBinding:
    try:
        return bindings[binding_id]
    except KeyError:
        raise NotFound("race binding", binding_id) from None


def _last_place(draft: Draft) -> int:
    return max((each.display_order for each in draft.race_bindings.values()), default=0)


def _values(binding: RaceBinding) -> dict[str, Any]:
    return {name: getattr(binding, name) for name in type(binding).model_fields}


def _read(fields: Fields) -> RaceBinding:
    try:
        return RaceBinding.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidValue(field, first["msg"].removeprefix("Value error, ")) from error


def _check(binding: RaceBinding, snapshot: Snapshot) -> None:
    check_fit(binding)
    _check_reaction(binding, snapshot)


def check_fit(binding: RaceBinding) -> None:
    """Nothing is asked of the event that it never says. Raises InvalidValue."""
    kind = RACE_EVENTS[binding.event]
    label = f"“{kind.label}”"
    if binding.only.seat is not None and not kind.has_seat:
        raise InvalidValue("only.seat", f"{label} is about no seat, so it would never happen for one")
    if binding.only.lap_number is not None and not kind.has_lap:
        raise InvalidValue("only.lap_number", f"{label} is about no lap, so it would never happen for one")
    if binding.to_seat and not kind.has_seat:
        raise InvalidValue("to_seat", f"{label} is about no seat, so it has no lamps of its own")
    if binding.to_seat and isinstance(binding.reaction, RunScene | StopScene | SyncCommand):
        raise InvalidValue("to_seat", "a scene and a SYNC are for their own lamps")
    if binding.at_moment and not kind.has_moment:
        raise InvalidValue("at_moment", f"{label} announces no moment")
    if binding.at_moment and isinstance(binding.reaction, RunScene | StopScene | StartblockCommand):
        raise InvalidValue("at_moment", "only a single light can be shown at the very moment")


def _check_reaction(binding: RaceBinding, snapshot: Snapshot) -> None:
    """Raises ReactionUnusable, or InvalidValue for what is left of deleted groups, which nobody may choose."""
    target = getattr(binding.reaction, "target", None)
    if isinstance(target, GroupsTarget) and target.is_tombstone:
        raise InvalidValue("reaction.target.value", f"group ids are {FIRST_GROUP} to {LAST_GROUP}")
    problem = problem_of_reaction(binding.reaction, snapshot)
    if problem is not None:
        raise ReactionUnusable(problem)
    if isinstance(target, GroupsTarget):
        missing = [group_id for group_id in target.value if group_id not in snapshot.groups]
        if missing:
            listed = ", ".join(map(str, missing))
            raise ReactionUnusable(
                ReactionProblem("target_not_found", f"There is no group {listed}. Choose groups that exist.")
            )
