"""The sample fleets and scenes."""

from __future__ import annotations

import json
from pathlib import Path

from racelink_core.domain.scene import Choreography
from racelink_core.domain.scene_reading import read_choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.sim.fleet_file import load_fleet

DATA = Path(__file__).parents[2] / "data"
SCENES = tuple(sorted((DATA / "scenes").glob("*.json")))


def scene_and_fleet(path: Path) -> tuple[Choreography, Snapshot]:
    document = json.loads(path.read_text(encoding="utf-8"))
    choreography = read_choreography(document["scene"], is_saving=True).choreography
    return choreography, load_fleet(DATA / "fleets" / f"{document['fleet']}.json").to_snapshot()
