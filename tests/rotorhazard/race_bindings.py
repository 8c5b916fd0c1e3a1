"""A race day with something bound to nearly everything: RotorHazard's own event actions, and bindings of ours."""

from __future__ import annotations

from typing import Any

from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.stored_scenes import asked

ACTIONS = (
    "RACE_STAGE",
    "RACE_START",
    "RACE_FINISH",
    "RACE_STOP",
    "RACE_ABORT",
    "RACE_INITIAL_PASS",
    "RACE_PILOT_LEADING",
    "RACE_PILOT_DONE",
    "RACE_WIN",
    "LAPS_SAVE",
    "HEAT_SET",
)
OWN = ("RACE_STAGE_TONE", "RACE_LAP_RECORDED", "CROSSING_ENTER", "CROSSING_EXIT")


def bind_everything(server: RotorHazard, **action: str) -> None:
    """`action`: what the user touched in each event action."""
    for event in ACTIONS:
        server.bind(event, "gcaction", **action)
    for event in OWN:
        reaction: dict[str, Any] = {"kind": "rl_preset", "target": {"kind": "broadcast"}, "params": {"presetId": 1}}
        asked(server, "POST", "race/bindings", {"name": event, "event": event, "reaction": reaction})
