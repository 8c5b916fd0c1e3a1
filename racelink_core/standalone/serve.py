"""`racelink serve`: the host with its web page, for real gateways."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

import racelink_core
from racelink_core.configuration import HostConfiguration, load_configuration, older_home
from racelink_core.domain.errors import RaceLinkError
from racelink_core.standalone.memory import spare_what_stays
from racelink_core.standalone.server import WebServer, require_login
from racelink_core.standalone.stopping import stop_signal

_LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (127.0.0.1; others need a password or a token)")
    parser.add_argument("--port", type=int, help="port to listen on (5077; 0 takes a free one)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where everything is stored")
    parser.add_argument(
        "--gateway",
        action="append",
        metavar="URL",
        help="a gateway: /dev/ttyUSB0, COM3, serial://…, socket://host:port, rfc2217://host:port (repeatable; "
        "default: every port that answers)",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="JSON file with settings")
    parser.add_argument("--log-level", metavar="LEVEL", help="DEBUG, INFO, WARNING or ERROR")
    parser.add_argument("--open-browser", action="store_true", help="open the page in this computer's browser")
    parser.add_argument("--version", action="version", version=f"racelink {racelink_core.__version__}")


def run(arguments: argparse.Namespace) -> int:
    """0 after a clean stop, 1 when it could not start, 2 when it was set up wrongly."""
    with stop_signal() as stopped:
        try:
            configuration = load_configuration(_values(arguments), os.environ, arguments.config)
            if configuration.home is None:
                configuration = configuration.model_copy(update={"home": older_home(os.environ)})
            require_login(configuration.host, configuration.token, configuration.password)
        except RaceLinkError as error:
            print(error, file=sys.stderr)
            return 2
        logging.basicConfig(level=configuration.log_level, format=_LOG_FORMAT)
        return serve(configuration, stopped, open_browser=arguments.open_browser)


def serve(configuration: HostConfiguration, stopped: threading.Event, *, open_browser: bool = False) -> int:
    """Runs until `stopped` is set."""
    try:
        host = racelink_core.create_host(configuration)
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    server = WebServer(
        host,
        address=configuration.host,
        port=configuration.port,
        token=configuration.token,
        password=configuration.password,
    )
    try:
        server.start()
        host.start()
        spare_what_stays()
        print(f"RaceLink is at {server.url}  (Ctrl-C ends it)", flush=True)
        if open_browser:
            webbrowser.open(server.url)
        stopped.wait()
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        host.stop()
        server.stop()
    return 0


def _values(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "host": arguments.host,
        "port": arguments.port,
        "data_directory": arguments.data,
        "gateways": arguments.gateway,
        "log_level": arguments.log_level,
    }
