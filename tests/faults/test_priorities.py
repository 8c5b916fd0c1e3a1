"""Who goes first on the one gateway: judged by the order in which packets were on air."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.command import BlackoutCommand, RlEffectCommand, RlPresetChoice, RlPresetCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult
from racelink_core.domain.target import BroadcastTarget, GroupsTarget
from racelink_core.protocol.bodies import Control, GetDevices, Offset, SetGroup, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket, parse_radio
from racelink_core.runtime.radio_guard import RadioForbidden
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

EVERYONE = BroadcastTarget()
RACE = Origin("race event RACE_START", Priority.RACE_EVENT)
PANIC = Origin("blackout", Priority.BLACKOUT)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running_host(tmp_path) as rig:
        yield rig


def sent_by_host(rig: Rig, since: int = 0) -> list[tuple[Opcode, bytes]]:
    """Opcode and body of what the gateway sent, oldest first; `since` = packets on air to leave out."""
    packets = [parse_radio(sent.raw) for sent in rig.simulation.simulation.air_log[since:]]
    own = GATEWAY.radio_address
    return [(Opcode(packet.opcode), packet.body_bytes) for packet in packets if packet.sender == own]


def on_air(rig: Rig) -> int:
    return len(rig.simulation.simulation.air_log)


def effect(rig: Rig, brightness: int) -> CommandResult:
    command = RlEffectCommand(target=EVERYONE, params=EffectParameters(mode=0, brightness=brightness))
    return rig.host.dispatcher.submit(command, OPERATOR)


def dark(rig: Rig) -> bool:
    return all(node.lamp.brightness == 0 for node in rig.running.values())


def test_a_race_event_and_a_blackout_cut_into_a_discovery_which_loses_nothing(rig: Rig) -> None:
    start = on_air(rig)
    rig.simulation.fault("deaf", "*", True)
    rig.host.discovery.start(None, "Gates", origin=OPERATOR)
    question = (Opcode.DEVICES, GetDevices(0).to_bytes())
    until(lambda: question in sent_by_host(rig, start), "the discovery's question")
    preset = RlPresetCommand(target=EVERYONE, params=RlPresetChoice(preset_id=1, brightness=88))
    assert rig.host.dispatcher.submit(preset, RACE).ok
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC).ok
    rig.simulation.fault("deaf", "*", False)
    result = rig.finished().result
    assert (result["found"], result["assigned"], result["unconfirmed"], result["reason"]) == (7, 7, 0, None)
    opcodes = [opcode for opcode, _ in sent_by_host(rig, start) if opcode is not Opcode.SYNC]
    race = opcodes.index(Opcode.CONTROL)
    # Nothing of the discovery was sent before them but its question, and the question was asked again afterwards.
    assert set(opcodes[:race]) <= {Opcode.DEVICES, Opcode.OFFSET}
    assert opcodes[race : race + 3] == [Opcode.CONTROL, Opcode.OFFSET, Opcode.CONTROL]
    assert Opcode.DEVICES in opcodes[race + 3 :]
    assert {node.group_id for node in rig.running.values()} == {result["createdGroupId"]}


def test_a_blackout_overtakes_everything_that_operators_have_queued(rig: Rig) -> None:
    assert effect(rig, 10).ok
    start = on_air(rig)
    results: dict[int, CommandResult] = {}

    def shine(brightness: int) -> None:
        results[brightness] = effect(rig, brightness)

    senders = [threading.Thread(target=shine, args=(brightness,)) for brightness in range(101, 131)]
    for sender in senders:
        sender.start()
    until(lambda: results, "the first packet")
    done_before = len(results)
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC).ok
    sent = [packet for packet in sent_by_host(rig, start) if packet[0] in (Opcode.CONTROL, Opcode.OFFSET)]
    offset = sent.index((Opcode.OFFSET, Offset(255, OffsetMode.NONE).to_bytes()))
    assert offset <= done_before + 1
    assert sent[offset + 1][0] is Opcode.CONTROL
    for sender in senders:
        sender.join()
    assert len(results) == 30
    assert all(result.ok for result in results.values())


def test_a_blackout_reaches_nodes_that_are_armed_in_offset_mode(rig: Rig) -> None:
    rig.discover()
    lane = rig.host.gateways.lane("default")
    offset = Offset(1, OffsetMode.EXPLICIT, offset_ms=500)
    flags = PacketFlags.POWER_ON | PacketFlags.ARM_ON_SYNC | PacketFlags.HAS_BRI | PacketFlags.OFFSET_MODE
    armed = Control(1, flags, brightness=200, mode=9)
    outcomes = lane.send([RadioPacket(BROADCAST, offset), RadioPacket(BROADCAST, armed)], Priority.OPERATOR)
    assert all(outcome.ok for outcome in outcomes)
    until(lambda: all(node.lamp.armed for node in rig.running.values()), "armed nodes")
    assert lane.send([RadioPacket(BROADCAST, Sync(0, 200, SYNC_TRIGGER))], Priority.OPERATOR)[0].ok
    until(lambda: all(node.lamp.brightness == 200 for node in rig.running.values()), "fired nodes")
    assert all(node.lamp.active.mode is OffsetMode.EXPLICIT for node in rig.running.values())
    assert lane.send([RadioPacket(BROADCAST, armed)], Priority.OPERATOR)[0].ok
    until(lambda: all(node.lamp.armed for node in rig.running.values()), "nodes armed again")
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC).ok
    until(lambda: dark(rig), "darkness")
    assert lane.send([RadioPacket(BROADCAST, Sync(0, 200, SYNC_TRIGGER))], Priority.OPERATOR)[0].ok
    rig.host.clock.sleep(2.0)
    assert dark(rig)


def test_a_blackout_of_one_group_leaves_the_others_alone(rig: Rig) -> None:
    rig.discover()
    pit = list(rig.running)[:2]
    group_id = rig.assign(pit, "Pit wall")
    assert effect(rig, 90).ok
    until(lambda: {node.lamp.brightness for node in rig.running.values()} == {90}, "light")
    assert rig.host.dispatcher.submit(BlackoutCommand(target=GroupsTarget(value=(group_id,))), PANIC).ok
    until(lambda: all(rig.nodes[mac].lamp.brightness == 0 for mac in pit), "darkness")
    assert {node.lamp.brightness for mac, node in rig.running.items() if mac not in pit} == {90}


def test_nothing_is_sent_inside_a_store_transaction(rig: Rig) -> None:
    lane = rig.host.gateways.lane("default")
    session = lane.session
    assert session is not None
    packet = RadioPacket(BROADCAST, SetGroup(3))
    start = sent_by_host(rig)
    with rig.host.store.transaction():
        for attempt in (
            lambda: lane.send([packet], Priority.BLACKOUT),
            lambda: lane.send(lambda notes: [packet], Priority.BLACKOUT),
            lambda: session.send(packet),
        ):
            with pytest.raises(RadioForbidden, match="store transaction"):
                attempt()
        assert effect(rig, 5).code == "radio_forbidden"
    assert [sent for sent in sent_by_host(rig) if sent not in start and sent[0] is not Opcode.SYNC] == []
    assert lane.pending == 0
    assert effect(rig, 5).ok
