"""What the plugin costs RotorHazard's start, and the memory that it adds, its port process included.

Each round is a fresh process that has loaded what the server has, and finds the bytecode that its last start left
behind. With ROTORHAZARD_PYTHON it is the server's Python.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Figure, percentile

ROOT = Path(__file__).parent.parent
ROUNDS = 7
SETTLE_S = 3.0
LOADED_BY_SERVER = (
    "flask", "gevent.pywsgi", "requests", "socketio", "flask_socketio", "sqlalchemy.orm", "sqlite3", "serial", "csv",
    "zipfile", "concurrent.futures", "http.client", "logging.handlers", "statistics", "uuid", "multiprocessing",
)  # fmt: skip


def shared_fairly_kib(process: int) -> int:
    """Proportional set size: private memory, plus our part of what several processes share."""
    with open(f"/proc/{process}/smaps_rollup") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))


def children() -> list[int]:
    own = os.getpid()
    return [int(each) for each in Path(f"/proc/{own}/task/{own}/children").read_text().split()]


def measure(data: Path) -> None:
    """In the fresh process: prints one line of JSON."""
    from gevent import monkey

    monkey.patch_all()
    for name in LOADED_BY_SERVER:
        with contextlib.suppress(ImportError):  # another Python than the server's may lack some
            importlib.import_module(name)
    from tests.rotorhazard.double import RotorHazard

    (data / "plugins").mkdir()
    (data / "plugins" / "racelink_rh_plugin").symlink_to(ROOT / "racelink_rh_plugin")
    sys.path.insert(0, str(data))
    server = RotorHazard(data)
    with server.importable():
        before_kib = shared_fairly_kib(os.getpid())
        start_s, start_cpu_s = time.perf_counter(), time.process_time()
        plugin = importlib.import_module("plugins.racelink_rh_plugin")
        plugin.initialize(server.rhapi)
        ready_s, ready_cpu_s = time.perf_counter(), time.process_time()
        server.start()
        time.sleep(SETTLE_S)
        after_kib = shared_fairly_kib(os.getpid())
        ports_kib = sum(map(shared_fairly_kib, children()))
        problems = [repr(error) for error in server.events.errors]
        server.shut_down()
    said = {
        "start_ms": (ready_s - start_s) * 1e3,
        "start_cpu_ms": (ready_cpu_s - start_cpu_s) * 1e3,
        "own_mib": (after_kib - before_kib) / 1024,
        "ports_mib": ports_kib / 1024,
        "problems": problems,
    }
    print(json.dumps(said))


def _one_start(python: str, bytecode: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryDirectory() as directory:
        command = [python, "-m", "benchmarks.plugin_start", directory]
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    said: dict[str, Any] = json.loads(ended.stdout)
    if said["problems"]:
        raise SystemExit(f"The plugin failed: {said['problems']}")
    return said


def main() -> None:
    if sys.argv[1:]:
        measure(Path(sys.argv[1]))
        return
    python = os.environ.get("ROTORHAZARD_PYTHON", sys.executable)
    with TemporaryDirectory() as bytecode:
        _one_start(python, bytecode)
        rounds = [_one_start(python, bytecode) for _ in range(ROUNDS)]
    print("Start and memory of the plugin")
    start_ms = [each["start_ms"] for each in rounds]
    print(Figure(f"import and initialize(), p50 of {ROUNDS}", percentile(start_ms, 0.5), "ms", 200.0))
    print(Figure("of it processor time, p50", percentile([each["start_cpu_ms"] for each in rounds], 0.5), "ms"))
    added = [each["own_mib"] + each["ports_mib"] for each in rounds]
    print(Figure("memory added, port process included, p50", percentile(added, 0.5), "MiB", 45.0))
    print(Figure("of it the port process, p50", percentile([each["ports_mib"] for each in rounds], 0.5), "MiB"))


if __name__ == "__main__":
    main()
