"""`racelink doctor`: what is installed, which ports are there, who holds them, and does anything answer?"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import racelink_core
from racelink_core.configuration import HostConfiguration, load_configuration
from racelink_core.domain.errors import RaceLinkError
from racelink_core.services.versions import MISSING, versions
from racelink_core.standalone.port_holders import device_holders, tcp_listeners
from racelink_core.standalone.support_file import save_bundle

_DATABASE = "racelink.sqlite"
_LISTEN_S = 8.0
"""Long enough for a gateway that resets when its port opens."""

Report = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data directory to look at")
    parser.add_argument("--no-probe", action="store_true", help="open no port: a gateway may restart when it is opened")
    parser.add_argument("--gateway", action="append", metavar="URL", help="try only this gateway (repeatable)")
    parser.add_argument("--bundle", type=Path, metavar="FILE", help="only save the running RaceLink's support bundle")


def run(arguments: argparse.Namespace) -> int:
    """0 = nothing is wrong, 1 = something needs attention or no bundle was to be had, 2 = the settings are wrong."""
    try:
        configuration = load_configuration(
            {"data_directory": arguments.data, "gateways": arguments.gateway}, os.environ, None
        )
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.bundle is not None:
        return _bundle(configuration, arguments.bundle)
    report: Report = {
        "versions": versions(),
        "ports": ports(),
        "web_port": web_port(configuration.port),
        "data": data_directory(configuration.data_directory),
    }
    report |= {"gateways": None, "stalls": None} if arguments.no_probe else probe(configuration)
    report["problems"] = problems(report)
    print(json.dumps(report, indent=2) if arguments.json else "\n".join(as_text(report)))
    return 1 if report["problems"] else 0


def _bundle(configuration: HostConfiguration, file: Path) -> int:
    try:
        print(save_bundle(configuration, file))
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def ports() -> list[Report]:
    """Every serial port, with the processes that have it open."""
    from serial.tools.list_ports import comports

    holders = device_holders()
    return [
        {
            "path": port.device,
            "description": port.description,
            "usb_id": f"{port.vid:04X}:{port.pid:04X}" if port.vid is not None else None,
            "held_by": [str(holder) for holder in holders.get(os.path.realpath(port.device), ())],
            "may_open": os.access(port.device, os.R_OK | os.W_OK) if os.name == "posix" else True,
        }
        for port in sorted(comports(), key=lambda port: port.device)
    ]


def web_port(port: int) -> Report:
    return {"port": port, "held_by": [str(holder) for holder in tcp_listeners(port)]}


def data_directory(path: Path) -> Report:
    """Looks, and changes nothing."""
    database = path / _DATABASE
    report: Report = {"path": str(path), "exists": path.is_dir(), "database": "none yet", "free_mb": None}
    existing = next((folder for folder in (path, *path.parents) if folder.is_dir()), None)
    if existing is not None:
        report["free_mb"] = shutil.disk_usage(existing).free // 2**20
        report["may_write"] = os.access(existing, os.W_OK)
    if database.is_file():
        report["database"] = _database_state(database)
        report["database_kb"] = database.stat().st_size // 1024
    return report


def _database_state(database: Path) -> str:
    """The word sound, or what SQLite says."""
    try:
        connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=1.0)
        try:
            answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        return str(error)
    return "sound" if answer == "ok" else str(answer)


def probe(configuration: HostConfiguration) -> Report:
    """Searches for gateways as a host does, with a data directory of its own, and measures the hub meanwhile."""
    with tempfile.TemporaryDirectory(prefix="racelink-doctor-") as folder:
        host = racelink_core.create_host(configuration.model_copy(update={"data_directory": Path(folder)}))
        try:
            host.start()
            host.stall_monitor.reset()
            end_s = time.monotonic() + _LISTEN_S
            while time.monotonic() < end_s and not host.gateways.status().ready:
                time.sleep(0.1)
            time.sleep(2.0)
            status, stall_ms = host.gateways.status(), round(host.stall_monitor.reset() * 1000, 1)
        finally:
            host.stop()
    error = status.last_error
    return {
        "gateways": {
            "found": [
                {"mac": record.mac, "url": record.url, "state": record.state.name}
                for record in status.gateways
                if record.is_connected
            ],
            "last_error": None if error is None else {"code": error.code, "reason": error.reason},
        },
        "stalls": {"longest_ms": stall_ms},
    }


def problems(report: Mapping[str, Any]) -> list[str]:
    """What needs attention, each with what to do."""
    found = [
        f"{name} is not installed. Install RaceLink again." for name, v in report["versions"].items() if v == MISSING
    ]
    for port in report["ports"]:
        if not port["may_open"]:
            found.append(
                f"{port['path']} may not be opened by this user. On Linux, join the group dialout and log in again."
            )
    data = report["data"]
    if data["database"] not in ("none yet", "sound"):
        found.append(
            f"The database in {data['path']} is damaged ({data['database']}). "
            "RaceLink restores a backup at its next start."
        )
    if data["free_mb"] is not None and data["free_mb"] < 50:
        found.append(f"Only {data['free_mb']} MB are free for {data['path']}. Free some space.")
    gateways = report["gateways"]
    if gateways is not None and not gateways["found"]:
        reason = gateways["last_error"]["reason"] if gateways["last_error"] else "No port answered as a gateway."
        found.append(f"No gateway was found. {reason}")
    return found


def as_text(report: Mapping[str, Any]) -> list[str]:
    lines = ["Versions"]
    lines += [f"  {name:<10} {value}" for name, value in report["versions"].items()]
    lines += ["", "Serial ports"]
    for port in report["ports"]:
        lines.append(f"  {port['path']}  {port['description']}  {port['usb_id'] or ''}".rstrip())
        lines += [f"    held by {holder}" for holder in port["held_by"]]
    lines += [] if report["ports"] else ["  none"]
    web = report["web_port"]
    lines += ["", "Web", f"  port {web['port']}: {', '.join(web['held_by']) or 'free'}"]
    data = report["data"]
    lines += ["", "Data directory", f"  {data['path']}{'' if data['exists'] else ' (not created yet)'}"]
    lines += [f"  database: {data['database']}", f"  free: {data['free_mb']} MB"]
    if report["gateways"] is not None:
        lines += ["", "Gateways"]
        lines += [f"  {found['mac']} at {found['url']}: {found['state']}" for found in report["gateways"]["found"]]
        lines += [] if report["gateways"]["found"] else ["  none"]
        lines += ["", "Hub", f"  longest stall: {report['stalls']['longest_ms']} ms"]
    lines += ["", "Needs attention" if report["problems"] else "Nothing needs attention."]
    return lines + [f"  {problem}" for problem in report["problems"]]
