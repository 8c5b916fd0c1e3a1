"""Forks one writer after the other on a data directory and kills each with SIGKILL at a random moment.

`python store_writer.py {loop|first_start} DIRECTORY KILLS SEED` prints one line of JSON. This program only forks,
sleeps and kills, by the system's own calls and without a hub; every writer is a fresh fork that makes its own hub,
opens the store, checks what it finds and writes until it dies.

loop         all writers work on one directory; every second one is killed only when it has begun to write
first_start  each one gets an empty directory of its own and dies around its first start
"""

from __future__ import annotations

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all(os=False)

import json
import os
import random
import sys
from pathlib import Path

from gevent._hub_local import get_hub_if_exists as hub_of_this_thread
from lives import one_life

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.settings import Settings
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.entities import rows_of
from racelink_core.state.starter import starter_content
from racelink_core.state.store import Store

_DEVICES = 12


def main(mode: str, directory: Path, kills: int, seed: int) -> None:
    rows_of(starter_content(""))  # warms what every fork would have to build
    moments = random.Random(seed)
    totals = {"killed": 0, "commits": 0, "opened": 0, "failures": []}
    confirmed = 0
    for number in range(kills):
        place = directory / str(number) if mode == "first_start" else directory
        confirmed = 0 if mode == "first_start" else confirmed
        after_s = moments.uniform(0, 0.04) if mode == "first_start" else moments.uniform(0, 0.08)
        is_at_work = mode == "loop" and number % 2 == 1
        confirmed = _one_life(place, confirmed, totals, after_s, is_at_work=is_at_work)
        if mode == "first_start":
            _one_life(place, confirmed, totals, None)
    if mode == "loop":
        _one_life(directory, confirmed, totals, None)
    if hub_of_this_thread() is not None:
        raise AssertionError("the forks were to make their own hub")
    print(json.dumps(totals))


def _one_life(
    directory: Path, confirmed: int, totals: dict, kill_after_s: float | None, *, is_at_work: bool = False
) -> int:
    """One writer from start to death; None: it only opens, checks and closes. Returns what it confirmed last."""
    endless = kill_after_s is not None
    said = one_life(
        lambda report: _write(directory, confirmed, report, endless=endless),
        totals,
        kill_after_s,
        is_at_work=is_at_work,
    )
    totals["commits"] += sum(word == "commit" for word, _ in said)
    totals["opened"] += sum(word == "opened" for word, _ in said)
    return said[-1][1] if said else confirmed


def _write(directory: Path, confirmed: int, report: int, *, endless: bool) -> None:
    store = Store.open(directory, SystemClock())
    found = _number_in(store)
    if store.notices:
        raise AssertionError(f"help was needed: {store.notices}")
    if found not in (confirmed, confirmed + 1):
        raise AssertionError(f"confirmed was {confirmed}, found {found}")
    os.write(report, f"opened {found}\n".encode())
    while endless:
        found += 1
        with store.transaction() as draft:
            for tail in range(_DEVICES):
                mac = Mac(f"AABBCCDDEE{tail:02X}")
                draft.devices[mac] = Device(mac=mac, name=f"{found}")
            draft.settings = Settings(brightness_ceiling=1 + found % 255)
        os.write(report, f"commit {found}\n".encode())
        store.readings.update(Mac("AABBCCDDEE00"), voltage_mv=found)
        if found % 5 == 0:
            store.flush()
    store.close()


def _number_in(store: Store) -> int:
    """The number of the last transaction; every row of it must be there, and the first start's content."""
    snapshot = store.snapshot
    if len(snapshot.presets) != 8 or len(snapshot.networks) != 1:
        raise AssertionError("the first start is half-written")
    names = {device.name for device in snapshot.devices.values()}
    if not names and snapshot.settings == Settings():
        return 0
    number = int(next(iter(names)))
    if names != {f"{number}"} or len(snapshot.devices) != _DEVICES:
        raise AssertionError(f"half-written devices: {names}")
    if snapshot.settings.brightness_ceiling != 1 + number % 255:
        raise AssertionError("devices and settings are of different transactions")
    return number


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
