"""Serial ports that belong to RotorHazard's timing hardware: never opened or probed by us."""

from __future__ import annotations

from collections.abc import Collection

from racelink_core.links.port_process import ports_open_in_this_process

from .rotorhazard import RhApi


def rotorhazard_ports(rhapi: RhApi) -> Collection[str]:
    """Those in RotorHazard's configuration, and those that its process has open right now."""
    configured = rhapi.config.get("GENERAL", "SERIAL_PORTS") or ()
    if isinstance(configured, str):
        configured = [part.strip() for part in configured.split(",")]
    return {str(port) for port in configured if port} | ports_open_in_this_process()
