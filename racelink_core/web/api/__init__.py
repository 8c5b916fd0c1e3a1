"""One module per resource; each offers `register(routes, host)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

Mode = Literal["embedded", "standalone"]
_RESOURCES = (
    "tasks",
    "gateways",
    "devices",
    "groups",
    "networks",
    "presets",
    "rl_presets",
    "scene_runs",
    "scenes",
    "scene_estimates",
    "scene_transfer",
    "settings",
    "startblock",
    "headless",
    "commands",
    "traffic",
    "recordings",
    "history",
    "healing",
    "race_bindings",
    "race_seats",
    "statistics",
    "imports",
    "configuration",
    "debug",
    "specials",
    "node_config",
    "reference",
    "events",
)


def parts(mode: Mode) -> Iterator[Callable[[Routes, Host], None]]:
    """What registers the API, a resource at a time: each is imported when it is its turn, for 2 to 20 ms."""
    from racelink_core.web.api import state

    yield lambda routes, host: state.register(routes, host, mode)
    for name in _RESOURCES:
        yield import_module(f"{__name__}.{name}").register


def whole_api(host: Host, mode: Mode, prefix: str = "") -> Routes:
    routes = Routes(prefix)
    for register in parts(mode):
        register(routes, host)
    return routes
