"""The history's own file: what is kept, paged, let go, and begun anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from racelink_core.domain.history_record import HistoryRecord
from racelink_core.state.history_database import FILE_NAME, SET_ASIDE_SUFFIX
from racelink_core.state.history_store import MOST_WAITING, HistoryStore

Opener = Callable[..., HistoryStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    stores: list[HistoryStore] = []

    def make(directory: Path | None = tmp_path, limit_bytes: int = 20 << 20) -> HistoryStore:
        stores.append(HistoryStore(directory, 60.0, lambda: limit_bytes))
        return stores[-1]

    yield make
    for store in stores:
        store.close(5.0)


def add(store: HistoryStore, count: int, *, kind: str = "sync", origin: str = "WebUI", detail: str = "") -> None:
    for _ in range(count):
        store.add(
            lambda number: HistoryRecord(
                id=number, ts=float(number), kind=kind, origin=origin, status="sent", detail=detail or None
            )
        )


def ids(store: HistoryStore, *, before: int | None = None, limit: int = 1000, **filters: str) -> list[int]:
    return [record.id for record in store.page(before=before, limit=limit, **filters)]


def test_records_are_read_newest_first_before_and_after_they_are_written(opened: Opener) -> None:
    store = opened()
    add(store, 5)
    assert ids(store) == [5, 4, 3, 2, 1]
    assert store.flush()
    add(store, 2)
    assert ids(store) == [7, 6, 5, 4, 3, 2, 1]
    assert ids(store, before=7, limit=3) == [6, 5, 4]
    assert ids(store, before=6, limit=2) == [5, 4]
    assert ids(store, before=1) == []


def test_a_record_is_what_was_added(opened: Opener) -> None:
    store = opened()
    record = HistoryRecord(
        id=1,
        ts=1.5,
        kind="rl_preset",
        origin="race event RACE_START",
        priority="race_event",
        target="Gates (group 1)",
        params={"presetId": 3, "brightness": None},
        status="failed",
        code="link_lost",
        detail="gone",
        packets_sent=2,
        duration_ms=51.3,
        devices={"sent": ("3C610555202E",)},
    )
    store.add(lambda number: record)
    store.flush()
    assert store.page(before=None, limit=1) == [record]


def test_paging_is_stable_while_records_arrive_and_are_written(opened: Opener) -> None:
    store = opened()
    add(store, 60)
    seen: list[int] = []
    cursor: int | None = None
    for step in range(7):
        page = ids(store, before=cursor, limit=10)
        seen += page
        cursor = seen[-1]
        add(store, 3)
        if step % 2:
            store.flush()
    assert seen == list(range(60, 0, -1))


def test_kind_and_origin_filter_both_what_waits_and_what_is_written(opened: Opener) -> None:
    store = opened()
    for origin in ("WebUI", "demo"):
        add(store, 2, kind="sync", origin=origin)
        add(store, 2, kind="task", origin=origin)
        store.flush()
    add(store, 1, kind="task", origin="demo")
    assert ids(store, kind="task") == [9, 8, 7, 4, 3]
    assert ids(store, origin="WebUI") == [4, 3, 2, 1]
    assert ids(store, kind="task", origin="demo", limit=2) == [9, 8]
    assert ids(store, kind="nothing") == []


def test_history_is_there_after_a_restart_and_counts_on(opened: Opener) -> None:
    store = opened()
    add(store, 3)
    store.close(5.0)
    again = opened()
    assert ids(again) == [3, 2, 1]
    assert again.add(lambda number: HistoryRecord(id=number, ts=0, kind="sync", origin="x", status="sent")) == 4
    assert again.notices == ()


def test_the_oldest_go_when_the_file_would_grow_beyond_its_limit(opened: Opener, tmp_path: Path) -> None:
    limit = 300_000
    store = opened(limit_bytes=limit)
    for _ in range(20):
        add(store, 100, detail="x" * 500)
        assert store.flush()
        assert (tmp_path / FILE_NAME).stat().st_size <= limit + 300_000
    kept = ids(store, limit=5000)
    assert kept[0] == 2000
    assert kept == list(range(2000, 2000 - len(kept), -1)), "there is a gap"
    assert 100 < len(kept) < 700
    store.close(5.0)
    assert (tmp_path / FILE_NAME).stat().st_size <= limit


def test_a_damaged_file_is_set_aside_at_start_with_a_notice(opened: Opener, tmp_path: Path) -> None:
    garbage = b"this is no database" * 500
    (tmp_path / FILE_NAME).write_bytes(garbage)
    store = opened()
    assert "begun anew" in store.notices[0]
    assert (tmp_path / (FILE_NAME + SET_ASIDE_SUFFIX)).read_bytes() == garbage
    add(store, 2)
    assert store.flush()
    assert ids(store) == [2, 1]


def test_a_history_of_a_newer_program_is_set_aside_whole(opened: Opener, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("PRAGMA user_version = 9999")
        database.execute("CREATE TABLE future (x)")
    database.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    store = opened()
    assert "9999" in store.notices[0]
    assert (tmp_path / (FILE_NAME + SET_ASIDE_SUFFIX)).read_bytes() == before


def test_damage_met_while_working_begins_a_new_file_and_loses_nothing_that_waits(
    opened: Opener, tmp_path: Path
) -> None:
    store = opened()
    add(store, 400, detail="x" * 500)
    store.close(5.0)
    path = tmp_path / FILE_NAME
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 100] = b"\xa5" * 100
    store = opened()
    if not store.notices:
        path.write_bytes(content)
    store.close(5.0)
    path.write_bytes(content)
    store = opened()
    add(store, 3, detail="after")
    store.flush()
    store.flush()
    assert [record.detail for record in store.page(before=None, limit=3)] == ["after"] * 3
    assert "begun anew" in store.notices[0]
    assert store.check() == "ok"


def test_only_the_last_damaged_file_is_kept(opened: Opener, tmp_path: Path) -> None:
    for text in (b"first" * 1000, b"second" * 1000):
        (tmp_path / FILE_NAME).write_bytes(text)
        opened().close(5.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, FILE_NAME + SET_ASIDE_SUFFIX]
    assert (tmp_path / (FILE_NAME + SET_ASIDE_SUFFIX)).read_bytes().startswith(b"second")


def test_where_no_file_can_be_had_the_history_is_kept_in_memory_with_a_notice(opened: Opener, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    store = opened()
    assert "not being saved" in store.notices[0]
    add(store, 2)
    assert store.flush()
    assert ids(store) == [2, 1]


def test_without_a_directory_everything_works_in_memory(opened: Opener) -> None:
    store = opened(None)
    add(store, 2)
    assert store.flush()
    assert ids(store) == [2, 1]
    assert store.notices == ()


def test_what_waits_for_a_refusing_disk_has_a_ceiling_and_the_newest_are_kept(opened: Opener) -> None:
    store = opened()
    add(store, MOST_WAITING + 10)
    assert store.dropped == 10
    assert ids(store, limit=1) == [MOST_WAITING + 10]
    assert ids(store, limit=MOST_WAITING + 10)[-1] == 11


def test_closing_twice_is_harmless(opened: Opener) -> None:
    store = opened()
    store.close(5.0)
    store.close(5.0)
