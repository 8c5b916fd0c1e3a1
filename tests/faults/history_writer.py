"""Forks one writer of history after the other on a data directory and kills each with SIGKILL at a random moment.

`python history_writer.py DIRECTORY KILLS SEED` prints one line of JSON. As `store_writer.py`: the parent only forks,
sleeps and kills; every writer is a fresh fork that opens the history, checks what it finds, and writes until it dies.
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

from lives import one_life

from racelink_core.domain.history_record import HistoryRecord
from racelink_core.state.history_store import HistoryStore

_LIMIT_BYTES = 200_000


def main(directory: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    totals: dict = {"killed": 0, "written": 0, "failures": []}
    confirmed = 0
    for number in range(kills):
        confirmed = _one_life(directory, confirmed, totals, moments.uniform(0, 0.06), is_at_work=number % 2 == 1)
    confirmed = _one_life(directory, confirmed, totals, None)
    totals["written"] = confirmed
    print(json.dumps(totals))


def _one_life(
    directory: Path, confirmed: int, totals: dict, kill_after_s: float | None, *, is_at_work: bool = False
) -> int:
    """Returns the last id that the writer knew to be on the disk."""
    endless = kill_after_s is not None
    said = one_life(
        lambda report: _write(directory, confirmed, report, endless=endless),
        totals,
        kill_after_s,
        is_at_work=is_at_work,
    )
    return said[-1][1] if said else confirmed


def _write(directory: Path, confirmed: int, report: int, *, endless: bool) -> None:
    store = HistoryStore(directory, 60.0, lambda: _LIMIT_BYTES)
    if store.notices:
        raise AssertionError(f"help was needed: {store.notices}")
    ids = [record.id for record in store.page(before=None, limit=100_000)]
    if ids != list(range(ids[0], ids[0] - len(ids), -1)) if ids else False:
        raise AssertionError("there is a gap")
    if confirmed and (not ids or ids[0] < confirmed):
        raise AssertionError(f"confirmed was {confirmed}, found {ids[:1]}")
    if store.check() != "ok":
        raise AssertionError(store.check())
    while endless:
        last = 0
        for _ in range(10):
            last = store.add(
                lambda number: HistoryRecord(
                    id=number, ts=0, kind="sync", origin="test", status="sent", detail="x" * 300
                )
            )
        if not store.flush():
            raise AssertionError(f"not written: {store.notices}")
        os.write(report, f"written {last}\n".encode())
    store.close(5.0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
