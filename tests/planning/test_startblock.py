"""Which slots are filled, and how each stream is addressed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.command import HeadlessCommand, StartblockCommand
from racelink_core.domain.device import Device
from racelink_core.domain.group import GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.startblock import SlotEntry, StartblockChoice, covered_slots
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.planning.plan import plan
from racelink_core.planning.startblock import slot_streams
from racelink_core.protocol.bodies import Headless, Stream
from tests.planning.fleet import GATE, LOOSE, WALL, snapshot

LOW, HIGH, ALL, OTHER = (Mac(f"3C6105000B0{number}") for number in range(1, 5))


def block(mac: Mac, group_id: int, network_id: str | None, **specials: int) -> Device:
    return Device(mac=mac, name=mac, dev_type=50, group_id=GroupId(group_id), network_id=network_id, specials=specials)


def field() -> Snapshot:
    """Group 1, network a: slots 1..4, 5..8 and 3..4. Group 2, network b: all eight."""
    blocks = [
        block(LOW, 1, "a", startblock_slots=4, startblock_first_slot=1),
        block(HIGH, 1, "a", startblock_slots=4, startblock_first_slot=5),
        block(ALL, 1, "a", startblock_slots=2, startblock_first_slot=3),
        block(OTHER, 2, "b"),
    ]
    before = snapshot()
    return replace(before, devices={**before.devices, **{each.mac: each for each in blocks}})


@pytest.mark.parametrize(
    ("specials", "slots"),
    [
        ({}, range(1, 9)),
        ({"startblock_slots": 4}, range(1, 5)),
        ({"startblock_slots": 8, "startblock_first_slot": 6}, range(6, 9)),
        ({"startblock_first_slot": 8}, range(8, 9)),
        ({"startblock_slots": 99, "startblock_first_slot": -3}, range(1, 9)),
        ({"startblock_slots": 0}, range(1, 2)),
    ],
)
def test_a_block_covers_the_slots_that_it_is_set_to(specials: dict[str, int], slots: range) -> None:
    assert covered_slots(block(LOW, 1, "a", **specials)) == slots


def test_a_lamp_covers_no_slot() -> None:
    assert not covered_slots(snapshot().devices[GATE])


def test_a_slot_goes_to_every_block_that_shows_it() -> None:
    streams, degraded = slot_streams(GroupsTarget(value=(1,)), (), field())
    assert degraded == ()
    assert [stream.program.slot for stream in streams] == list(range(1, 9))
    assert [[device.mac for device in stream.devices] for stream in streams] == (
        [[LOW]] * 2 + [[LOW, ALL]] * 2 + [[HIGH]] * 4
    )


def test_each_network_gets_its_own_streams() -> None:
    streams, _ = slot_streams(BroadcastTarget(), (), field())
    assert len(streams) == 16
    assert {stream.network_id for stream in streams} == {"a", "b"}
    assert {stream.devices[0].mac for stream in streams if stream.network_id == "b"} == {OTHER}


def test_a_slot_without_a_pilot_is_sent_empty() -> None:
    entries = [SlotEntry(slot=5, callsign="Jörg", channel="r1")]
    streams, _ = slot_streams(DeviceTarget(value=HIGH), entries, field())
    assert [(each.program.slot, each.program.name, each.program.channel) for each in streams] == [
        (5, "JOERG", "R1"),
        (6, "", "--"),
        (7, "", "--"),
        (8, "", "--"),
    ]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (DeviceTarget(value=WALL), "not_a_startblock"),
        (DeviceTarget(value=Mac("AAAAAAAAAAAA")), "target_not_found"),
        (GroupsTarget(value=(3,)), "no_startblock"),
        (GroupsTarget(value=(9,)), "target_not_found"),
    ],
)
def test_what_cannot_be_filled_is_named(target: Target, code: str) -> None:
    streams, degraded = slot_streams(target, (), field())
    assert streams == ()
    assert [each.code for each in degraded] == [code]


def test_a_block_without_a_network_is_named() -> None:
    before = field()
    devices = {**before.devices, LOOSE: block(LOOSE, 1, None)}
    _, degraded = slot_streams(BroadcastTarget(), (), replace(before, devices=devices))
    assert [each.code for each in degraded] == ["device_without_network"]


def test_the_plan_of_a_command_is_its_streams() -> None:
    command = StartblockCommand(
        target=DeviceTarget(value=ALL),
        params=StartblockChoice(
            startblock_use_current_heat=False, startblock_slot_list=([2, "Zoé", "R3"], {"slot": 3})
        ),
    )
    operations = plan(command, field(), {}).operations
    payloads = [each.packet.body.payload for each in operations if isinstance(each.packet.body, Stream)]
    assert payloads == [b"\x01\x03R3\x03ZOE", b"\x01\x04--\x00"]


def test_the_current_heat_without_a_source_is_planned_empty() -> None:
    operations = plan(StartblockCommand(target=DeviceTarget(value=ALL)), field(), {}).operations
    assert [each.packet.body.to_bytes() for each in operations] == [b"\x01\x03--\x00", b"\x01\x04--\x00"]


@pytest.mark.parametrize(
    "slot_list", [[[8, "A"]], [[-1]], [[0], [0]], [["0"]], [[0, "A", "R1", "?"]], [[0, 7]], [[]], [3], "01"]
)
def test_a_slot_list_that_makes_no_sense_is_refused(slot_list: object) -> None:
    with pytest.raises(ValidationError):
        StartblockChoice.model_validate({"startblock_use_current_heat": False, "startblock_slot_list": slot_list})


def test_entries_survive_the_scene_format() -> None:
    entries = (SlotEntry(slot=1, callsign="A", channel="R1"), SlotEntry(slot=8, callsign="B"))
    choice = StartblockChoice.of(entries)
    assert StartblockChoice.model_validate_json(choice.model_dump_json()).entries == entries
    assert StartblockChoice.of(None).entries is None


def test_a_headless_scene_goes_to_all_at_once_and_to_a_group_one_by_one() -> None:
    [operation] = plan(HeadlessCommand(target=BroadcastTarget(), scene=1, brightness=90), snapshot(), {}).operations
    assert (operation.packet.receiver, operation.packet.body) == (BROADCAST, Headless(1, 90))
    operations = plan(HeadlessCommand(target=GroupsTarget(value=(1,)), scene=3), snapshot(), {}).operations
    assert [each.packet.receiver for each in operations] == [GATE.radio_address, WALL.radio_address]


def test_a_headless_scene_that_nobody_knows_is_named() -> None:
    found = plan(HeadlessCommand(target=BroadcastTarget(), scene=5), snapshot(), {})
    assert found.operations == ()
    assert found.degraded[0].code == "headless_scene_not_found"


@pytest.mark.parametrize(("wanted", "sent"), [(0, 100), (90, 90), (200, 100)])
def test_a_headless_scene_keeps_to_the_venue_s_limit(wanted: int, sent: int) -> None:
    command = HeadlessCommand(target=BroadcastTarget(), scene=1, brightness=wanted)
    [operation] = plan(command, snapshot(ceiling=100), {}).operations
    assert operation.packet.body == Headless(1, sent)
