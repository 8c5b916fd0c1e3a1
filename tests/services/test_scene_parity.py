"""What a plan lists, what an estimate counts and what is heard on air is the same (spec scenes, 11)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.scene_planning import scene as generated_scene
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.scene import Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.startblock import is_startblock
from racelink_core.host import Host
from racelink_core.planning.scene.estimate import estimate
from racelink_core.planning.scene.plan import Conditions, ScenePlan
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.standalone.demo import settle
from tests.planning.scene.documents import DATA, SCENES, scene_and_fleet
from tests.services.rig import OPERATOR, Rig, until

SCENE_OPCODES = (Opcode.OFFSET, Opcode.CONTROL, Opcode.PRESET, Opcode.SYNC, Opcode.STREAM)
FREE = OffsetNotes(free=frozenset(range(255)))
Heard = dict[str, list[tuple[int, int]]]
"""Opcode and length of each packet on air, by network."""


@contextmanager
def settled_host(directory: Path, fleet: str, snapshot: Snapshot) -> Iterator[Rig]:
    """Knows its fleet and its presets; heals nobody. Starting blocks are off: what nobody confirms is sent once."""
    url = f"sim://{DATA / 'fleets' / fleet}.json"
    host = Host(HostConfiguration(data_directory=directory, gateways=(url,), speed=40.0))
    rig = Rig(host)
    settle(host)
    with host.store.transaction() as draft:
        draft.presets.update(snapshot.presets)
        draft.settings = draft.settings.model_copy(update={"healing": False})
    for device in filter(is_startblock, snapshot.devices.values()):
        rig.simulation.fault("off", device.mac)
    try:
        host.start()
        until(lambda: len(host.gateways.lanes()) == len(snapshot.networks), "every gateway")
        yield rig
    finally:
        host.stop()


def heard_of(rig: Rig, choreography: Choreography, key: str) -> Heard:
    """Plays it, and says what the gateways sent meanwhile; their own SYNCs and questions are left out."""
    gateways = {gateway.mac.radio_address: gateway for gateway in rig.simulation.simulation.gateways.values()}
    for lane in rig.host.gateways.lanes().values():
        lane.notes = FREE
    start = len(rig.simulation.simulation.air_log)
    run = rig.host.scene_runner.start(RunRequest(key, choreography, OPERATOR, None, is_draft=True))
    rig.host.scene_runner.wait(run)
    heard: Heard = {}
    for sent in list(rig.simulation.simulation.air_log)[start:]:
        packet = parse_radio(sent.raw)
        is_own_sync = packet.opcode == Opcode.SYNC and len(packet.body_bytes) == 4
        if packet.sender in gateways and packet.opcode in SCENE_OPCODES and not is_own_sync:
            network_id = gateways[packet.sender].network_id
            heard.setdefault(network_id, []).append((packet.opcode, len(sent.raw)))
    return heard


def listed_by(plan: ScenePlan) -> Heard:
    listed: Heard = {}
    for operation in plan.operations:
        for length in operation.packet.radio_lengths():
            listed.setdefault(operation.network_id, []).append((operation.packet.opcode, length))
    return listed


def require_parity(rig: Rig, choreography: Choreography, key: str) -> None:
    snapshot = rig.host.store.snapshot
    plan = plan_scene(choreography, snapshot, Conditions(notes=dict.fromkeys(snapshot.networks, FREE)))
    heard = heard_of(rig, choreography, key)
    assert heard == listed_by(plan), key
    total = estimate(plan, snapshot).total
    assert total.packets == sum(map(len, heard.values()))


@pytest.mark.parametrize("fleet", ["club-8", "venue-60", "festival-200"])
def test_sample_scenes_put_on_air_what_their_plan_lists(fleet: str, tmp_path: Path) -> None:
    scenes = [(path.stem, *scene_and_fleet(path)) for path in SCENES if f'"{fleet}"' in path.read_text()]
    with settled_host(tmp_path, fleet, scenes[0][2]) as rig:
        for key, choreography, _ in scenes:
            require_parity(rig, choreography, key)


def test_generated_scenes_put_on_air_what_their_plan_lists(tmp_path: Path) -> None:
    _, snapshot = scene_and_fleet(SCENES[8])
    chance = random.Random(5)
    with settled_host(tmp_path, "festival-200", snapshot) as rig:
        for number in range(6):
            require_parity(rig, generated_scene(chance, snapshot), f"generated {number}")
