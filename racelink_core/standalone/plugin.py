"""`racelink plugin`: builds what RotorHazard and its plugin database install, or links a checkout into RotorHazard."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from racelink_core.domain.errors import RaceLinkError
from racelink_core.standalone.plugin_release import write_release
from racelink_core.standalone.plugin_tree import (
    DOMAIN,
    PluginBuildError,
    checkout,
    write_archive,
    write_offline_archive,
    write_tree,
)
from racelink_core.standalone.plugin_wheels import download_wheels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="plugin_command", required=True, metavar="command")
    build = commands.add_parser("build", help="write the archive and the tree for RotorHazard's plugin database")
    build.add_argument("--out", type=Path, metavar="DIR", help="where to (dist in the checkout)")
    build.add_argument(
        "--wheels", type=Path, metavar="DIR", help="write the offline archive too, with the wheels in DIR"
    )
    wheels = commands.add_parser("wheels", help="fetch the wheels of the offline archive from the package registry")
    wheels.add_argument("--out", type=Path, metavar="DIR", help="where to (dist/wheels in the checkout)")
    release = commands.add_parser("release-tree", help="write what the tag of a release holds")
    release.add_argument("--out", type=Path, metavar="DIR", help="where to (dist/release in the checkout)")
    link = commands.add_parser("link", help="link this checkout into RotorHazard's data directory")
    link.add_argument("--rh-data", type=Path, required=True, metavar="DIR", help="RotorHazard's data directory")


def run(arguments: argparse.Namespace) -> int:
    """0 when done, 1 when it cannot be done; stderr says why."""
    try:
        _COMMANDS[arguments.plugin_command](checkout(), arguments)
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build_plugin(top: Path, out: Path, wheels: Path | None = None) -> None:
    """Writes `<out>/racelink_rh_plugin.zip` and `<out>/custom_plugins/racelink_rh_plugin/`, and with wheels
    `<out>/racelink_rh_plugin-offline.zip`. Raises PluginBuildError.
    """
    archive, tree, offline = out / f"{DOMAIN}.zip", out / "custom_plugins", out / f"{DOMAIN}-offline.zip"
    write_archive(top, archive)
    write_tree(top, tree)
    print(archive)
    print(tree / DOMAIN)
    if wheels is not None:
        write_offline_archive(top, wheels, offline)
        print(f"{offline} ({offline.stat().st_size / 1e6:.1f} MB)")


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


def _build(top: Path, arguments: argparse.Namespace) -> None:
    build_plugin(top, arguments.out or top / "dist", arguments.wheels)


def _wheels(top: Path, arguments: argparse.Namespace) -> None:
    folder = arguments.out or top / "dist" / "wheels"
    download_wheels(folder)
    print(folder)


def _release_tree(top: Path, arguments: argparse.Namespace) -> None:
    folder = arguments.out or top / "dist" / "release"
    write_release(top, folder)
    print(folder)


def _link(top: Path, arguments: argparse.Namespace) -> None:
    link_plugin(top, arguments.rh_data)


_COMMANDS: Mapping[str, Callable[[Path, argparse.Namespace], None]] = {
    "build": _build,
    "wheels": _wheels,
    "release-tree": _release_tree,
    "link": _link,
}
