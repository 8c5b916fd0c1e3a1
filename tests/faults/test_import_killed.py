"""A pulled plug in the middle of an import: the store has all of it or nothing, and the next try finishes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from racelink_core.runtime.clock import SystemClock
from racelink_core.state.store import Store

_ROOT = Path(__file__).parents[2]
_DEADLINE_S = 30.0
_DEVICES = 1500


def command(source: Path, data: Path) -> list[str]:
    return [sys.executable, "-m", "racelink_core.cli", "import", str(source), "--data", str(data)]


@pytest.mark.parametrize("sign", ["racelink.lock", "racelink.sqlite", "backups", "backups/racelink-000002-*"])
def test_a_killed_import_is_whole_or_not_there(tmp_path: Path, sign: str) -> None:
    """Killed as soon as `sign` shows up in the data directory."""
    source, data = tmp_path / "state.json", tmp_path / "data"
    devices = [{"addr": f"AABBCC{number:06X}", "name": f"lamp {number}"} for number in range(_DEVICES)]
    source.write_text(json.dumps({"schema_version": 1, "devices": devices, "groups": [{"name": "All WLED Nodes"}]}))
    before = source.read_bytes()
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(command(source, data), stdout=subprocess.DEVNULL, cwd=tmp_path, env=environment) as killed:
        deadline = time.monotonic() + _DEADLINE_S
        while not list(data.glob(sign)) and killed.poll() is None:
            assert time.monotonic() < deadline, f"never came: {sign}"
            time.sleep(0.001)
        killed.send_signal(signal.SIGKILL)
        killed.wait(_DEADLINE_S)
    store = Store.open(data, SystemClock())
    assert len(store.snapshot.devices) in (0, _DEVICES)
    assert ("report" in store.older_documents) is bool(store.snapshot.devices)
    assert store.notices == ()
    store.close()
    again = subprocess.run(
        command(source, data),
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=True,
        cwd=tmp_path,
        env=environment,
    )
    assert str(_DEVICES) in again.stdout
    store = Store.open(data, SystemClock())
    assert len(store.snapshot.devices) == _DEVICES
    store.close()
    assert source.read_bytes() == before
