"""Filling starting blocks, judged by what the simulated ones show."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.command import HeadlessCommand, StartblockCommand
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.startblock import SlotEntry, StartblockChoice
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.services.lanes import NothingConnected
from racelink_core.services.startblock import NothingToShow
from tests.services.blocks import COVERAGE, HEATS, HIGH, LAMPS, LOW, MIDDLE, OTHER, blocks, shown
from tests.services.rig import GATEWAY, OPERATOR, until
from tests.services.scenes import air_length, effect, on_air


def covered(mac: Mac) -> range:
    first, count = COVERAGE[mac]
    return range(first, first + count)


HEAT = (
    SlotEntry(slot=1, callsign="Jörg Müßig", channel="R1"),
    SlotEntry(slot=3, callsign="Zoé", channel="r3"),
    SlotEntry(slot=6, callsign="飛", channel="F"),
)
EMPTY = ("--", "")


def test_every_block_shows_its_own_slots(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.startblock.start(GroupsTarget(value=(HEATS,)), HEAT, OPERATOR)
        task = rig.finished()
        assert task.name == "startblock"
        assert (task.result["ok"], task.result["reason"]) == (True, None)
        # Slots 3 to 6 are on two blocks each.
        assert (task.result["expected"], task.result["acked"], len(task.result["slots"])) == (12, 12, 8)
        assert shown(rig, LOW) == {1: ("R1", "JOERG MUESSIG"), 2: EMPTY, 3: ("R3", "ZOE"), 4: EMPTY}
        assert shown(rig, MIDDLE) == {3: ("R3", "ZOE"), 4: EMPTY, 5: EMPTY, 6: ("F-", "")}
        assert shown(rig, HIGH) == {5: EMPTY, 6: ("F-", ""), 7: EMPTY, 8: EMPTY}


def test_one_block_gets_only_its_slots_and_no_other_block_is_asked(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.startblock.start(DeviceTarget(value=HIGH), HEAT, OPERATOR)
        result = rig.finished().result
        assert (result["expected"], result["acked"]) == (4, 4)
        assert [each["slot"] for each in result["slots"]] == [5, 6, 7, 8]
        assert shown(rig, HIGH)[6] == ("F-", "")
        assert shown(rig, LOW) == shown(rig, MIDDLE) == shown(rig, OTHER) == {}


def test_the_current_heat_comes_from_its_source_and_is_empty_without_one(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.startblock.heat = lambda: [SlotEntry(slot=1, callsign="Ann", channel="R7")]
        rig.host.startblock.start(DeviceTarget(value=LOW), None, OPERATOR)
        assert rig.finished().result["ok"]
        assert shown(rig, LOW)[1] == ("R7", "ANN")
        rig.host.startblock.heat = None
        rig.host.startblock.start(DeviceTarget(value=LOW), None, OPERATOR)
        rig.finished()
        assert shown(rig, LOW)[1] == EMPTY


def test_a_block_that_does_not_answer_is_missing_in_the_result(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.simulation.fault("deaf", MIDDLE, True)
        rig.host.startblock.start(GroupsTarget(value=(HEATS,)), HEAT, OPERATOR)
        result = rig.finished().result
        assert result["ok"] is False
        assert MIDDLE in result["reason"]
        assert result["acked"] < result["expected"]
        third = next(each for each in result["slots"] if each["slot"] == 3)
        assert (third["expected"], third["acked"], third["missing"]) == (2, 1, [MIDDLE])
        assert rig.host.store.readings.of(MIDDLE).link_error == "Missing reply (STREAM)"
        assert shown(rig, LOW)[3] == ("R3", "ZOE")
        assert shown(rig, HIGH)[6] == ("F-", "")


def test_a_block_that_is_known_as_offline_is_not_waited_for(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.simulation.fault("off", OTHER)
        rig.host.status.start((DeviceTarget(value=OTHER),), OPERATOR)
        rig.finished()
        result = rig.host.dispatcher.submit(StartblockCommand(target=DeviceTarget(value=OTHER)), OPERATOR)
        assert (result.status, result.packets_sent, dict(result.devices)) == (CommandStatus.SENT, 8, {})


def test_a_block_of_which_nothing_is_known_gets_the_time_to_answer(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.store.readings.update(LOW, online=None)
        command = StartblockCommand(target=DeviceTarget(value=LOW), params=StartblockChoice.of(HEAT))
        result = rig.host.dispatcher.submit(command, OPERATOR)
        assert (result.status, result.packets_sent) == (CommandStatus.ACKNOWLEDGED, 4)
        assert len(shown(rig, LOW)) == 4


def test_a_command_that_all_confirmed_is_acknowledged_and_in_the_history(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        command = StartblockCommand(target=DeviceTarget(value=LOW), params=StartblockChoice.of(HEAT))
        result = rig.host.dispatcher.submit(command, OPERATOR)
        assert result.status is CommandStatus.ACKNOWLEDGED
        assert result.devices == {LOW: CommandStatus.ACKNOWLEDGED}
        assert rig.host.history.records()[0].command == command


def test_a_command_that_somebody_did_not_confirm_is_not_ok(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.simulation.fault("deaf", LOW, True)
        result = rig.host.dispatcher.submit(StartblockCommand(target=DeviceTarget(value=LOW)), OPERATOR)
        assert (result.status, result.code, result.ok) == (CommandStatus.TIMED_OUT, "no_reply", False)
        assert result.devices == {LOW: CommandStatus.TIMED_OUT}


def test_with_five_percent_loss_what_is_called_confirmed_is_shown(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.simulation.fault("loss", "*", 0.05)
        others = {slot: [mac for mac in (LOW, HIGH, MIDDLE) if slot in covered(mac)] for slot in range(1, 9)}
        for number in range(4):
            heat = [SlotEntry(slot=slot, callsign=f"Pilot {number} {slot}", channel="R1") for slot in range(1, 9)]
            rig.host.startblock.start(BroadcastTarget(), heat, OPERATOR)
            result = rig.finished().result
            for each in result["slots"]:
                if each["expected"] == 1 + len(others[each["slot"]]) and not each["missing"] and each["slot"] <= 4:
                    assert shown(rig, OTHER)[each["slot"]] == ("R1", f"PILOT {number} {each['slot']}")
            assert result["ok"] is (result["acked"] == result["expected"])


def test_a_gateway_lost_in_the_middle_of_streaming_is_named(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.startblock.start(BroadcastTarget(), HEAT, OPERATOR)
        until(lambda: shown(rig, LOW), "the first slot")
        rig.simulation.fault("unplug", GATEWAY)
        result = rig.finished().result
        assert result["ok"] is False
        assert result["reason"]
        assert result["acked"] < result["expected"]
        assert result["slots"][-1]["error"]
        until(lambda: not rig.host.gateways.status().ready, "the loss")
        with pytest.raises(NothingConnected):
            rig.host.startblock.start(BroadcastTarget(), HEAT, OPERATOR)
        refused = rig.host.dispatcher.submit(StartblockCommand(target=BroadcastTarget()), OPERATOR)
        assert (refused.status, refused.code) == (CommandStatus.REJECTED, "unavailable")


def test_cancelling_ends_it_between_two_slots(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.startblock.start(BroadcastTarget(), HEAT, OPERATOR)
        until(lambda: shown(rig, LOW), "the first slot")
        rig.host.tasks.cancel()
        result = rig.finished().result
        assert result["ok"] is False
        assert result["slots"][-1]["error"] == "Cancelled before this slot was sent."
        assert shown(rig, HIGH) == {}


def test_while_a_race_is_about_to_start_no_stream_is_begun(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.tasks.pause(3600.0)
        command = StartblockCommand(target=DeviceTarget(value=LOW), params=StartblockChoice.of(HEAT))
        results: list[CommandResult] = []
        submitting = threading.Thread(target=lambda: results.append(rig.host.dispatcher.submit(command, OPERATOR)))
        submitting.start()
        submitting.join(0.2)
        assert (results, shown(rig, LOW)) == ([], {})
        rig.host.tasks.resume()
        submitting.join()
        assert results[0].status is CommandStatus.ACKNOWLEDGED


def test_a_host_that_stops_holds_back_no_stream(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        rig.host.tasks.pause(3600.0)
        command = StartblockCommand(target=DeviceTarget(value=LOW))
        submitting = threading.Thread(target=lambda: rig.host.dispatcher.submit(command, OPERATOR))
        submitting.start()
        rig.host.stop()
        submitting.join()
        assert shown(rig, LOW) == {}


def test_what_has_no_starting_block_is_refused_or_left_alone(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        with pytest.raises(NothingToShow) as refused:
            rig.host.startblock.start(DeviceTarget(value=LAMPS[0]), HEAT, OPERATOR)
        assert refused.value.code == "not_a_startblock"
        empty = rig.host.grouping.create("Nobody")
        with pytest.raises(NothingToShow) as refused:
            rig.host.startblock.start(GroupsTarget(value=(empty,)), HEAT, OPERATOR)
        assert refused.value.code == "no_startblock"
        result = rig.host.dispatcher.submit(StartblockCommand(target=GroupsTarget(value=(empty,))), OPERATOR)
        assert (result.status, result.packets_sent, result.code) == (CommandStatus.SENT, 0, "no_startblock")
        result = rig.host.dispatcher.submit(StartblockCommand(target=DeviceTarget(value=LAMPS[0])), OPERATOR)
        assert (result.status, result.code) == (CommandStatus.REJECTED, "not_a_startblock")


def test_a_headless_scene_is_shown_by_every_lamp_and_called_sent(tmp_path: Path) -> None:
    with blocks(tmp_path) as rig:
        result = rig.host.dispatcher.submit(HeadlessCommand(target=BroadcastTarget(), scene=1, brightness=77), OPERATOR)
        assert (result.status, result.packets_sent) == (CommandStatus.SENT, 1)
        until(lambda: all(node.lamp.look.color1 == (255, 0, 0) for node in rig.running.values()), "red everywhere")
        assert {node.lamp.brightness for node in rig.running.values()} == {77}


def test_lamps_are_not_asked_whether_they_follow_while_blocks_are_told(tmp_path: Path) -> None:
    """Their answers would drown the acknowledgements."""
    with blocks(tmp_path) as rig:
        begin = air_length(rig)
        assert rig.host.dispatcher.submit(effect(33), OPERATOR).ok
        command = StartblockCommand(target=GroupsTarget(value=(HEATS,)), params=StartblockChoice.of(HEAT))
        assert rig.host.dispatcher.submit(command, OPERATOR).ok

        def sent() -> list[Opcode]:
            return [opcode for opcode, _ in on_air(rig, begin)]

        until(lambda: Opcode.STATUS in sent(), "the question afterwards")
        streams = [number for number, opcode in enumerate(sent()) if opcode is Opcode.STREAM]
        assert len(streams) >= 12
        assert Opcode.STATUS not in sent()[: streams[-1]]
