"""What stands in the way of a gateway is named in the panel, and a change of ports takes effect at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import racelink_rh_plugin.plugin
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.timings import Timings
from racelink_core.host import Host, create_host
from racelink_core.protocol.identity import identity_text
from racelink_core.sim.serve_pty import PtyServer
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import Field, status_of, until

QUICK = Timings(open_settle_s=0.02, identify_attempt_s=0.1, identify_attempts=2, state_report_s=0.1)
_HOLD = "import serial, sys; port = serial.Serial(sys.argv[1], exclusive=True); print('held', flush=True); input()"


@pytest.fixture
def quick_timings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too short for a real gateway, which is still booting when its port opens."""

    def create(configuration: HostConfiguration, **options: Any) -> Host:
        return create_host(configuration.model_copy(update={"timings": QUICK}), **options)

    monkeypatch.setattr(racelink_rh_plugin.plugin, "create_host", create)


def test_a_port_that_another_process_holds_is_named(tmp_path: Path) -> None:
    field = Field()
    (gateway,) = field.simulation.gateways.values()
    terminal = PtyServer(gateway, field.pump)
    field.pump.start()
    terminal.start()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, terminal.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        panel_says(tmp_path, terminal.path, terminal.path, "another program")
    finally:
        holder.communicate("\n")
        terminal.stop()
        field.pump.stop()


@pytest.mark.usefixtures("quick_timings")
def test_a_device_that_is_not_a_gateway_is_named(tmp_path: Path) -> None:
    with far_end(lambda data: b"") as url:
        panel_says(tmp_path, url, "No RaceLink gateway answered")


@pytest.mark.usefixtures("quick_timings")
def test_a_gateway_of_another_protocol_version_is_named(tmp_path: Path) -> None:
    identity = identity_text(Mac("F412FA5A0001"), version=3)
    with far_end(lambda data: identity) as url:
        panel_says(tmp_path, url, "RaceLink_Gateway_v3", "firmware")


def test_a_port_that_the_operator_changes_is_used_at_once(tmp_path: Path) -> None:
    field = Field()
    with field.switched_on(), running(tmp_path, "/dev/racelink-is-not-here") as server:
        until(lambda: "racelink-is-not-here" in status_of(server), "the wrong port in the panel")
        server.change_config("RACELINK", "rl_comms_port", f" {field.gateway.url} ,")
        until(lambda: ": connected," in status_of(server), f"the gateway; instead: {status_of(server)}")
        until(lambda: "racelink-is-not-here" not in status_of(server), "the wrong port forgotten")


def running(directory: Path, ports: str) -> AbstractContextManager[RotorHazard]:
    return RotorHazard(directory, RACELINK={"rl_comms_port": ports}).running(initialize)


def panel_says(directory: Path, ports: str, *texts: str) -> None:
    with running(directory, ports) as server:
        until(lambda: all(text in status_of(server) for text in texts), str(texts))
        server.bind("RACE_START", "gcaction")
        server.fire("RACE_START")
        assert server.events.errors == []


@contextmanager
def far_end(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A TCP port that answers as told to whatever it is sent."""
    listening = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connections.append(connection)
                while data := connection.recv(100):
                    connection.sendall(answer(data))

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    try:
        yield f"socket://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()
        for connection in connections:
            connection.close()
        serving.join(5.0)
