from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.settings import Settings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.backups import newest_first
from racelink_core.state.errors import StoreNotSaved
from racelink_core.state.store import Store

MAC = Mac("AABBCCDDEEFF")
OTHER = Mac("AABBCCDDEE00")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "racelink"


@pytest.fixture
def open_store(directory: Path) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(Store.open(directory, SystemClock()))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


def _fill(store: Store) -> None:
    with store.transaction() as draft:
        draft.devices[MAC] = Device(mac=MAC, name="Gate 1")
        draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Gates")


def _garbage(path: Path) -> None:
    path.write_bytes(b"This was a database once. " * 400)


def _garbage_in_the_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 9000)


def _half(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def _zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def _another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id)")


def _without_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE presets")


@pytest.mark.parametrize(
    "damage", [_garbage, _garbage_in_the_middle, _half, _zero_bytes, _another_program, _without_a_table]
)
def test_a_broken_database_is_set_aside_and_the_newest_backup_takes_its_place(
    open_store: Callable[[], Store], directory: Path, damage: Callable[[Path], None]
) -> None:
    store = open_store()
    _fill(store)
    store.close()
    damage(directory / "racelink.sqlite")
    broken = (directory / "racelink.sqlite").read_bytes()
    recovered = open_store()
    assert recovered.snapshot == store.snapshot
    (notice,) = recovered.notices
    (set_aside,) = directory.glob("racelink.sqlite.corrupt-*Z")
    assert set_aside.read_bytes() == broken
    assert set_aside.name in notice
    assert newest_first(directory / "backups")[0].name in notice
    with recovered.transaction() as draft:
        draft.settings = Settings(brightness_ceiling=9)
    recovered.close()
    again = open_store()
    assert again.notices == ()
    assert again.snapshot.settings.brightness_ceiling == 9


def test_a_database_that_vanished_comes_back_from_the_backup(open_store: Callable[[], Store], directory: Path) -> None:
    store = open_store()
    _fill(store)
    store.close()
    (directory / "racelink.sqlite").unlink()
    assert open_store().snapshot == store.snapshot


def test_a_broken_backup_is_passed_over(open_store: Callable[[], Store], directory: Path) -> None:
    store = open_store()
    _fill(store)
    store.close()
    for ceiling in (50, 60):
        later = open_store()
        with later.transaction() as draft:
            draft.settings = Settings(brightness_ceiling=ceiling)
        later.close()
    newest, second, _, _ = newest_first(directory / "backups")
    _half(newest)
    _garbage(directory / "racelink.sqlite")
    recovered = open_store()
    assert recovered.snapshot.settings.brightness_ceiling == 50
    assert second.name in recovered.notices[0]
    assert MAC in recovered.snapshot.devices


def test_without_a_good_backup_it_starts_afresh_and_says_so(open_store: Callable[[], Store], directory: Path) -> None:
    directory.mkdir()
    _garbage(directory / "racelink.sqlite")
    store = open_store()
    assert len(store.snapshot.presets) == 8
    assert "no good backup" in store.notices[0]
    assert len(list(directory.glob("racelink.sqlite.corrupt-*"))) == 1


def test_garbage_in_the_log_costs_at_most_what_was_not_confirmed(
    open_store: Callable[[], Store], directory: Path, tmp_path: Path
) -> None:
    store = open_store()
    _fill(store)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for suffix in ("", "-wal"):
        (crashed / f"racelink.sqlite{suffix}").write_bytes((directory / f"racelink.sqlite{suffix}").read_bytes())
    with (crashed / "racelink.sqlite-wal").open("ab") as log:
        log.write(b"\x00\xff" * 3000)
    survivor = Store.open(crashed, SystemClock())
    try:
        assert survivor.snapshot == store.snapshot
        assert survivor.notices == ()
    finally:
        survivor.close()


@pytest.mark.parametrize(
    "document",
    [
        '{"mac":"AABBCCDDEEFF","name":"From tomorrow","wings":2}',
        '{"mac":"AABBCCDDEEFF","name":""}',
        '{"mac":"AABBCCDDEE01","name":"Somebody else"}',
        "not json",
        b"\xff\xfe\x00",
        17,
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_kept_and_reported(
    open_store: Callable[[], Store], directory: Path, document: object
) -> None:
    store = open_store()
    _fill(store)
    with store.transaction() as draft:
        draft.devices[OTHER] = Device(mac=OTHER, name="Gate 2")
    store.close()
    path = directory / "racelink.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE devices SET document = ? WHERE id = ?", (document, MAC))
        (kept,) = connection.execute("SELECT document FROM devices WHERE id = ?", (MAC,)).fetchone()
    store = open_store()
    assert list(store.snapshot.devices) == [OTHER]
    assert MAC in store.notices[0]
    with store.transaction() as draft:
        del draft.devices[OTHER]
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT id, document FROM devices").fetchall() == [(MAC, kept)]

    store = open_store()
    with store.transaction() as draft:
        draft.devices[MAC] = Device(mac=MAC, name="Adopted anew")
    store.close()
    assert open_store().notices == ()
    with closing(sqlite3.connect(directory / "backups" / newest_first(directory / "backups")[0].name)) as connection:
        assert connection.execute("SELECT kind, id, document FROM set_aside").fetchall() == [("devices", MAC, kept)]


def test_ids_of_rows_that_cannot_be_read_are_not_given_out(open_store: Callable[[], Store], directory: Path) -> None:
    open_store().close()
    with closing(sqlite3.connect(directory / "racelink.sqlite")) as connection, connection:
        connection.execute("INSERT INTO groups (id, document) VALUES ('1', '{}')")
        connection.execute("INSERT INTO presets (id, document) VALUES ('40', '{}')")
        connection.execute("INSERT INTO counters (id, document) VALUES ('group_ids', '[]')")
        connection.execute("INSERT INTO settings (id, document) VALUES ('settings', '{}') ON CONFLICT DO NOTHING")
        connection.execute("UPDATE settings SET document = '{\"new\":1}'")
    store = open_store()
    assert len(store.notices) == 4
    assert store.snapshot.settings == Settings()
    with store.transaction() as draft:
        assert draft.next_group_id() == 2
        assert draft.next_preset_id() == 41


def test_a_database_that_breaks_while_running_refuses_changes_and_keeps_the_snapshot(
    open_store: Callable[[], Store],
) -> None:
    store = open_store()
    before = store.snapshot
    store._pool.run(store._database.connection.execute, "PRAGMA query_only = 1")
    with pytest.raises(StoreNotSaved, match="nothing was changed"):
        _fill(store)
    assert store.snapshot is before
    store._pool.run(store._database.connection.execute, "PRAGMA query_only = 0")
    _fill(store)
