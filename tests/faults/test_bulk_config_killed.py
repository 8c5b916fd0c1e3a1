"""`kill -9` in the middle of a bulk configuration: what was stored stays, and the lamps have it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from racelink_core.domain.address import Mac
from racelink_core.domain.node_options import NodeOption
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.store import Store
from tests.faults.plant import Plant, plant

_ROOT = Path(__file__).parents[2]
_KILLED_AFTER = (4, 9, 11)
"""Lines, so that it dies in the middle of a round."""
_FRESH = 75


def test_a_host_killed_while_it_configures_has_what_it_stored_and_no_more_than_the_lamps(tmp_path: Path) -> None:
    first = 1
    with plant() as lamps:
        for lines in _KILLED_AFTER:
            stored = lives_until(lines, tmp_path, lamps, first)
            store = Store.open(tmp_path, SystemClock())
            try:
                assert store.notices == ()
                kept = {mac: device.specials.get("wled_fps", 0) for mac, device in store.snapshot.devices.items()}
            finally:
                store.close()
            assert len(kept) == 7
            for mac, value in stored.items():
                assert kept[mac] >= value, "what was said to be stored is gone"
            taken = {mac: frame_rate(lamps, mac) for mac in kept}
            assert all(kept[mac] <= taken[mac] for mac in kept)
            ahead = [mac for mac in kept if kept[mac] != taken[mac]]
            assert len(ahead) <= _KILLED_AFTER.index(lines) + 1, "only what was on its way when it died"
            first = max(kept.values()) + 1


def frame_rate(lamps: Plant, mac: Mac) -> int:
    """0: nobody has set it."""
    value = lamps.simulation.nodes[mac].options.read(NodeOption.FRAME_RATE)
    assert value is not None
    return 0 if value[0] == _FRESH else value[0]


def lives_until(lines: int, directory: Path, lamps: Plant, first: int) -> dict[Mac, int]:
    """Starts a host, kills it after so many lines, and returns what it said."""
    command = [sys.executable, str(Path(__file__).with_name("host_configuring.py")), str(directory), lamps.path]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    host = subprocess.Popen([*command, str(first)], stdout=subprocess.PIPE, text=True, env=environment, cwd=_ROOT)
    assert host.stdout is not None
    said: dict[Mac, int] = {}
    try:
        for _ in range(lines):
            line = host.stdout.readline()
            assert line, "the host ended by itself"
            mac, value = line.split()
            said[Mac(mac)] = int(value)
    finally:
        host.kill()
        host.wait()
        host.stdout.close()
    return said
