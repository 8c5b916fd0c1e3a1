"""A store in a directory of its own, closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from racelink_core.domain.timings import Timings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.store import Store


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "racelink"


@pytest.fixture
def open_store(directory: Path) -> Iterator[Callable[[], Store]]:
    """Opens the store of `directory`; batches are only written on request or at the end."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(Store.open(directory, SystemClock(), Timings(reading_flush_s=3600)))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
