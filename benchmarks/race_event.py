"""From a race event in the real RotorHazard to the first byte at the gateway's port.

Measured idle, during a status poll, and while a scene runs and 20 pages listen to live events.

Needs a checkout of RotorHazard and a Python with its requirements and RaceLink's:
ROTORHAZARD=/path/to/RotorHazard ROTORHAZARD_PYTHON=/path/to/venv/bin/python python -m benchmarks.race_event
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import spread
from benchmarks.simulated_fleet import simulated_ports

ROOT = Path(__file__).parent.parent
HTTP_PORT = 5061
PASSWORD = "benchmark"
PAGES = 20
LIMIT_S = 240.0


def prepare(data: Path, gateway: str, actions: list[dict[str, str]]) -> None:
    """A data directory as RotorHazard keeps it: our plugin, the probe, and a configuration with our bindings."""
    plugins = data / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "racelink_rh_plugin").symlink_to(ROOT / "racelink_rh_plugin")
    shutil.copytree(ROOT / "benchmarks" / "rotorhazard_probe", plugins / "rotorhazard_probe")
    configuration = {
        "SECRETS": {"ADMIN_USERNAME": "admin", "ADMIN_PASSWORD": PASSWORD},
        "GENERAL": {"HTTP_PORT": HTTP_PORT, "MOCK_NODES": 4, "MOCK_NODE_SIGNAL": 0},
        "PLUGINS": {"UPDATE_BEHAVIOR": "none"},
        "RACELINK": {"rl_comms_port": gateway},
        "USER": {"actions": json.dumps(actions)},
    }
    (data / "config.json").write_text(json.dumps(configuration))


@contextmanager
def rotorhazard(checkout: Path, python: str, data: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server, mock timing nodes included, until the block ends. `environment`: what the probe is told."""
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [python, "server.py", "--data", str(data)],
            cwd=checkout / "src" / "server",
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def measured(data: Path, server: subprocess.Popen[bytes]) -> dict[str, Any]:
    result = data / "probe.json"
    deadline_s = time.monotonic() + LIMIT_S
    while not result.exists():
        if server.poll() is not None or time.monotonic() > deadline_s:
            raise SystemExit(f"RotorHazard gave no result:\n{(data / 'server.log').read_text()[-2000:]}")
        time.sleep(0.2)
    content: dict[str, Any] = json.loads(result.read_text())
    if "error" in content:
        raise SystemExit(f"The probe failed: {content['error']}\n{(data / 'server.log').read_text()[-2000:]}")
    return content


@contextmanager
def pages(server: subprocess.Popen[bytes], data: Path) -> Iterator[None]:
    """Listen to live events until the block ends; the probe is told when all do."""
    url = f"http://admin:{PASSWORD}@127.0.0.1:{HTTP_PORT}/racelink/"
    deadline_s = time.monotonic() + LIMIT_S
    while server.poll() is None and time.monotonic() < deadline_s:
        with suppress(OSError), socket.create_connection(("127.0.0.1", HTTP_PORT), 1):
            break
        time.sleep(0.2)
    command = [sys.executable, "-m", "benchmarks.event_clients", url, str(PAGES), "0"]
    clients = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert clients.stdout is not None
        clients.stdout.readline()
        (data / "pages").touch()
        yield
    finally:
        heard = json.loads(clients.communicate("end\n", timeout=20)[0])
        print(f"  {PAGES} pages heard {heard['events']} events; {heard['dropped']} were dropped")


def main() -> None:
    checkout, python = os.environ.get("ROTORHAZARD"), os.environ.get("ROTORHAZARD_PYTHON")
    print("Race event to the first byte at the port, inside the real RotorHazard")
    if not checkout or not python:
        print("  left out: set ROTORHAZARD to a checkout and ROTORHAZARD_PYTHON to the Python that runs it")
        return
    actions = [
        {"event": "raceWin", "effect": "gcaction", "rl_action_preset": "preset:1", "rl_action_brightness": "200"}
    ]
    with TemporaryDirectory() as directory, simulated_ports("club-8.json", 1, "--settled") as (gateway,):
        data = Path(directory) / "data"
        prepare(data, gateway, actions)
        with rotorhazard(Path(checkout), python, data) as server:
            result = measured(data, server)
        (data / "probe.json").unlink()
        with rotorhazard(Path(checkout), python, data, RACELINK_PROBE_SHOW="1") as server, pages(server, data):
            result |= measured(data, server)
    for kind, callback_goal_ms, event_goal_ms in (("idle", 2.0, 5.0), ("traffic", 4.0, 8.0), ("show", 4.0, 8.0)):
        rows = result[kind]
        for name, key, goal_ms in (
            ("callback", "from_callback_free_ms", callback_goal_ms),
            ("event", "from_event_free_ms", event_goal_ms),
        ):
            for figure in spread(f"{kind}: from {name}, slot free", [row[key] for row in rows], "ms", goal_ms):
                print(figure)
        if kind != "idle":
            waited = [row["from_callback_ms"] for row in rows]
            for figure in spread(f"{kind}: from callback, waiting for the slot", waited, "ms"):
                print(figure)


if __name__ == "__main__":
    main()
