"""The write loop is killed 200 times with SIGKILL. See store_writer.py for what each writer checks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import gevent
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
_ROOT = Path(__file__).parents[2]


def _run(mode: str, directory: Path, kills: int, seed: int) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("store_writer.py")), mode, str(directory), str(kills), str(seed)],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    totals: dict[str, Any] = json.loads(finished.stdout)
    return totals


def test_two_hundred_kills_in_a_write_loop_lose_nothing_that_was_confirmed(tmp_path: Path) -> None:
    writers = [gevent.spawn(_run, "loop", tmp_path / str(seed), 100, seed) for seed in (1, 2)]
    gevent.joinall(writers, raise_error=True)
    results = [writer.value for writer in writers]
    assert [result["failures"] for result in results] == [[], []]
    assert sum(result["killed"] for result in results) == 200
    assert sum(result["commits"] for result in results) > 50, "the writers hardly came to write"


def test_a_kill_during_the_very_first_start_leaves_nothing_half_made(tmp_path: Path) -> None:
    tmp_path.joinpath("places").mkdir()
    totals = _run("first_start", tmp_path / "places", 40, 3)
    assert totals["failures"] == []
    assert totals["killed"] == 40
    assert totals["opened"] >= 40
