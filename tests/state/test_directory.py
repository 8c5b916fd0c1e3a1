from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.network import DEFAULT_NETWORK_ID
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.settings import Settings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state import schema
from racelink_core.state.backups import newest_first
from racelink_core.state.errors import NothingSaved, StoreLocked, StoreTooNew, StoreUnreadable
from racelink_core.state.store import Store

MAC = Mac("AABBCCDDEEFF")
_HOLDER = """
from gevent import monkey; monkey.patch_all()
import sys
from pathlib import Path
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.store import Store
store = Store.open(Path(sys.argv[1]), SystemClock())
print("open", flush=True)
sys.stdin.read()
"""


def _dim(store: Store, ceiling: int) -> None:
    with store.transaction() as draft:
        draft.settings = Settings(brightness_ceiling=ceiling)


def test_the_first_start_offers_a_network_and_presets_with_brightness(store: Store) -> None:
    snapshot = store.snapshot
    network = snapshot.networks[DEFAULT_NETWORK_ID]
    assert (network.name, network.kind, network.profile, network.gateway_mac) == (
        "Default",
        "rf",
        DEFAULT_PROFILE,
        None,
    )
    assert [preset.label for preset in snapshot.presets.values()] == [
        "Green go",
        "Red stop",
        "Amber caution",
        "White",
        "Blue breathe",
        "Rainbow",
        "Finish strobe",
        "Dim idle",
    ]
    assert list(snapshot.presets) == list(range(1, 9))
    assert all(preset.params.brightness for preset in snapshot.presets.values())
    assert not snapshot.groups
    assert not snapshot.devices
    assert store.notices == ()


def test_what_the_operator_deleted_does_not_come_back_at_the_next_start(open_store: Callable[[], Store]) -> None:
    store = open_store()
    with store.transaction() as draft:
        draft.presets.clear()
        draft.networks.clear()
    store.close()
    reopened = open_store().snapshot
    assert not reopened.presets
    assert not reopened.networks


def test_only_the_owner_may_look(store: Store, directory: Path) -> None:
    store.backup()
    _dim(store, 40)
    paths = [directory, *directory.rglob("*")]
    assert len(paths) >= 5
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_second_process_is_refused_by_name_until_the_first_is_gone(directory: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder, closing(holder.stdin), closing(holder.stdout):
        try:
            assert holder.stdout.readline() == b"open\n"
            with pytest.raises(StoreLocked, match=rf"process {holder.pid}\b") as refused:
                Store.open(directory, SystemClock())
            assert refused.value.pid == holder.pid
        finally:
            holder.kill()
            holder.wait()
    Store.open(directory, SystemClock()).close()


def test_a_second_store_in_the_same_process_is_refused_too(store: Store, directory: Path) -> None:
    with pytest.raises(StoreLocked):
        Store.open(directory, SystemClock())


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnreadable, match="file"):
        Store.open(tmp_path / "file" / "racelink", SystemClock())


def test_a_database_that_cannot_be_opened_is_left_alone(directory: Path) -> None:
    (directory / "racelink.sqlite").mkdir(parents=True)
    with pytest.raises(StoreUnreadable, match=r"racelink\.sqlite"):
        Store.open(directory, SystemClock())
    assert (directory / "racelink.sqlite").is_dir()


def test_a_newer_file_is_refused_and_left_as_it_is(open_store: Callable[[], Store], directory: Path) -> None:
    open_store().close()
    path = directory / "racelink.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="newer RaceLink"):
        open_store()
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_step_by_step_after_a_backup(
    open_store: Callable[[], Store], directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    _dim(store, 77)
    store.close()
    kept = len(newest_first(directory / "backups"))
    newest = len(schema.MIGRATIONS)
    steps: list[str] = []

    def next_step(connection: sqlite3.Connection) -> None:
        steps.append("next")
        connection.execute("CREATE TABLE one_more (number INTEGER PRIMARY KEY)")

    def last_step(connection: sqlite3.Connection) -> None:
        steps.append("last")
        raise sqlite3.OperationalError("power cut")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, next_step, last_step))
    with pytest.raises(StoreUnreadable):
        open_store()
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[: newest + 1])
    store = open_store()
    assert steps == ["next", "last"]
    assert store.snapshot.settings.brightness_ceiling == 77
    assert store.notices == ()
    versions = []
    for backup in newest_first(directory / "backups")[:-kept]:
        with closing(sqlite3.connect(backup)) as connection:
            versions.append(connection.execute("PRAGMA user_version").fetchone()[0])
    assert versions == [newest + 1, newest]


def test_a_database_of_the_first_version_gets_what_came_later(open_store: Callable[[], Store], directory: Path) -> None:
    store = open_store()
    _dim(store, 78)
    store.close()
    with closing(sqlite3.connect(directory / "racelink.sqlite")) as connection:
        connection.execute(f"DROP TABLE {schema.OLDER}")
        connection.execute(f"DROP TABLE {schema.SCENES}")
        for table in schema.RACE_TABLES:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    store = open_store()
    assert store.notices == ()
    assert store.snapshot.settings.brightness_ceiling == 78
    assert store.older_documents == {}
    assert store.snapshot.scenes == {}


def test_five_backups_are_kept_and_an_unchanged_start_adds_none(
    open_store: Callable[[], Store], directory: Path
) -> None:
    store = open_store()
    paths = [store.backup() for _ in range(7)]
    assert newest_first(directory / "backups") == paths[:1:-1]
    store.close()
    open_store().close()
    assert newest_first(directory / "backups") == paths[:1:-1]
    store = open_store()
    _dim(store, 33)
    store.close()
    assert newest_first(directory / "backups")[1:] == paths[:2:-1]


def test_a_backup_holds_the_readings_too(store: Store) -> None:
    store.readings.update(MAC, voltage_mv=5)
    with closing(sqlite3.connect(store.backup())) as copy:
        assert copy.execute("SELECT count(*) FROM readings").fetchone() == (1,)


def test_in_memory_everything_works_and_it_is_said_that_nothing_is_saved() -> None:
    store = Store.in_memory(SystemClock(), "the disk is full")
    assert store.notices == ("Nothing is being saved: the disk is full",)
    _dim(store, 12)
    store.readings.update(MAC, voltage_mv=5)
    store.flush()
    assert store.snapshot.settings.brightness_ceiling == 12
    assert len(store.snapshot.presets) == 8
    with pytest.raises(NothingSaved):
        store.backup()
    store.close()
    store.close()
