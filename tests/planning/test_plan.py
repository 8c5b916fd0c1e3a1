"""What is sent for each command."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    LocateCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.planning.plan import plan
from racelink_core.protocol.bodies import Control, Indicate, Offset, Preset, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from tests.planning.fleet import ALL_FREE, GATE, LOOSE, STAGE, WALL, snapshot

ON = PacketFlags.POWER_ON | PacketFlags.HAS_BRI
OFF = PacketFlags.HAS_BRI
GROUP_1, BOTH_GROUPS = GroupsTarget(value=(1,)), GroupsTarget(value=(2, 1))


def effect(target: Target = GROUP_1, override: FlagsOverride | None = None, **params: Any) -> RlEffectCommand:
    return RlEffectCommand(target=target, params=EffectParameters(**params), flags_override=override or FlagsOverride())


def only_packet(command: Command, **inputs: Any) -> RadioPacket:
    planned = plan(command, snapshot(), ALL_FREE, **inputs)
    assert not planned.degraded
    (operation,) = planned.operations
    return operation.packet


@pytest.mark.parametrize(
    ("params", "override", "flags"),
    [
        ({"brightness": 10}, {}, ON),
        ({"brightness": 0}, {}, OFF),
        ({"mode": 3}, {}, ON),
        ({"brightness": 1}, {"arm_on_sync": True}, ON | PacketFlags.ARM_ON_SYNC),
        ({"brightness": 1}, {"force_tt0": True, "force_reapply": True}, ON | 0x18),
        ({"brightness": 1}, {"offset_mode": True}, ON | PacketFlags.OFFSET_MODE),
        ({"brightness": 1}, {"arm_on_sync": False}, ON),
    ],
)
def test_flags_follow_from_the_choice_and_the_brightness(
    params: dict[str, Any], override: dict[str, bool], flags: int
) -> None:
    body = only_packet(effect(override=FlagsOverride(**override), **params)).body
    assert isinstance(body, Control)
    assert body.flags == flags


def test_an_rl_preset_brings_its_values_and_flags() -> None:
    packet = only_packet(RlPresetCommand(target=GROUP_1, params=RlPresetChoice(preset_id=7)))
    assert packet == RadioPacket(
        BROADCAST,
        Control(1, ON | PacketFlags.ARM_ON_SYNC | PacketFlags.FORCE_TT0, brightness=200, mode=23, color1=(255, 0, 0)),
    )


def test_the_commands_own_brightness_and_flags_go_before_those_of_the_preset() -> None:
    command = RlPresetCommand(
        target=GROUP_1,
        params=RlPresetChoice(preset_id=7, brightness=0),
        flags_override=FlagsOverride(arm_on_sync=False),
    )
    assert only_packet(command).body == Control(
        1, OFF | PacketFlags.FORCE_TT0, brightness=0, mode=23, color1=(255, 0, 0)
    )


def test_custom3_and_the_checks_are_sent_together_or_not_at_all() -> None:
    body = only_packet(effect(check2=True)).body
    assert body == Control(1, ON, custom3=0, check1=False, check2=True, check3=False)
    assert only_packet(effect(speed=1)).body == Control(1, ON, speed=1)


def test_a_device_is_addressed_with_its_stored_group() -> None:
    assert only_packet(effect(DeviceTarget(value=STAGE), mode=1)) == RadioPacket(
        STAGE.radio_address, Control(2, ON, mode=1)
    )


def test_groups_are_told_by_ascending_id_on_their_own_network_only() -> None:
    planned = plan(effect(BOTH_GROUPS, mode=1), snapshot(), ALL_FREE)
    assert [(each.network_ids, each.packet.body) for each in planned.operations] == [
        (("a",), Control(1, ON, mode=1)),
        (("b",), Control(2, ON, mode=1)),
    ]
    assert planned.packets("b") == (RadioPacket(BROADCAST, Control(2, ON, mode=1)),)


def test_a_broadcast_is_one_operation_for_every_network() -> None:
    (operation,) = plan(effect(BroadcastTarget(), mode=1), snapshot(), ALL_FREE).operations
    assert operation.network_ids == ("a", "b")
    assert operation.packet == RadioPacket(BROADCAST, Control(255, ON, mode=1))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (effect(GroupsTarget(value=(3,)), mode=1), "group_empty"),
        (effect(GroupsTarget(value=(9,)), mode=1), "target_not_found"),
        (effect(DeviceTarget(value=Mac("AAAAAAAAAAAA")), mode=1), "target_not_found"),
        (effect(DeviceTarget(value=LOOSE), mode=1), "device_without_network"),
        (RlPresetCommand(target=GROUP_1, params=RlPresetChoice(preset_id=99)), "preset_not_found"),
    ],
)
def test_what_cannot_be_done_is_named_and_sends_nothing(command: Command, code: str) -> None:
    planned = plan(command, snapshot(), ALL_FREE)
    assert planned.operations == ()
    assert [problem.code for problem in planned.degraded] == [code]


def test_the_groups_that_exist_are_told_although_another_does_not() -> None:
    planned = plan(effect(GroupsTarget(value=(1, 3)), mode=1), snapshot(), ALL_FREE)
    assert len(planned.operations) == 1
    assert [problem.code for problem in planned.degraded] == ["group_empty"]


def test_a_wled_preset_carries_its_brightness() -> None:
    command = WledPresetCommand(target=GROUP_1, params=WledPresetChoice(preset_id=12, brightness=40))
    assert only_packet(command).body == Preset(1, ON, 12, 40)


def test_each_network_is_synchronised_with_its_own_last_brightness() -> None:
    planned = plan(SyncCommand(), snapshot(), {}, {"b": 40})
    assert [(each.network_ids, each.packet.body) for each in planned.operations] == [
        (("a",), Sync(0, 128, SYNC_TRIGGER)),
        (("b",), Sync(0, 40, SYNC_TRIGGER)),
    ]


def test_locating_a_group_asks_each_member_because_indicators_know_no_groups() -> None:
    planned = plan(LocateCommand(target=GROUP_1, seconds=9), snapshot(), {})
    assert [each.packet for each in planned.operations] == [
        RadioPacket(mac.radio_address, Indicate(4, 9)) for mac in sorted((GATE, WALL))
    ]
    assert only_packet(LocateCommand(target=BroadcastTarget())) == RadioPacket(BROADCAST, Indicate(4, 5))


@pytest.mark.parametrize("target", [BroadcastTarget(), GROUP_1, DeviceTarget(value=GATE)])
def test_a_blackout_trusts_no_note(target: Target) -> None:
    bodies = [each.packet.body for each in plan(BlackoutCommand(target=target), snapshot(), ALL_FREE).operations]
    group = 255 if isinstance(target, BroadcastTarget) else 1
    assert bodies == [
        Offset(group, OffsetMode.NONE),
        Control(group, OFF | PacketFlags.FORCE_TT0, brightness=0),
    ]
    assert bodies == [each.packet.body for each in plan(BlackoutCommand(target=target), snapshot(), {}).operations]


@pytest.mark.parametrize("notes", [OffsetNotes(), OffsetNotes(in_offset=frozenset((1,)))])
def test_who_may_be_in_offset_mode_is_freed_first(notes: OffsetNotes) -> None:
    first, second = plan(effect(mode=1), snapshot(), {"a": notes}).operations
    assert first.packet == RadioPacket(BROADCAST, Offset(1, OffsetMode.NONE))
    assert second.packet.body == Control(1, ON, mode=1)


def test_a_group_is_freed_only_once() -> None:
    notes = OffsetNotes()
    for packet in plan(effect(mode=1), snapshot(), {"a": notes}).packets("a"):
        notes = notes.after(packet)
    assert len(plan(effect(mode=1), snapshot(), {"a": notes}).operations) == 1


def test_only_the_network_that_needs_it_is_freed() -> None:
    planned = plan(effect(BroadcastTarget(), mode=1), snapshot(), {"a": ALL_FREE["a"]})
    assert [each.network_ids for each in planned.operations] == [("b",), ("a", "b")]


def test_an_effect_for_offset_mode_frees_nobody() -> None:
    command = effect(override=FlagsOverride(offset_mode=True), mode=1)
    assert len(plan(command, snapshot(), {}).operations) == 1


TARGETS = st.one_of(
    st.just(BroadcastTarget()),
    st.builds(GroupsTarget, value=st.lists(st.integers(1, 5), min_size=1).map(tuple)),
    st.builds(DeviceTarget, value=st.sampled_from((GATE, WALL, STAGE, LOOSE))),
)
BYTES = st.integers(0, 255)
OPTIONAL_BYTES = st.none() | BYTES
COMMANDS = st.one_of(
    st.builds(
        RlEffectCommand,
        target=TARGETS,
        params=st.builds(
            EffectParameters, mode=OPTIONAL_BYTES, brightness=OPTIONAL_BYTES, check1=st.none() | st.booleans()
        ),
        flags_override=st.builds(FlagsOverride, offset_mode=st.none() | st.booleans()),
    ),
    st.builds(
        RlPresetCommand,
        target=TARGETS,
        params=st.builds(RlPresetChoice, presetId=st.sampled_from((7, 8)), brightness=OPTIONAL_BYTES),
    ),
    st.builds(
        WledPresetCommand,
        target=TARGETS,
        params=st.builds(WledPresetChoice, presetId=st.integers(1, 250), brightness=BYTES),
    ),
    st.builds(SyncCommand),
    st.builds(BlackoutCommand, target=TARGETS),
    st.builds(LocateCommand, target=TARGETS, seconds=BYTES),
)


@given(COMMANDS, st.integers(1, 255), BYTES)
@settings(max_examples=150, deadline=None)
def test_no_packet_is_brighter_than_the_venue_allows(command: Command, ceiling: int, sync_brightness: int) -> None:
    planned = plan(command, snapshot(ceiling), {}, {"a": sync_brightness})
    assert planned.operations or planned.degraded
    for operation in planned.operations:
        assert operation.packet.is_sendable
        assert set(operation.network_ids) <= {"a", "b"}
        assert (getattr(operation.packet.body, "brightness", None) or 0) <= ceiling


@given(COMMANDS)
@settings(max_examples=150, deadline=None)
def test_every_planned_packet_says_on_the_wire_what_was_planned(command: Command) -> None:
    for operation in plan(command, snapshot(), ALL_FREE).operations:
        frame = operation.packet.to_frame()
        assert RadioPacket.from_frame(frame[2:]) == operation.packet
