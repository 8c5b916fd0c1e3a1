"""The state behind the recorded events: who flies where, in which colour (spec rotorhazard, section 2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

READY, RACING, DONE, STAGING = range(4)
SEAT_COLOURS = (0x0022FF, 0xFF5500, 0x00FF22, 0x222222)
CHANNELS = (("R", 1, 5658), ("R", 3, 5732), ("R", 6, 5843), ("R", 7, 5880))


@dataclass
class Pilot:
    """A row of the table."""

    id: int
    callsign: str
    color: str | None
    team: str = "A"

    @property
    def display_callsign(self) -> str:
        return self.callsign


@dataclass
class RaceClass:
    id: int
    name: str

    @property
    def display_name(self) -> str:
        return self.name or f"Class {self.id}"


@dataclass
class Heat:
    id: int
    class_id: int | None = None


@dataclass
class SavedRace:
    id: int
    heat_id: int
    class_id: int | None = None


def recorded_pilots() -> dict[int, Pilot]:
    """The colours are not those of their seats, so that a test can tell them apart."""
    return {
        1: Pilot(1, "Alpha", "#3700ff"),
        2: Pilot(2, "Bravo", "#ff0059"),
        3: Pilot(3, "Charlie", "#00ff4d"),
    }


class RaceAPI:
    """Heat 1 is chosen: pilots 1 to 3 on the first seats, the last one is empty. Replaced, not updated, by `follow`."""

    def __init__(self) -> None:
        self.status = READY
        self.slots = len(SEAT_COLOURS)
        self.heat: int | None = 1
        self.pilots: dict[int, int | None] = {0: 1, 1: 2, 2: 3, 3: None}
        self.teams: dict[int, str | None] = {0: "A", 1: "A", 2: "A", 3: None}
        self.seat_colors = list(SEAT_COLOURS)
        self.race_leader_pilot_id = 0
        self.laps_raw: list[list[dict[str, Any]]] = [[] for _ in SEAT_COLOURS]
        self.frequencyset = _frequencies()

    def follow(self, event: str, args: Mapping[str, Any], status: int) -> None:
        """What the server changes before it fires this event. `event`: the constant's name."""
        self.status = status
        if event == "RACE_STAGE":
            self.seat_colors = list(args["race_node_colors"])
        if event in ("RACE_STAGE", "HEAT_SET"):
            self._choose(args["heat_id"])
        if event in ("RACE_STAGE", "LAPS_CLEAR"):
            self.race_leader_pilot_id, self.laps_raw = 0, [[] for _ in SEAT_COLOURS]
        if event == "RACE_LAP_RECORDED":
            laps = [list(each) for each in self.laps_raw]
            laps[args["node_index"]].append({"lap_number": args["lap"].lap_number})
            self.laps_raw = laps
        if event == "RACE_PILOT_LEADING":
            self.race_leader_pilot_id = args["pilot_id"]

    def _choose(self, heat_id: int | None) -> None:
        is_practice = heat_id is None
        self.heat = heat_id
        self.pilots = {} if is_practice else {0: 1, 1: 2, 2: 3, 3: None}
        self.teams = {} if is_practice else {0: "A", 1: "A", 2: "A", 3: None}


def _frequencies() -> Any:
    bands, channels, frequencies = zip(*CHANNELS, strict=True)
    return SimpleNamespace(frequencies=json.dumps({"b": bands, "c": channels, "f": frequencies}))
