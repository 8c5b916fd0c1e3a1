"""What a race day leaves in RotorHazard: lines of ours in its log per race, and memory over two hundred races.

The double of the tests stands for the server, in a process of its own with the plugin in it; the gateway and its lamps
are another process behind a real pty. Something is bound to nearly every event of a recorded race.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from benchmarks.plugin_start import children, shared_fairly_kib
from benchmarks.simulated_fleet import simulated_ports

ROOT = Path(__file__).parent.parent
RACES = int(os.environ.get("RACES", "200"))
LOGGED = ("full_race_timed", "mock_signal_crossings", "aborted_in_staging")
REPEATED = "class_race_0"
WARM_UP_SHARE = 0.5
"""Of the races: what is bounded fills up meanwhile, such as the last 2000 frames and 1024 lights that were read."""


class Lines(logging.Handler):
    """Counts what RotorHazard would write down of ours at its default level."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def measure(data: Path, port: str) -> None:
    """In the fresh process: prints one line of JSON."""
    from gevent import monkey

    monkey.patch_all()
    from racelink_rh_plugin import initialize
    from tests.rotorhazard.double import RotorHazard
    from tests.rotorhazard.double.replay import replay
    from tests.rotorhazard.race_bindings import bind_everything
    from tests.rotorhazard.rig import Field, status_of, until

    Field().write_store(data)
    lines = Lines()
    logging.getLogger().setLevel(logging.INFO)
    for name in ("racelink_core", "racelink_rh_plugin"):
        logging.getLogger(name).addHandler(lines)
    server = RotorHazard(data, RACELINK={"rl_comms_port": port})
    said: dict[str, object] = {}
    with server.running(initialize):
        until(lambda: ": connected," in status_of(server), "the gateway")
        bind_everything(server)
        for scenario in LOGGED:
            lines.count = 0
            replay(server, scenario)
            server.events.settle()
            said[scenario] = lines.count
        memory_kib: list[int] = []
        objects: list[int] = []
        for _ in range(RACES):
            replay(server, REPEATED)
            server.events.settle()
            server.events.fired.clear()
            server.ui.messages.clear()
            gc.collect()
            memory_kib.append(shared_fairly_kib(os.getpid()) + sum(map(shared_fairly_kib, children())))
            objects.append(len(gc.get_objects()))
        said |= {
            "memory_kib": memory_kib,
            "objects": objects,
            "problems": [repr(each) for each in server.events.errors],
        }
    print(json.dumps(said))


def growth(values: list[int]) -> float:
    """From the first races after the warm-up to the last ones, as medians of a tenth of them all."""
    first, tenth = int(len(values) * WARM_UP_SHARE), max(1, len(values) // 10)
    return median(values[-tenth:]) - median(values[first : first + tenth])


def main() -> None:
    if sys.argv[1:]:
        measure(Path(sys.argv[1]), sys.argv[2])
        return
    began_s = time.monotonic()
    with TemporaryDirectory() as directory, simulated_ports("club-8.json", 1, "--settled") as (port,):
        command = [sys.executable, "-m", "benchmarks.race_day", directory, port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    said = json.loads(ended.stdout.splitlines()[-1])
    if said["problems"]:
        raise SystemExit(f"The plugin failed: {said['problems']}")
    print(f"A race day in the plugin ({time.monotonic() - began_s:.0f} s)")
    for scenario in LOGGED:
        print(Figure(f"lines in the log, {scenario}", said[scenario], "lines", 30))
    memory_kib = said["memory_kib"]
    print(Figure(f"memory after {len(memory_kib)} races, port process included", memory_kib[-1] / 1024, "MiB"))
    print(Figure("growth over the second half of them", growth(memory_kib) / 1024, "MiB", 0.5))
    print(Figure("the same in objects", growth(said["objects"]), "objects", 500))


if __name__ == "__main__":
    main()
