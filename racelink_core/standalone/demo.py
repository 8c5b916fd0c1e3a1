"""`racelink demo`: everything against a simulated fleet, with a race that plays in a loop."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path

import racelink_core
from racelink_core.configuration import HostConfiguration, load_configuration
from racelink_core.domain.errors import RaceLinkError
from racelink_core.host import Host
from racelink_core.sim.fleet_file import Fleet
from racelink_core.sim.simulation import Simulation
from racelink_core.standalone.demo_race import DemoRace
from racelink_core.standalone.memory import spare_what_stays
from racelink_core.standalone.server import WebServer
from racelink_core.standalone.stopping import stop_signal
from racelink_core.state.draft import Draft

_SIMULATED_FLEET = "sim://demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fleet", type=Path, metavar="FILE", help="a fleet file (default: the one that comes along)")
    parser.add_argument("--port", type=int, help="port to listen on (5077; 0 takes a free one)")
    parser.add_argument("--speed", type=float, help="how much faster than life the fleet runs (1)")


def run(arguments: argparse.Namespace) -> int:
    """0 after a clean stop, 1 when it could not start, 2 when it was set up wrongly."""
    with stop_signal() as stopped, tempfile.TemporaryDirectory(prefix="racelink-demo-") as folder:
        try:
            configuration = load_configuration(
                {
                    "data_directory": Path(folder),
                    "gateways": [_SIMULATED_FLEET if arguments.fleet is None else f"sim://{arguments.fleet}"],
                    "host": "127.0.0.1",
                    "port": arguments.port,
                    "speed": arguments.speed,
                },
                os.environ,
            )
        except RaceLinkError as error:
            print(error, file=sys.stderr)
            return 2
        logging.basicConfig(level=logging.WARNING, format="%(levelname)-7s %(name)s: %(message)s")
        return play(configuration, stopped)


def play(configuration: HostConfiguration, stopped: threading.Event) -> int:
    """Runs until `stopped` is set; the first line that it prints is the page's address."""
    try:
        host = racelink_core.create_host(configuration)
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    server, race = WebServer(host, address=configuration.host, port=configuration.port), DemoRace(host)
    try:
        settle(host)
        server.start()
        print(server.url, flush=True)
        print("A simulated fleet plays a race. It pauses while you try something. Ctrl-C ends it.", flush=True)
        host.start()
        race.start()
        spare_what_stays()
        stopped.wait()
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        race.stop()
        host.stop()
        server.stop()
    return 0


def settle(host: Host) -> None:
    """As after a weekend of use: the host knows the simulated fleet, and the nodes are paired and grouped."""
    if host.simulation is None:
        return
    simulation = host.simulation.simulation
    with host.store.transaction() as draft:
        _fill(draft, simulation.fleet)
    _pair(simulation)


def _fill(draft: Draft, fleet: Fleet) -> None:
    """Nobody has read the lamps' own settings yet."""
    known = fleet.to_snapshot()
    draft.networks.clear()
    draft.networks.update(known.networks)
    draft.groups.update(known.groups)
    draft.devices.update({mac: device.model_copy(update={"specials": {}}) for mac, device in known.devices.items()})


def _pair(simulation: Simulation) -> None:
    masters = {gateway.network_id: gateway.mac.radio_address for gateway in simulation.gateways.values()}
    for device in simulation.fleet.devices:
        if device.online and device.mac in simulation.nodes:
            simulation.nodes[device.mac].settle(device.group_id, masters[device.network_id])
