"""Scenes in the store: saved whole, announced, never an id twice, and visible even when nobody can read them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from racelink_core.domain.command import SyncCommand
from racelink_core.domain.scene import Delay, Scene
from racelink_core.domain.scope import Change, Scope
from racelink_core.state.store import Store

SCENE = Scene(id=3, key="go", label="Go", actions=(Delay(duration_ms=40), SyncCommand()), stop_on_error=False)


def add(store: Store, scene: Scene = SCENE) -> None:
    with store.transaction() as draft:
        draft.scenes[scene.id] = scene


def rows(directory: Path, table: str = "scenes") -> list[tuple[str, str]]:
    with closing(sqlite3.connect(directory / "racelink.sqlite")) as connection:
        return connection.execute(f"SELECT id, document FROM {table}").fetchall()


def test_scenes_are_saved_whole_and_announced_as_scenes(open_store: Callable[[], Store]) -> None:
    store = open_store()
    heard: list[Change] = []
    store.subscribe(heard.append)
    add(store)
    add(store, SCENE.model_copy(update={"id": 1, "key": "first"}))
    assert [change.scopes for change in heard] == [{Scope.SCENES}] * 2
    store.close()
    assert list(open_store().snapshot.scenes.values()) == [SCENE.model_copy(update={"id": 1, "key": "first"}), SCENE]


def test_a_scene_id_is_never_given_out_twice(open_store: Callable[[], Store]) -> None:
    store = open_store()
    with store.transaction() as draft:
        assert (draft.next_scene_id(), draft.next_scene_id()) == (1, 2)
        draft.scenes[2] = SCENE.model_copy(update={"id": 2})
    with store.transaction() as draft:
        del draft.scenes[2]
        draft.reserve_scene_ids(10)
    store.close()
    with open_store().transaction() as draft:
        assert draft.next_scene_id() == 10


@pytest.mark.parametrize(
    ("document", "key", "label"),
    [
        ('{"id":3,"key":"go","label":"Go","actions":[{"kind":"hologram"}]}', "go", "Go"),
        ('{"id":3,"key":"other","label":"Go","actions":[{"kind":"hologram"}]}', "unreadable_3", "Go"),
        ('{"id":3,"key":"No!","label":" "}', "unreadable_3", "Scene 3"),
        ("not json", "unreadable_3", "Scene 3"),
        (b"\xff\xfe\x00", "unreadable_3", "Scene 3"),
        (17, "unreadable_3", "Scene 3"),
    ],
)
def test_a_scene_that_cannot_be_read_stays_visible_and_untouched(
    open_store: Callable[[], Store], directory: Path, document: object, key: str, label: str
) -> None:
    store = open_store()
    add(store)
    other = SCENE.model_copy(update={"id": 4, "key": "other"})
    add(store, other)
    store.close()
    with closing(sqlite3.connect(directory / "racelink.sqlite")) as connection, connection:
        connection.execute("UPDATE scenes SET document = ? WHERE id = '3'", (document,))
    before = rows(directory)[0]
    store = open_store()
    shown = store.snapshot.scenes[3]
    assert (shown.key, shown.label, shown.actions) == (key, label, ())
    assert shown.broken is not None
    assert shown.broken.code == "unreadable"
    assert store.notices == ()
    with store.transaction() as draft:
        del draft.scenes[4]
        assert draft.next_scene_id() == 5
    store.close()
    assert rows(directory) == [before]

    store = open_store()
    with store.transaction() as draft:
        del draft.scenes[3]
    store.close()
    assert rows(directory) == []
    assert rows(directory, "set_aside") == [("3", before[1])]


def test_what_is_kept_of_a_scene_are_its_actions_as_they_were(open_store: Callable[[], Store], directory: Path) -> None:
    open_store().close()
    actions = [{"kind": "hologram", "colour": None}]
    with closing(sqlite3.connect(directory / "racelink.sqlite")) as connection, connection:
        document = json.dumps({"id": 5, "key": "from_tomorrow", "label": "From tomorrow", "actions": actions})
        connection.execute("INSERT INTO scenes (id, document) VALUES ('5', ?)", (document,))
        connection.execute("INSERT INTO scenes (id, document) VALUES ('x', '{}')")
    store = open_store()
    broken = store.snapshot.scenes[5].broken
    assert broken is not None
    assert broken.raw == actions
    assert "actions.0" in broken.problem
    assert len(store.notices) == 1
    assert "x" in store.notices[0]
