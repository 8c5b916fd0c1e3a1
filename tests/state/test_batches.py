from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gevent
import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.domain.reading import NOTHING_HEARD, Acknowledgement
from racelink_core.domain.timings import Timings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.errors import StoreFull
from racelink_core.state.rows import RowChange
from racelink_core.state.store import Store

MAC = Mac("AABBCCDDEEFF")


def test_readings_are_kept_over_restarts_but_nobody_is_online_then(open_store: Callable[[], Store]) -> None:
    store = open_store()
    assert store.readings.of(MAC) is NOTHING_HEARD
    ack = Acknowledgement(ok=True, opcode=2, status=0, at_s=1.5)
    store.readings.update(MAC, online=True, voltage_mv=7900, last_seen_s=12.5, last_ack=ack)
    store.close()
    reading = open_store().readings.of(MAC)
    assert (reading.online, reading.voltage_mv, reading.last_seen_s, reading.last_ack) == (None, 7900, 12.5, ack)


def test_listeners_hear_of_readings_that_changed(store: Store) -> None:
    heard: list[Mac] = []
    unsubscribe = store.readings.subscribe(heard.append)
    store.readings.update(MAC, voltage_mv=5)
    store.readings.update(MAC, voltage_mv=5)
    store.readings.forget(MAC)
    store.readings.forget(MAC)
    assert heard == [MAC, MAC]
    unsubscribe()
    store.readings.update(MAC, voltage_mv=6)
    assert len(heard) == 2


def test_a_removed_device_takes_its_reading_along(open_store: Callable[[], Store]) -> None:
    store = open_store()
    with store.transaction() as draft:
        draft.devices[MAC] = Device(mac=MAC, name="Gate")
    store.readings.update(MAC, voltage_mv=5)
    store.flush()
    with store.transaction() as draft:
        del draft.devices[MAC]
    assert store.readings.all() == {}
    store.close()
    assert open_store().readings.all() == {}


def test_many_readings_become_one_batch(store: Store) -> None:
    batches: list[int] = []
    write = store._batches._write

    def count(rows: list[RowChange], durable: bool) -> None:
        batches.append(len(rows))
        write(rows, durable)

    store._batches._write = count  # type: ignore[assignment]
    for number in range(200):
        store.readings.update(Mac(f"AABBCCDD{number:04X}"), voltage_mv=number)
        store.readings.update(Mac(f"AABBCCDD{number:04X}"), voltage_mv=number + 1)
    store.flush()
    store.flush()
    assert batches == [200]


def test_batches_are_written_by_themselves(directory: Path) -> None:
    store = Store.open(directory, SystemClock(), Timings(reading_flush_s=0.01))
    written = gevent.event.Event()
    write = store._batches._write

    def tell(rows: list[RowChange], durable: bool) -> None:
        write(rows, durable)
        written.set()

    store._batches._write = tell  # type: ignore[assignment]
    store.readings.update(MAC, voltage_mv=5)
    assert written.wait(10)
    store.close()


def test_a_batch_that_fails_is_said_and_tried_again(open_store: Callable[[], Store]) -> None:
    store = open_store()
    write = store._batches._write

    def fail(rows: list[RowChange], durable: bool) -> None:
        raise StoreFull("the disk")

    store._batches._write = fail  # type: ignore[assignment]
    store.readings.update(MAC, voltage_mv=5)
    store.set_offset_notes("default", OffsetNotes(in_offset=frozenset({1})))
    with pytest.raises(StoreFull):
        store.flush()
    assert "not being saved" in store.notices[0]
    store._batches._write = write
    store.flush()
    assert store.notices == ()
    store.close()
    assert open_store().readings.of(MAC).voltage_mv == 5


def test_offset_notes_are_kept_over_a_clean_restart(open_store: Callable[[], Store]) -> None:
    notes = OffsetNotes(in_offset=frozenset({1, 2}), free=frozenset({3, 4}))
    store = open_store()
    assert store.offset_notes("default") == NOTHING_KNOWN
    store.set_offset_notes("default", notes)
    store.close()
    store = open_store()
    assert store.offset_notes("default") == notes
    store.close()
    assert open_store().offset_notes("default") == notes


def test_after_a_crash_no_group_is_believed_to_be_out_of_offset_mode(open_store: Callable[[], Store]) -> None:
    store = open_store()
    store.set_offset_notes("default", OffsetNotes(in_offset=frozenset({1}), free=frozenset({3, 4})))
    store.close()
    store = open_store()
    urgent = gevent.event.Event()
    write = store._batches._write

    def tell(rows: list[RowChange], durable: bool) -> None:
        write(rows, durable)
        urgent.set()

    store._batches._write = tell  # type: ignore[assignment]
    store.set_offset_notes("default", OffsetNotes(in_offset=frozenset({1, 3}), free=frozenset({4})))
    assert urgent.wait(10), "notes of the last run must be replaced at once, not with the next batch"
    store._batches._write = lambda rows, durable: None  # the crash: nothing more reaches the disk
    store.close()
    assert open_store().offset_notes("default") == OffsetNotes(in_offset=frozenset({1, 3}))
