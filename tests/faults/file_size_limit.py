"""Runs into a real write failure: the system stops every file at its present size (RLIMIT_FSIZE).

`python file_size_limit.py DIRECTORY`; ends with 0 when the store behaved. A process of its own, because the limit
holds for a whole process.
"""

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all()

import resource
import sys
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.settings import Settings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.errors import StoreError
from racelink_core.state.store import Store


def _big_change(store: Store) -> None:
    with store.transaction() as draft:
        for number in range(200):
            mac = Mac(f"AABBCCDD{number:04X}")
            draft.devices[mac] = Device(mac=mac, name=f"{number:064d}")


def main(directory: Path) -> None:
    store = Store.open(directory, SystemClock())
    with store.transaction() as draft:
        draft.settings = Settings(brightness_ceiling=50)
    before = store.snapshot
    largest = max(path.stat().st_size for path in directory.glob("racelink.sqlite*"))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 5000, unlimited[1]))
    for _ in range(3):
        with pytest.raises(StoreError, match="nothing was changed"):
            _big_change(store)
        assert store.snapshot is before
    store.readings.update(Mac("AABBCCDD0000"), voltage_mv=5)
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    _big_change(store)
    store.close()
    reopened = Store.open(directory, SystemClock())
    assert reopened.snapshot == store.snapshot
    assert reopened.notices == ()
    reopened.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
