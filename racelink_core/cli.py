"""The `racelink` program: chooses a subcommand and runs it.

gevent patches the standard library before anything else is imported (design 3.6); each subcommand's
module is imported only when it is chosen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast


class Subcommand(Protocol):
    """What each module in `standalone/` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


SUBCOMMANDS = {
    "serve": "run the host with its web page, for gateways on this computer or on the network",
    "demo": "run everything against a simulated fleet and play a race",
    "simulate": "run a simulated fleet behind pseudo terminals or TCP",
    "plugin": "build and link the RotorHazard plugin",
    "doctor": "show what is installed, which ports are there and who holds them",
    "import": "take over what an older RaceLink stored",
    "scene": "show what a scene sends, and what it costs on air",
    "wire": "decode frames and check wire vectors",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 also after Ctrl-C and SIGTERM."""
    from gevent import monkey

    monkey.patch_all()
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if word in SUBCOMMANDS), None)
    arguments = _parser(chosen).parse_args(words)
    try:
        return _subcommand(arguments.subcommand).run(arguments)
    except KeyboardInterrupt:
        return 0


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Only the chosen subcommand is imported, so that each starts fast and none needs the others."""
    from racelink_core import __version__

    parser = argparse.ArgumentParser(prog="racelink", description="Lights that tell the story of a drone race.")
    parser.add_argument("--version", action="version", version=f"racelink {__version__}")
    subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar="subcommand")
    for name, purpose in SUBCOMMANDS.items():
        subparser = subparsers.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
        if name == chosen:
            _subcommand(name).add_arguments(subparser)
    return parser


def _subcommand(name: str) -> Subcommand:
    module = "import_older" if name == "import" else name
    return cast(Subcommand, import_module(f"racelink_core.standalone.{module}"))


if __name__ == "__main__":
    sys.exit(main())
