from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.scope import Change
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.errors import StoreFull
from racelink_core.state.store import Store

_ROOT = Path(__file__).parents[2]


def _add_devices(store: Store, number_of_devices: int) -> None:
    with store.transaction() as draft:
        for number in range(number_of_devices):
            mac = Mac(f"AABBCCDD{number:04X}")
            draft.devices[mac] = Device(mac=mac, name=f"{number:064d}")


def test_on_a_full_disk_nothing_changes_until_there_is_room_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "racelink", SystemClock())
    heard: list[Change] = []
    store.subscribe(heard.append)
    _add_devices(store, 1)
    before = store.snapshot
    heard.clear()
    pages = store._pool.run(lambda: store._database.connection.execute("PRAGMA page_count").fetchone()[0])
    limit = "PRAGMA max_page_count = {:d}".format
    store._pool.run(store._database.connection.execute, limit(pages))
    for _ in range(3):
        with pytest.raises(StoreFull, match="Free some space"):
            _add_devices(store, 200)
    assert store.snapshot is before
    assert heard == []
    store._pool.run(store._database.connection.execute, limit(1 << 30))
    _add_devices(store, 200)
    store.close()
    reopened = Store.open(tmp_path / "racelink", SystemClock())
    assert reopened.snapshot == store.snapshot
    assert reopened.notices == ()
    reopened.close()


@pytest.mark.skipif(os.name != "posix", reason="needs RLIMIT_FSIZE")
def test_a_write_that_the_system_refuses_changes_nothing(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("file_size_limit.py")), str(tmp_path / "racelink")],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
