"""Scenes as an operator makes them on RaceLink's own page, beside RotorHazard's."""

from __future__ import annotations

from typing import Any

from tests.rotorhazard.double import RotorHazard

ALL = {"kind": "broadcast"}
NOWHERE = {"rl_comms_port": "/dev/racelink-is-not-here"}
"""A setting with which no gateway is found."""
GREEN_GO, RED_STOP, AMBER_CAUTION, BLUE_BREATHE = 1, 2, 3, 5
GREEN, RED, AMBER, BLUE = (0, 255, 0), (255, 0, 0), (255, 120, 0), (0, 60, 255)
A_MINUTE = {"kind": "delay", "duration_ms": 60_000}


def light(preset_id: int) -> dict[str, Any]:
    return {"kind": "rl_preset", "target": ALL, "params": {"presetId": preset_id}}


def asked(server: RotorHazard, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    answer = server.app.test_client().open(f"/racelink/api/{path}", method=method, json=body, auth=server.login)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def create_scene(server: RotorHazard, label: str, *actions: dict[str, Any]) -> str:
    """Its key."""
    key: str = asked(server, "POST", "scenes", {"label": label, "actions": list(actions)})["scene"]["key"]
    return key


def rename_scene(server: RotorHazard, key: str, label: str) -> None:
    asked(server, "PUT", f"scenes/{key}", {"label": label})


def delete_scene(server: RotorHazard, key: str) -> None:
    asked(server, "DELETE", f"scenes/{key}")


def running_scene(server: RotorHazard) -> str | None:
    """Its key."""
    current = asked(server, "GET", "scene-runs")["current"]
    return None if current is None else str(current["scene_key"])


def ended_runs(server: RotorHazard) -> list[tuple[str, str]]:
    """Key and how it ended, oldest first."""
    past = asked(server, "GET", "scene-runs")["past"]
    return [(run["scene_key"], run["status"]) for run in reversed(past)]
