"""The history may be lost; it never costs more than itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from racelink_core.state.history_database import FILE_NAME
from tests.faults.plant import problem
from tests.faults.test_host_storage import assert_lights_work
from tests.services.rig import running_host

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork, SIGKILL and RLIMIT_FSIZE")
_ROOT = Path(__file__).parents[2]


def _run(program: str, *arguments: object) -> str:
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(program)), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
    return finished.stdout.decode()


def test_a_hundred_kills_while_history_is_written_lose_nothing_that_was_written(tmp_path: Path) -> None:
    totals: dict[str, Any] = json.loads(_run("history_writer.py", tmp_path, 100, 7))
    assert totals["failures"] == []
    assert totals["killed"] == 100
    assert totals["written"] > 1000, "the writers hardly came to write"


def test_a_full_disk_costs_the_history_a_notice_and_nothing_else(tmp_path: Path) -> None:
    _run("history_on_full_disk.py", tmp_path / "racelink")


def test_a_history_of_garbage_is_named_and_the_lights_work(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no history" * 500)
    with running_host(tmp_path) as rig:
        assert "begun anew" in problem(rig.host, "history")
        assert_lights_work(rig)
        assert len(rig.host.history.page(kind="rl_effect")) == 1
