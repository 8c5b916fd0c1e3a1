from __future__ import annotations

from collections.abc import Callable

import pytest

from racelink_core.domain.group import Group, GroupId
from racelink_core.state.errors import NoFreeGroup
from racelink_core.state.store import Store


def _add_group(store: Store) -> int:
    with store.transaction() as draft:
        group_id = draft.next_group_id()
        draft.groups[group_id] = Group(id=group_id, name=f"Group {group_id}")
    return group_id


def _delete_group(store: Store, group_id: int) -> None:
    with store.transaction() as draft:
        del draft.groups[GroupId(group_id)]


def test_a_new_group_gets_the_lowest_id_never_used_also_after_a_restart(open_store: Callable[[], Store]) -> None:
    store = open_store()
    assert [_add_group(store) for _ in range(3)] == [1, 2, 3]
    _delete_group(store, 3)
    _delete_group(store, 1)
    assert _add_group(store) == 4
    store.close()
    assert _add_group(open_store()) == 5


def test_when_every_id_was_used_the_one_freed_longest_ago_is_next(open_store: Callable[[], Store]) -> None:
    store = open_store()
    with store.transaction() as draft:
        for _ in range(254):
            group_id = draft.next_group_id()
            draft.groups[group_id] = Group(id=group_id, name="Full house")
        with pytest.raises(NoFreeGroup):
            draft.next_group_id()
    for freed in (200, 7, 90):
        _delete_group(store, freed)
    store.close()
    store = open_store()
    assert [_add_group(store) for _ in range(3)] == [200, 7, 90]
    with pytest.raises(NoFreeGroup):
        _add_group(store)


def test_ids_of_a_transaction_that_failed_are_not_used(store: Store) -> None:
    with pytest.raises(ValueError, match="no"), store.transaction() as draft:  # noqa: PT012
        assert (draft.next_group_id(), draft.next_group_id()) == (1, 2)
        raise ValueError("no")
    assert _add_group(store) == 1


def test_a_preset_id_is_never_given_out_twice(open_store: Callable[[], Store]) -> None:
    store = open_store()
    highest = max(store.snapshot.presets)
    with store.transaction() as draft:
        first, second = draft.next_preset_id(), draft.next_preset_id()
        draft.presets[second] = draft.presets[1].model_copy(update={"id": second, "key": "new_one"})
    assert (first, second) == (highest + 1, highest + 2)
    with store.transaction() as draft:
        del draft.presets[second]
    store.close()
    with open_store().transaction() as draft:
        assert draft.next_preset_id() == second + 1
