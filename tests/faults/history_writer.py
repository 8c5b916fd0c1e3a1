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
import signal
import sys
from pathlib import Path

from racelink_core.domain.history_record import HistoryRecord
from racelink_core.state.history_store import HistoryStore

_LIMIT_BYTES = 200_000
_sleep = monkey.get_original("time", "sleep")


def main(directory: Path, kills: int, seed: int) -> None:
    moments = random.Random(seed)
    totals: dict = {"killed": 0, "written": 0, "failures": []}
    confirmed = 0
    for after_s in (*(moments.uniform(0, 0.06) for _ in range(kills)), None):
        confirmed = _one_life(directory, confirmed, totals, after_s)
    totals["written"] = confirmed
    print(json.dumps(totals))


def _one_life(directory: Path, confirmed: int, totals: dict, kill_after_s: float | None) -> int:
    """Returns the last id that the writer knew to be on the disk."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        try:
            _write(directory, confirmed, write_end, endless=kill_after_s is not None)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent reports it
            os.write(write_end, f"failed {type(error).__name__}: {error}\n".encode())
        os._exit(0)
    os.close(write_end)
    if kill_after_s is not None:
        _sleep(kill_after_s)
        os.kill(pid, signal.SIGKILL)
    said = b""
    while chunk := os.read(read_end, 65536):
        said += chunk
    os.close(read_end)
    _, status = os.waitpid(pid, 0)
    totals["killed"] += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    for line in said.decode().splitlines():
        if line.startswith("written "):
            confirmed = int(line.partition(" ")[2])
        else:
            totals["failures"].append(line)
    return confirmed


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
