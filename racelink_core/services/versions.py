"""What is installed, for people who help from afar."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version

import racelink_core
from racelink_core.runtime.turns import Turns

PACKAGES = ("flask", "gevent", "greenlet", "pydantic", "pyserial", "werkzeug")
MISSING = "missing"


def versions() -> dict[str, str]:
    """By name: our own, Python's, every package's that is used, SQLite's, the system's."""
    found = {"racelink": racelink_core.__version__, "python": platform.python_version()}
    for package in Turns().between(PACKAGES):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = MISSING
    # Not `platform.platform()`, which starts a program to learn of the processor.
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return found | {"sqlite": sqlite3.sqlite_version, "system": system}
