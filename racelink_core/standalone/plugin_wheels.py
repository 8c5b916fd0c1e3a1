"""The wheels of the offline archive: which ones, for which Pythons and machines, and how they are fetched.

pydantic and what it needs is all that RotorHazard does not bring. The versions are those that make do with the oldest
`typing_extensions`, which RotorHazard's own Python has already and which comes before ours.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from racelink_core.standalone.plugin_tree import PluginBuildError

PINS = ("pydantic==2.11.10", "annotated-types==0.7.0", "typing-extensions==4.15.0", "typing-inspection==0.4.2")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PLATFORMS = ("manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "manylinux_2_17_armv7l", "win_amd64")
"""PC, Raspberry Pi with 64 and with 32 bit, Windows."""
_PATIENCE_S = 600.0


def download_wheels(folder: Path) -> None:
    """`folder` holds nothing but the wheels afterwards. Needs internet. Raises PluginBuildError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.whl"):
        stale.unlink()
    for python, platform in product(PYTHONS, PLATFORMS):
        print(f"Python {python} on {platform}", flush=True)
        _pip(_download(python, platform, folder))


def _download(python: str, platform: str, folder: Path) -> Iterator[str]:
    yield from ("download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:")
    yield from ("--python-version", python, "--implementation", "cp", "--platform", platform)
    yield from ("--dest", str(folder), *PINS)


def _pip(arguments: Iterator[str]) -> None:
    command = [sys.executable, "-m", "pip", *arguments]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise PluginBuildError(
            f"pip was not done after {_PATIENCE_S:.0f} s. Is the package registry reached?"
        ) from error
    if ended.returncode:
        raise PluginBuildError(f"pip could not fetch the wheels: {ended.stderr.strip()}")
