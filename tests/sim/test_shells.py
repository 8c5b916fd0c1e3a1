"""The simulation behind real ptys, real TCP and real HTTP, in real time, and as a program."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import tty
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.protocol.bodies import Control
from racelink_core.protocol.gateway_commands import Identify
from racelink_core.protocol.identity import find_identity
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.clock import ScaledClock, SystemClock
from racelink_core.sim.control import ControlServer
from racelink_core.sim.fleet_file import InvalidFleet, demo_fleet, load_fleet
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.pump import Pump
from racelink_core.sim.serve_pty import PtyServer
from racelink_core.sim.serve_tcp import TcpServer
from racelink_core.sim.simulation import Simulation
from tests.sim.bench import GATEWAY, fleet

SOON_S = 5.0
NODE_KEYS = [
    "mac",
    "network_id",
    "group_id",
    "master",
    "on",
    "brightness",
    "mode",
    "speed",
    "intensity",
    "palette",
    "colors",
    "preset_id",
    "offset_mode",
    "offset_ms",
    "offset_pending",
    "armed",
    "shown_since_ms",
    "voltage_mv",
]
AIR_KEYS = ["start_ms", "duration_ms", "network_id", "sender", "receiver", "opcode", "body", "heard_by"]


@pytest.fixture
def pump() -> Iterator[Pump]:
    pump = Pump(Simulation(fleet(3), settled=True, knobs=SimulationKnobs(boot_time_gateway_s=0.01)), SystemClock())
    pump.start()
    yield pump
    pump.stop()
    pump.stop()


def read_until_identity(descriptor: int) -> bytes:
    heard = b""
    deadline_s = time.monotonic() + SOON_S
    while find_identity(heard) is None and time.monotonic() < deadline_s:
        os.write(descriptor, Identify().to_frame())
        if select.select([descriptor], [], [], 0.2)[0]:
            heard += os.read(descriptor, 4096)
    return heard


def gateway_of(pump: Pump) -> Any:
    return next(iter(pump.simulation.gateways.values()))


def test_a_gateway_behind_a_pty_says_who_it_is_and_survives_unplugging(pump: Pump) -> None:
    server = PtyServer(gateway_of(pump), pump)
    server.start()
    path = server.path
    for _ in range(2):
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            tty.setraw(descriptor)
            identity = find_identity(read_until_identity(descriptor))
        finally:
            os.close(descriptor)
        assert identity is not None
        assert identity.mac == GATEWAY
        pump.run_to_now()
        pump.simulation.fault("unplug")
        time.sleep(0.05)
        pump.simulation.fault("replug")
        path = server.path
    server.stop()
    server.stop()


def test_a_gateway_behind_tcp_serves_one_host_at_a_time(pump: Pump) -> None:
    server = TcpServer(gateway_of(pump), pump)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as first:
        assert find_identity(read_until_identity(first.fileno())) is not None
        with socket.create_connection(("127.0.0.1", server.port)) as second:
            second.settimeout(SOON_S)
            assert second.recv(1) == b""
        pump.simulation.fault("unplug")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))
    server.stop()
    server.stop()


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=SOON_S) as answer:
        return json.load(answer)


def post(url: str, body: bytes) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=SOON_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_control_port_shows_nodes_and_air_and_takes_faults(pump: Pump) -> None:
    control = ControlServer(pump)
    control.start()
    before_ms = time.monotonic() * 1000
    pump.run_to_now()
    time.sleep(0.1)
    packet = RadioPacket(next(iter(pump.simulation.nodes.values())).address, Control(255, 5, brightness=9))
    gateway_of(pump).port.write(packet.to_frame())
    deadline_s = time.monotonic() + SOON_S
    while get(f"{control.url}/nodes")[0]["brightness"] != 9:
        assert time.monotonic() < deadline_s
    nodes, air = get(f"{control.url}/nodes"), get(f"{control.url}/air")
    assert [list(row) for row in nodes] == [NODE_KEYS] * 3
    assert all(list(row) == AIR_KEYS for row in air)
    assert before_ms < nodes[0]["shown_since_ms"] < time.monotonic() * 1000
    assert (air[-1]["opcode"], air[-1]["body"], air[-1]["sender"]) == (8, "ff050109", "5A0001")
    assert nodes[0]["mac"] in air[-1]["heard_by"]
    assert post(f"{control.url}/fault", b'{"kind": "off", "target": "*"}') == (200, {"ok": True})
    assert [row["on"] for row in get(f"{control.url}/nodes")] == [False] * 3
    for wrong in (b"{", b"[]", b'{"kind": 3}', b'{"kind": "melt"}', b'{"kind": "loss", "value": 2}', b'{"x": 1}'):
        status, answer = post(f"{control.url}/fault", wrong)
        assert status == 400
        assert answer["error"]
    control.stop()
    control.stop()


def test_every_row_is_served_once() -> None:
    pump = Pump(Simulation(fleet(120), settled=True), SystemClock())
    control = ControlServer(pump)
    control.start()
    assert [row["group_id"] for row in get(f"{control.url}/nodes")] == list(range(1, 121))
    control.stop()


def test_a_faster_clock_runs_the_simulation_faster() -> None:
    pump = Pump(Simulation(fleet(1)), ScaledClock(1000))
    pump.start()
    deadline_s = time.monotonic() + SOON_S
    while pump.simulation.engine.now_s < 60:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
    pump.stop()
    assert len(pump.simulation.air_log) >= 4


@pytest.mark.parametrize("more", [[], ["--tcp", "0"]])
def test_the_program_prints_one_address_per_gateway_and_ends_on_a_signal(shared_data: Path, more: list[str]) -> None:
    words = ["simulate", "--fleet", str(shared_data / "fleets" / "festival-200.json"), "--speed", "5", *more]
    with subprocess.Popen([sys.executable, "-m", "racelink_core.cli", *words], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        addresses = [program.stdout.readline().decode().strip() for _ in range(3)]
        program.send_signal(signal.SIGTERM)
        assert program.wait(SOON_S) == 0
    assert len(set(addresses)) == 3
    assert all(address.startswith("socket://127.0.0.1:" if more else "/dev/") for address in addresses)


def test_fleet_files_are_read_and_wrong_ones_explained(shared_data: Path, tmp_path: Path) -> None:
    for path in (shared_data / "fleets").glob("*.json"):
        assert load_fleet(path).devices
    assert len(demo_fleet().devices) == 12
    for text, said in (("{", "not JSON"), ("{}", "id"), ('{"id":"x","networks":[],"devices":[{"mac":"1"}]}', "mac")):
        (tmp_path / "wrong.json").write_text(text)
        with pytest.raises(InvalidFleet, match=said):
            load_fleet(tmp_path / "wrong.json")
    with pytest.raises(InvalidFleet, match="cannot be read"):
        load_fleet(tmp_path / "absent.json")
