"""A small configuration that planning tests share."""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot

GATE, WALL, STAGE, LOOSE = (Mac(f"3C610500000{number}") for number in range(1, 5))
FREE = OffsetNotes(free=frozenset(range(255)))
ALL_FREE = {"a": FREE, "b": FREE}


def snapshot(ceiling: int = 255) -> Snapshot:
    """Network a: group 1 with GATE and WALL. Network b: group 2 with STAGE. Group 3 is empty, LOOSE has no network."""
    return Snapshot(
        devices={
            WALL: Device(mac=WALL, name="Wall", group_id=GroupId(1), network_id="a"),
            GATE: Device(mac=GATE, name="Gate", group_id=GroupId(1), network_id="a"),
            STAGE: Device(mac=STAGE, name="Stage", group_id=GroupId(2), network_id="b"),
            LOOSE: Device(mac=LOOSE, name="Loose"),
        },
        groups={
            GroupId(1): Group(id=GroupId(1), name="Gates", network_id="a"),
            GroupId(2): Group(id=GroupId(2), name="Stage", network_id="b"),
            GroupId(3): Group(id=GroupId(3), name="Nobody"),
        },
        networks={"a": Network(id="a", name="A"), "b": Network(id="b", name="B")},
        presets={
            7: RlPreset(
                id=7,
                key="red",
                label="Red",
                params=EffectParameters(mode=23, color1=(255, 0, 0), brightness=200),
                flags=EffectFlags(force_tt0=True, arm_on_sync=True),
            )
        },
        settings=Settings(brightness_ceiling=ceiling),
    )
