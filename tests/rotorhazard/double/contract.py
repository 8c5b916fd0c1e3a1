"""The recorded contract: names, signatures and constants of the API, and the recorded events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[2] / "data"
_API: dict[str, Any] = json.loads((_DATA / "rhapi-1.4.json").read_text(encoding="utf-8"))
_EVENTS: dict[str, Any] = json.loads((_DATA / "rh-events.json").read_text(encoding="utf-8"))

EVENT_NAMES: dict[str, str] = _API["plugin_modules"]["eventmanager"]["Evt"]["constants"]
FIELD_TYPES: dict[str, str] = _API["plugin_modules"]["RHUI"]["UIFieldType"]["enum"]
TOP_LEVEL: dict[str, Any] = _API["rhapi"]["top_level"]


def members_of(sub_api: str) -> dict[str, dict[str, Any]]:
    """Every method and property of `rhapi.<sub_api>`."""
    members: dict[str, dict[str, Any]] = _API["rhapi"]["sub_apis"][sub_api]["members"]
    return members


def importable(module: str, name: str) -> dict[str, Any]:
    """A class that a plugin may import from one of the server's modules."""
    described: dict[str, Any] = _API["plugin_modules"][module][name]
    return described


def recorded_events(scenario: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = _EVENTS["sequences"][scenario]["events"]
    return events


def payload_sample(name: str) -> Any:
    return _EVENTS["payload_samples"][name]
