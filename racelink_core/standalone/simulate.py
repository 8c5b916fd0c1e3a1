"""`racelink simulate`: a simulated fleet behind pseudo terminals or TCP ports, for a host in another process."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.clock import ScaledClock, SystemClock
from racelink_core.sim.control import ControlServer
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.sim.pump import Pump
from racelink_core.sim.serve_tcp import TcpServer
from racelink_core.sim.simulation import Simulation
from racelink_core.standalone.stopping import stop_signal

MAX_SPEED = 1000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fleet", type=Path, required=True, metavar="FILE", help="JSON file with networks and devices")
    parser.add_argument("--settled", action="store_true", help="nodes start paired and in their groups")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="X", help="times as fast as life (1)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="makes chance repeatable (0)")
    parser.add_argument("--control", type=_port, metavar="PORT", help="serve state and faults on this loopback port")
    parser.add_argument("--tcp", type=_port, metavar="PORT", help="TCP ports from this one on, instead of terminals")


def run(arguments: argparse.Namespace) -> int:
    """0 after a clean stop, 1 when a port is taken, 2 when the fleet file cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
    with stop_signal() as stopped:
        try:
            fleet = load_fleet(arguments.fleet)
        except RaceLinkError as error:
            print(error, file=sys.stderr)
            return 2
        clock = SystemClock() if arguments.speed == 1.0 else ScaledClock(arguments.speed)
        simulation = Simulation(fleet, seed=arguments.seed, settled=arguments.settled)
        try:
            serve(Pump(simulation, clock), stopped, tcp_port=arguments.tcp, control_port=arguments.control)
        except OSError as error:
            print(f"A port cannot be opened: {error.strerror or error}.", file=sys.stderr)
            return 1
    return 0


def serve(pump: Pump, stopped: threading.Event, *, tcp_port: int | None, control_port: int | None) -> None:
    """Prints one address per gateway, in the order of the fleet file, and runs until `stopped` is set."""
    with ExitStack() as owned:
        addresses: list[str] = []
        for number, gateway in enumerate(pump.simulation.gateways.values()):
            if tcp_port is None:
                # Terminals exist on POSIX only; TCP works everywhere.
                from racelink_core.sim.serve_pty import PtyServer

                terminal = PtyServer(gateway, pump)
                owned.callback(terminal.stop)
                terminal.start()
                addresses.append(terminal.path)
            else:
                server = TcpServer(gateway, pump, tcp_port + number if tcp_port else 0)
                owned.callback(server.stop)
                server.start()
                addresses.append(server.url)
        if control_port is not None:
            control = ControlServer(pump, control_port)
            control.start()
            owned.callback(control.stop)
        owned.callback(pump.stop)
        pump.start()
        for address in addresses:
            print(address, flush=True)
        if control_port is not None:
            print(f"State and faults: {control.url}", file=sys.stderr, flush=True)
        stopped.wait()


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"expected a number above 0, at most {MAX_SPEED:g}")
    return speed


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("expected a port, 0 to 65535 (0 takes a free one)")
    return port
