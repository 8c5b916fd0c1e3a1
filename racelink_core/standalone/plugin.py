"""`racelink plugin`: builds the archive that RotorHazard installs, or links a checkout into RotorHazard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from racelink_core.domain.errors import RaceLinkError
from racelink_core.standalone.plugin_tree import DOMAIN, PluginBuildError, checkout, write_archive, write_tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="plugin_command", required=True, metavar="command")
    build = commands.add_parser("build", help="write the archive and the tree for RotorHazard's plugin database")
    build.add_argument("--out", type=Path, metavar="DIR", help="where to (dist in the checkout)")
    link = commands.add_parser("link", help="link this checkout into RotorHazard's data directory")
    link.add_argument("--rh-data", type=Path, required=True, metavar="DIR", help="RotorHazard's data directory")


def run(arguments: argparse.Namespace) -> int:
    """0 when done, 1 when it cannot be done; stderr says why."""
    try:
        top = checkout()
        if arguments.plugin_command == "build":
            build_plugin(top, arguments.out or top / "dist")
        else:
            link_plugin(top, arguments.rh_data)
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def build_plugin(top: Path, out: Path) -> None:
    """Writes `<out>/racelink_rh_plugin.zip` and `<out>/custom_plugins/racelink_rh_plugin/`. Raises PluginBuildError."""
    archive, tree = out / f"{DOMAIN}.zip", out / "custom_plugins"
    write_archive(top, archive)
    write_tree(top, tree)
    print(archive)
    print(tree / DOMAIN)


def link_plugin(top: Path, data_directory: Path) -> None:
    """`<data directory>/plugins/racelink_rh_plugin` becomes a link to the checkout. Raises PluginBuildError."""
    if not data_directory.is_dir():
        raise PluginBuildError(f"{data_directory} is no folder. Name RotorHazard's data directory, such as ~/rh-data.")
    link, target = data_directory / "plugins" / DOMAIN, top / DOMAIN
    if link.is_symlink():
        if link.readlink().name != DOMAIN:
            raise PluginBuildError(f"{link} is a link to {link.readlink()}, which is not ours. Remove it first.")
        link.unlink()
    elif link.exists():
        raise PluginBuildError(
            f"{link} is an installed plugin. Delete it on RotorHazard's plugin page or by hand, then link again."
        )
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target, target_is_directory=True)
    print(f"{link} -> {target}")
    print("Restart RotorHazard to load it.")
