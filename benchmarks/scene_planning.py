"""What planning saves on air, and what it takes: sample scenes and 500 generated ones, for 200 devices."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.figures import Figure, percentile, spread
from benchmarks.simulated_fleet import FLEETS
from racelink_core.domain.scene import MAX_ACTIONS, Choreography
from racelink_core.domain.scene_reading import read_choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.scene.estimate import estimate
from racelink_core.planning.scene.plan import ON_PAPER, Conditions, PlanOptions
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.standalone.memory import spare_what_stays

GENERATED = 500
SCENES = FLEETS.parent / "scenes"
Document = dict[str, Any]


class Pieces:
    """How long planning computes between two turns that it gives to others."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began_s = clock()
        self.longest_s = 0.0

    def turn(self) -> None:
        now_s = self._clock()
        self.longest_s = max(self.longest_s, now_s - self._began_s)
        self._began_s = now_s


def main() -> None:
    samples = [sample(json.loads(path.read_text())) for path in sorted(SCENES.glob("*.json"))]
    chance = random.Random(1)
    snapshot = load_fleet(FLEETS / "festival-200.json").to_snapshot()
    generated = [(scene(chance, snapshot), snapshot) for _ in range(GENERATED)]
    spare_what_stays()  # as every host does once it runs
    for figure in planning_time(generated):
        print(figure)
    for name, scenes in (("sample scenes", samples), (f"{GENERATED} generated scenes", generated)):
        for figure in radio_time(name, scenes):
            print(figure)


def radio_time(name: str, scenes: list[tuple[Choreography, Snapshot]]) -> list[Figure]:
    naive_ms = plan_ms = 0.0
    for choreography, snapshot in scenes:
        naive = plan_scene(choreography, snapshot, ON_PAPER, PlanOptions(is_naive=True))
        naive_ms += estimate(naive, snapshot).total.radio_ms
        plan_ms += estimate(plan_scene(choreography, snapshot), snapshot).total.radio_ms
    return [
        Figure(f"{name}: time on air, naive", naive_ms / 1000, "s"),
        Figure(f"{name}: time on air, planned", plan_ms / 1000, "s"),
        Figure(f"{name}: planned of naive", plan_ms / naive_ms * 100, "%"),
    ]


def planning_time(scenes: list[tuple[Choreography, Snapshot]]) -> list[Figure]:
    """Of scenes with twenty actions; the first plan of each, nothing is warm."""
    full = [each for each in scenes if len(each[0].actions) == MAX_ACTIONS]
    took_ms, longest_ms = [], []
    for choreography, snapshot in full:
        pieces = Pieces()
        began_s = time.perf_counter()
        plan_scene(choreography, snapshot, Conditions(give_way=pieces.turn))
        took_ms.append((time.perf_counter() - began_s) * 1000)
        pieces.turn()
        longest_ms.append(pieces.longest_s * 1000)
    return [
        *spread("planning 20 actions for 200 devices", took_ms, "ms", goal_p99=20.0),
        Figure("longest piece without a turn for others, p99", percentile(longest_ms, 0.99), "ms", 5.0),
    ]


def sample(document: Document) -> tuple[Choreography, Snapshot]:
    snapshot = load_fleet(FLEETS / f"{document['fleet']}.json").to_snapshot()
    return read_choreography(document["scene"], is_saving=False).choreography, snapshot


def scene(chance: random.Random, snapshot: Snapshot) -> Choreography:
    """Half of them as long as a scene may be."""
    count = MAX_ACTIONS if chance.random() < 0.5 else chance.randint(1, MAX_ACTIONS)
    actions = [action(chance, snapshot) for _ in range(count)]
    return read_choreography({"actions": actions}, is_saving=False).choreography


def action(chance: random.Random, snapshot: Snapshot) -> Document:
    draw = chance.random()
    if draw < 0.12:
        return {"kind": "sync"}
    if draw < 0.27:
        return {"kind": "delay", "duration_ms": chance.choice((100, 500, 2000))}
    if draw < 0.52:
        return container(chance, snapshot)
    return light(chance, target(chance, snapshot))


def target(chance: random.Random, snapshot: Snapshot) -> Document:
    draw = chance.random()
    if draw < 0.2:
        return {"kind": "broadcast"}
    if draw < 0.3:
        return {"kind": "device", "value": chance.choice(list(snapshot.devices))}
    return groups(chance, snapshot)


def groups(chance: random.Random, snapshot: Snapshot) -> Document:
    network = chance.choice(list(snapshot.networks))
    of_network = [number for number, group in snapshot.groups.items() if group.network_id == network]
    ids = of_network if chance.random() < 0.3 else chance.sample(of_network, chance.randint(1, len(of_network)))
    return {"kind": "groups", "value": sorted(ids)}


def light(chance: random.Random, where: Document) -> Document:
    preset = chance.choice(list(range(8)))
    flags = {"arm_on_sync": True} if chance.random() < 0.4 else {}
    return {"kind": "rl_preset", "target": where, "params": {"presetId": preset}, "flags_override": flags}


def container(chance: random.Random, snapshot: Snapshot) -> Document:
    where = {"kind": "broadcast"} if chance.random() < 0.3 else groups(chance, snapshot)
    children = [light(chance, {"kind": "broadcast"}) for _ in range(chance.randint(1, 2))]
    return {"kind": "offset_group", "target": where, "offset": offset(chance, where), "actions": children}


def offset(chance: random.Random, where: Document) -> Document:
    line = {"base_ms": chance.choice((0, 0, -300)), "step_ms": chance.choice((50, 100, 200))}
    modes: list[Document] = [
        {"mode": "none"},
        {"mode": "linear", **line},
        {"mode": "vshape", **line, "center": chance.randint(1, 40)},
        {"mode": "modulo", **line, "cycle": chance.randint(2, 5)},
    ]
    if where["kind"] == "groups":
        values = [{"id": each, "offset_ms": chance.choice((0, 400, 800))} for each in where["value"]]
        modes.append({"mode": "explicit", "values": values})
    return chance.choice(modes)


if __name__ == "__main__":
    main()
