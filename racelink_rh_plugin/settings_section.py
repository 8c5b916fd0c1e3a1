"""Our section of RotorHazard's config.json: read whenever it is needed, never written by us."""

from __future__ import annotations

from .rotorhazard import RhApi

SECTION = "RACELINK"
PORTS = "rl_comms_port"
SHOW_TAB = "rl_show_tab"


def register_section(rhapi: RhApi) -> None:
    """Has to happen in `initialize`: sections that nobody registered are deleted from the file at each start."""
    rhapi.config.register_section(SECTION)


def gateway_ports(rhapi: RhApi) -> tuple[str, ...]:
    """The ports that the operator named; none means search."""
    from racelink_core.links.url import parse_pins

    return parse_pins(rhapi.config.get(SECTION, PORTS) or "")


def shows_tab(rhapi: RhApi) -> bool:
    """On until switched off. RotorHazard stores a checkbox as bool or as "0" and "1", and answers False for nothing."""
    stored = rhapi.config.get_all.get(SECTION, {}).get(SHOW_TAB, True)
    return str(stored).lower() not in ("0", "false")


def credentials(rhapi: RhApi) -> tuple[str, str]:
    """RotorHazard's admin login; both empty means that RotorHazard is open."""
    user = rhapi.config.get("SECRETS", "ADMIN_USERNAME")
    password = rhapi.config.get("SECRETS", "ADMIN_PASSWORD")
    return str(user or ""), str(password or "")
