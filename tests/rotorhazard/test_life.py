"""Starting twice is harmless, and however the server ends, the gateway's port is free for the next one."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from racelink_core import cli
from racelink_core.sim.serve_pty import PtyServer
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.installation import command
from tests.rotorhazard.rig import Field, status_of, until

_DEADLINE_S = 60


@pytest.fixture
def terminal() -> Iterator[PtyServer]:
    field = Field()
    (gateway,) = field.simulation.gateways.values()
    terminal = PtyServer(gateway, field.pump)
    field.pump.start()
    terminal.start()
    yield terminal
    terminal.stop()
    field.pump.stop()


@pytest.mark.parametrize("way", ["interpreter exit", "SIGTERM", "SIGKILL"])
def test_a_server_that_ends_without_shutdown_frees_the_port(tmp_path: Path, terminal: PtyServer, way: str) -> None:
    """In a linked checkout, with the port process."""
    assert cli.main(["plugin", "link", "--rh-data", str(tmp_path)]) == 0
    with subprocess.Popen(
        command(tmp_path, "--stay", "--port", terminal.path),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == "connected\n"
        assert not is_free(terminal.path)
        if way == "interpreter exit":
            server.stdin.close()
        else:
            server.send_signal(getattr(signal, way))
        server.wait(_DEADLINE_S)
    until(lambda: is_free(terminal.path), "a free port")


def test_a_second_startup_and_a_third_shutdown_change_nothing(tmp_path: Path, terminal: PtyServer) -> None:
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": terminal.path}).running(initialize) as server:
        server.fire("STARTUP")
        until(lambda: ": connected," in status_of(server), "the gateway")
        for _ in range(3):
            server.shut_down()
        server.fire("RACE_START")
        server.fire("STARTUP")
        assert is_free(terminal.path), "what was stopped stays stopped"
    assert server.events.errors == []


def is_free(path: str) -> bool:
    try:
        serial.Serial(path, exclusive=True).close()
    except serial.SerialException:
        return False
    return True
