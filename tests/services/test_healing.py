"""Lamps that missed a command show it in the end, without anybody sending it again. The simulated lamps judge."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.command import (
    BlackoutCommand,
    LocateCommand,
    RlEffectCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.domain.timings import Timings
from racelink_core.planning.airtime_budget import WINDOW_S
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import StatusReply
from tests.services.healing_rig import EVERYONE, OPERATOR, HealingRig, effect, healing_host
from tests.services.rig import GATEWAY, until

RACE = Origin("race event RACE_START", Priority.RACE_EVENT)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[HealingRig]:
    """Seven lamps that run and one that is switched off, in four groups."""
    with healing_host(tmp_path) as rig:
        yield rig


def asked_and_slow_to_answer(rig: HealingRig) -> Mac:
    """A lamp with effect 9 that has just been asked, and will not answer for more than a second."""
    mac = next(iter(rig.running))
    radio = rig.nodes[mac]._radio
    radio._knobs = replace(radio._knobs, reply_jitter_ms=(1200.0, 1200.0))
    rig.tell(effect(9, target=DeviceTarget(value=mac)))
    since = len(rig.air)
    until(lambda: rig.questions(since), "a question")
    return mac


@pytest.mark.parametrize("loss", [0.05, 0.2])
def test_a_club_is_right_in_the_end_whatever_the_air_swallows(rig: HealingRig, loss: float) -> None:
    rig.simulation.fault("loss", "*", loss, seed=5)
    for mode in (9, 2, 15):
        rig.tell(effect(mode))
        until(lambda mode=mode: rig.shows(mode), f"every lamp with effect {mode}")
        figures = rig.healed()
    assert {rig.reading(mac).follows for mac in rig.running} == {"yes"}
    assert figures.counts.followed + figures.counts.healed >= 3 * 7
    assert figures.counts.given_up == 0


def test_a_venue_is_right_in_the_end(tmp_path: Path) -> None:
    with healing_host(tmp_path, "venue-60", speed=30.0) as rig:
        rig.simulation.fault("loss", "*", 0.2, seed=7)
        rig.tell(effect(9))
        until(lambda: any(node.lamp.look.mode == 9 for node in rig.running.values()), "the command")
        assert not rig.shows(9), "some lamps missed it"
        until(lambda: rig.shows(9), "every lamp with the effect")
        assert rig.healed().counts.given_up == 0


def test_its_questions_do_not_drown_the_history(rig: HealingRig) -> None:
    rig.tell(effect(9))
    assert rig.healed().counts.checked == 7
    assert {record.kind for record in rig.host.history.page(limit=50)} == {"rl_effect"}


def test_only_lamps_that_missed_it_are_told_again(rig: HealingRig) -> None:
    missing = list(rig.running)[:2]
    rig.deaf(missing)
    rig.tell(effect(9))
    rig.deaf(missing, False)
    until(lambda: rig.shows(9), "the effect everywhere")
    figures = rig.healed()
    assert {packet.receiver for packet in rig.told_singly()} == {mac.radio_address for mac in missing}
    assert (figures.counts.repeated, figures.counts.healed, figures.counts.followed) == (2, 2, 5)
    assert figures.counts.airtime_ms > 0
    assert {rig.reading(mac).follows for mac in rig.running} == {"yes"}


def test_a_newer_command_wins_at_every_moment(rig: HealingRig) -> None:
    missing = list(rig.running)[:3]
    for number in range(12):
        old, new = effect(20 + number), effect(60 + number)
        rig.deaf(missing)
        rig.tell(old)
        rig.deaf(missing, False)
        time.sleep(number * 0.012)
        rig.tell(new)
        since = len(rig.air)
        until(lambda mode=60 + number: rig.shows(mode), "the newer command")
        rig.healed()
        repeated = {packet.body_bytes for packet in rig.told_singly(since)}
        assert not any(Control.from_bytes(body).mode == 20 + number for body in repeated)
        assert rig.shows(60 + number)


def test_a_lamp_that_was_about_to_answer_is_told_again_before_anything_else(tmp_path: Path) -> None:
    """Until its answer is out a node hears nothing. It answers late here, so the command surely falls into that."""
    with healing_host(tmp_path, speed=1.0) as rig:
        mac = asked_and_slow_to_answer(rig)
        rig.tell(effect(12))
        assert rig.nodes[mac].lamp.look.mode == 9, "it was deaf"
        since = len(rig.air)
        until(lambda: rig.shows(12), "the command everywhere")
        assert {(packet.opcode, packet.receiver) for packet in rig.sent(since)} == {(Opcode.CONTROL, mac.radio_address)}
        until(lambda: rig.figures.counts.repeated == 1, "the count of it")


def test_a_newer_command_replaces_what_a_deaf_lamp_was_to_be_told(tmp_path: Path) -> None:
    with healing_host(tmp_path, speed=1.0) as rig:
        asked_and_slow_to_answer(rig)
        rig.tell(effect(12))
        rig.tell(effect(15))
        since = len(rig.air)
        until(lambda: rig.shows(15), "the newer command everywhere")
        assert {Control.from_bytes(packet.body_bytes).mode for packet in rig.told_singly(since)} == {15}


def test_an_armed_node_is_never_touched(rig: HealingRig) -> None:
    rig.tell(effect(3))
    rig.healed()
    members = {device.mac for device in rig.host.store.snapshot.members(1)}  # type: ignore[arg-type]
    armed, others = members & set(rig.running), set(rig.running) - members
    target = GroupsTarget(value=tuple(sorted({rig.nodes[mac].group_id for mac in others})))
    rig.deaf(sorted(others)[:1])
    rig.tell(effect(9, target=GroupsTarget(value=(1,)), arm=True))
    rig.tell(effect(12, target=target))
    rig.deaf(sorted(others)[:1], False)
    since = len(rig.air)
    until(lambda: rig.shows(12, [rig.nodes[mac] for mac in others]), "the other lamps healed")
    until(lambda: rig.figures.waiting == len(members), "only armed lamps wait")
    addresses = {mac.radio_address for mac in armed}
    assert not [packet for packet in rig.sent(since) if packet.receiver in addresses]
    assert not [packet for packet in rig.questions(since) if packet.body_bytes[0] in (1, 255)]
    assert all(rig.nodes[mac].lamp.armed for mac in armed)
    rig.tell(SyncCommand())
    until(lambda: rig.shows(9, [rig.nodes[mac] for mac in armed]), "the armed effect")
    rig.healed()
    assert {rig.reading(mac).follows for mac in rig.running} == {"yes"}


def test_a_lamp_that_missed_the_sync_is_brought_along(rig: HealingRig) -> None:
    late = next(iter(rig.running))
    rig.tell(effect(9, arm=True))
    until(lambda: all(node.lamp.armed for node in rig.running.values()), "armed lamps")
    rig.deaf([late])
    rig.tell(SyncCommand())
    rig.deaf([late], False)
    until(lambda: rig.shows(9), "the effect everywhere")
    rig.healed()
    assert rig.nodes[late].lamp.armed is None, "it does not go off at the next SYNC"


def healing_air_ms(rig: HealingRig) -> float:
    """Time on air of questions, answers and repetitions."""
    addresses = {mac.radio_address for mac in rig.nodes}
    return sum(
        (sent.end_s - sent.start_s) * 1000
        for sent, packet in rig.air
        if packet.opcode == Opcode.STATUS or (packet.opcode == Opcode.CONTROL and packet.receiver in addresses)
    )


def test_the_budget_holds_on_the_simulated_air(tmp_path: Path) -> None:
    with healing_host(tmp_path, "venue-60", speed=60.0, percent=1) as rig:
        began_s = rig.host.clock.monotonic()
        rig.simulation.fault("loss", "*", 0.2, seed=3)
        for mode in (9, 2, 15, 4):
            rig.tell(effect(mode))
            end_s = rig.host.clock.monotonic() + 30
            until(lambda end_s=end_s: rig.host.clock.monotonic() > end_s, "30 s")
        spent_ms = healing_air_ms(rig)
        elapsed_s = rig.host.clock.monotonic() - began_s
        one_packet_ms = 300
        assert 600 <= spent_ms <= 10 * (elapsed_s + WINDOW_S) + one_packet_ms
        assert rig.figures.waiting > 0, "it saves time on air and goes on later"
        assert rig.figures.budget_ms == pytest.approx(600)


def test_live_traffic_goes_in_front(tmp_path: Path) -> None:
    with healing_host(tmp_path, "venue-60", speed=10.0) as rig:
        rig.tell(effect(9))
        own = GATEWAY_OF_VENUE
        for number in range(20):
            until(lambda: rig.figures.state == "at work", "healing at work")
            rig.simulation.pump.run_to_now()
            asked_at_s = rig.simulation.simulation.engine.now_s
            command = effect(30 + number, target=GroupsTarget(value=(1 + number % 12,)))
            rig.tell(command, RACE)
            mine = [
                (sent.start_s, packet)
                for sent, packet in rig.air
                if packet.sender == own and sent.start_s >= asked_at_s and packet.opcode != Opcode.SYNC
            ]
            before = next(
                index
                for index, (_, packet) in enumerate(mine)
                if packet.opcode == Opcode.CONTROL and Control.from_bytes(packet.body_bytes).mode == 30 + number
            )
            assert before <= 2, "one packet that was in the slot, and the OFFSET of the command itself"


GATEWAY_OF_VENUE = bytes.fromhex("5A0010")


def test_a_lamp_changed_by_hand_is_put_right_when_its_status_is_seen(rig: HealingRig) -> None:
    rig.tell(effect(9))
    rig.healed()
    mac = next(iter(rig.running))
    rig.nodes[mac].lamp.control(Control(255, 0x05, mode=40, brightness=5))
    until(lambda: rig.host.clock.unix() - rig.reading(mac).told.at_s > 6, "an answer that cannot be late")  # type: ignore[union-attr]
    rig.host.status.start(DeviceTarget(value=mac), OPERATOR)
    rig.finished()
    until(lambda: rig.shows(9), "the lamp put right")
    rig.healed()
    assert rig.reading(mac).follows == "yes"


def test_late_double_and_strange_answers_do_no_harm(rig: HealingRig) -> None:
    """Two lamps answer when nobody waits any more, the cable says things twice, and a stranger speaks for a lamp."""
    late, slandered = list(rig.running)[:2], list(rig.running)[3]
    for mac in late:
        radio = rig.nodes[mac]._radio
        radio._knobs = replace(radio._knobs, reply_jitter_ms=(1600.0, 2500.0))
    rig.simulation.fault("duplicate", GATEWAY, 0.5, seed=1)
    rig.deaf(late)
    rig.tell(effect(9))
    rig.deaf(late, False)
    until(rig.questions, "a question")
    gateway = rig.simulation.simulation.gateways[GATEWAY]
    rig.simulation.fault("garbage", GATEWAY, 64, seed=2)
    for effect_id, sender in ((40, slandered.radio_address), (41, RadioAddress(b"\x01\x02\x03"))):
        body = StatusReply(5, 0, effect_id, 5, 0, 0, 0).to_bytes()
        gateway.port.emit(Forwarded(sender, GATEWAY.radio_address, True, Opcode.STATUS, body, -60, 9).to_frame())
    until(lambda: rig.shows(9), "the effect everywhere")
    until(lambda: {rig.reading(mac).follows for mac in rig.running} == {"yes"}, "the truth about every lamp")
    assert rig.nodes[slandered].lamp.look.mode == 9


def test_an_unplugged_gateway_interrupts_and_its_return_continues(rig: HealingRig) -> None:
    missing = list(rig.running)[:3]
    rig.deaf(missing)
    rig.tell(effect(9))
    rig.deaf(missing, False)
    until(rig.questions, "a question")
    rig.simulation.fault("unplug", GATEWAY)
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    assert rig.figures.waiting > 0
    rig.simulation.fault("replug", GATEWAY)
    until(lambda: rig.shows(9), "the effect everywhere")
    rig.healed()


def test_a_restarted_host_goes_on_where_it_was_and_restarted_lamps_get_their_light_back(tmp_path: Path) -> None:
    with healing_host(tmp_path) as rig:
        rig.deaf(list(rig.running))
        rig.tell(effect(9, brightness=66))
        told = {mac: rig.reading(mac).told for mac in rig.running}
        assert all(told.values())
    with healing_host(tmp_path, is_settled=False) as rig:
        assert {mac: rig.reading(mac).told for mac in told} == told
        until(lambda: len(rig.running) == 7, "booted lamps")
        rig.host.discovery.start(None, None, origin=OPERATOR)
        rig.finished()
        until(lambda: all(node.group_id for node in rig.running.values()), "every lamp in its group")
        until(lambda: rig.shows(9), "the light from before the restart")
        assert {node.lamp.brightness for node in rig.running.values()} == {66}


def test_what_was_told_long_ago_is_not_brought_back(tmp_path: Path) -> None:
    timings = Timings(healing_memory_s=30.0)
    with healing_host(tmp_path, timings=timings) as rig:
        mac = next(iter(rig.running))
        rig.tell(effect(9))
        until(lambda: rig.reading(mac).follows == "yes", "the lamp follows")
        until(lambda: rig.host.clock.unix() - rig.reading(mac).told.at_s > 30, "the end of memory")  # type: ignore[union-attr]
        rig.simulation.fault("reboot", mac)
        until(lambda: rig.nodes[mac].group_id and rig.nodes[mac].lamp.flags & 4, "the lamp back in its group")
        rig.healed()
        assert rig.nodes[mac].lamp.look.mode == 0


def test_a_lamp_that_restarts_gets_its_light_back(rig: HealingRig) -> None:
    rig.tell(effect(9))
    rig.healed()
    mac = next(iter(rig.running))
    rig.simulation.fault("reboot", mac)
    until(lambda: rig.nodes[mac].is_running and rig.nodes[mac].lamp.look.mode == 9, "its light")
    rig.healed()
    assert rig.reading(mac).follows == "yes"


def test_switched_off_nothing_is_asked_and_switched_on_it_catches_up(rig: HealingRig) -> None:
    rig.change_settings(healing=False)
    missing = next(iter(rig.running))
    rig.deaf([missing])
    rig.tell(effect(9))
    rig.deaf([missing], False)
    at_s = rig.host.clock.monotonic()
    until(lambda: rig.host.clock.monotonic() > at_s + 10, "10 s")
    assert rig.questions() == []
    assert rig.figures.waiting == 0
    assert not rig.shows(9)
    rig.host.status.start(DeviceTarget(value=missing), OPERATOR)
    rig.finished()
    until(lambda: rig.reading(missing).follows == "no", "the truth all the same")
    rig.change_settings(healing=True)
    until(lambda: rig.shows(9), "the effect everywhere")


def test_switching_off_stops_at_once(tmp_path: Path) -> None:
    with healing_host(tmp_path, "venue-60", speed=10.0) as rig:
        rig.tell(effect(9))
        until(lambda: rig.figures.state == "at work", "healing at work")
        rig.change_settings(healing=False)
        until(lambda: rig.figures.state == "idle", "the end")
        assert rig.figures.waiting == 0


def test_a_lamp_that_cannot_follow_is_given_up_with_a_reason(rig: HealingRig, caplog: pytest.LogCaptureFixture) -> None:
    mac = next(iter(rig.running))
    lamp = rig.nodes[mac].lamp
    lamp.control = lambda body: None  # type: ignore[method-assign]
    rig.tell(effect(9))
    figures = rig.healed()
    assert (figures.counts.given_up, figures.counts.repeated) == (1, 5)
    assert rig.reading(mac).follows == "no"
    assert "effect Solid instead of Rainbow" in str(rig.reading(mac).follows_reason)
    assert "told again 5 times" in str(rig.reading(mac).follows_reason)
    [problem] = [each for each in rig.host.problems() if each.code == "lamps_do_not_follow"]
    assert rig.host.store.snapshot.device(mac).name in problem.text
    rig.tell(effect(10))
    assert rig.healed().counts.given_up == 2
    assert sum("does not follow" in record.message for record in caplog.records) == 1, "not at every command of a race"
    del lamp.control
    rig.tell(effect(12))
    until(lambda: rig.shows(12), "the next command")
    rig.healed()
    assert rig.reading(mac).follows == "yes"
    assert not [each for each in rig.host.problems() if each.code == "lamps_do_not_follow"]


def test_what_status_cannot_show_is_sent_once_more_and_called_sent(rig: HealingRig) -> None:
    missing = next(iter(rig.running))
    rig.tell(effect(9))
    rig.healed()
    rig.deaf([missing])
    rig.tell(RlEffectCommand(target=EVERYONE, params=EffectParameters(color1=(1, 2, 3))))
    rig.deaf([missing], False)
    since = len(rig.air)
    until(lambda: all(node.lamp.look.color1 == (1, 2, 3) for node in rig.running.values()), "the colour everywhere")
    figures = rig.healed()
    assert {rig.reading(mac).follows for mac in rig.running} == {"sent"}
    assert "no lamp can confirm" in str(rig.reading(missing).follows_reason)
    assert sorted(packet.receiver for packet in rig.told_singly(since)) == sorted(
        mac.radio_address for mac in rig.running
    )
    assert (figures.counts.sent_unverified, figures.counts.repeated) == (7, 0)
    rig.tell(effect(9, brightness=50))
    rig.healed()
    assert rig.figures.counts.sent_unverified == 7, "the colour was sent twice already"


def test_a_wled_preset_is_sent_once_more(rig: HealingRig) -> None:
    missing = next(iter(rig.running))
    rig.tell(effect(9, brightness=60))
    rig.healed()
    rig.deaf([missing])
    rig.tell(WledPresetCommand(target=EVERYONE, params=WledPresetChoice(preset_id=3, brightness=60)))
    rig.deaf([missing], False)
    until(lambda: all(node.lamp.preset_id == 3 for node in rig.running.values()), "the preset everywhere")
    rig.healed()
    assert {rig.reading(mac).follows for mac in rig.running} == {"sent"}


def test_a_blackout_can_be_seen_and_is_not_repeated_without_need(rig: HealingRig) -> None:
    missing = next(iter(rig.running))
    rig.deaf([missing])
    rig.tell(BlackoutCommand(target=BroadcastTarget()))
    rig.deaf([missing], False)
    until(lambda: all(node.lamp.brightness == 0 for node in rig.running.values()), "darkness")
    rig.healed()
    assert {packet.receiver for packet in rig.told_singly()} == {missing.radio_address}
    assert {rig.reading(mac).follows for mac in rig.running} == {"yes"}


def test_from_staging_to_start_nothing_of_it_is_on_air(rig: HealingRig) -> None:
    rig.host.healing.pause()
    rig.deaf(list(rig.running)[:1])
    rig.tell(effect(9))
    rig.deaf(list(rig.running)[:1], False)
    at_s = rig.host.clock.monotonic()
    until(lambda: rig.host.clock.monotonic() > at_s + 20, "20 s")
    assert rig.questions() == []
    assert rig.told_singly() == []
    assert "race" in rig.figures.state
    rig.host.healing.resume()
    until(lambda: rig.shows(9), "the effect everywhere")


def test_a_race_that_never_starts_does_not_hold_it_back_for_good(tmp_path: Path) -> None:
    with healing_host(tmp_path, timings=Timings(healing_pause_s=5.0)) as rig:
        rig.host.healing.pause()
        rig.tell(effect(9))
        until(rig.questions, "a question all the same")


def test_a_task_has_the_lane_for_itself(rig: HealingRig) -> None:
    rig.deaf(list(rig.running))
    rig.host.status.start(EVERYONE, OPERATOR)
    rig.tell(effect(9))
    until(lambda: "task" in rig.figures.state or not rig.host.tasks.is_running, "healing waits")
    assert rig.figures.counts.checked == 0
    rig.finished()


def test_a_lamp_that_is_being_located_is_left_alone_so_long(rig: HealingRig) -> None:
    mac = next(iter(rig.running))
    rig.deaf([mac])
    rig.tell(effect(9))
    rig.deaf([mac], False)
    rig.tell(LocateCommand(target=DeviceTarget(value=mac), seconds=30))
    until(lambda: rig.nodes[mac].indicator is not None, "the indicator")
    until(lambda: rig.nodes[mac].indicator is None or rig.nodes[mac].lamp.look.mode == 9, "its end")
    assert rig.nodes[mac].lamp.look.mode != 9, "the indicator was not cut short"
    until(lambda: rig.shows(9), "the effect everywhere")


def test_a_silent_lamp_goes_offline_and_is_healed_when_it_is_back(rig: HealingRig) -> None:
    mac = next(iter(rig.running))
    rig.simulation.fault("off", mac)
    rig.tell(effect(9))
    figures = rig.healed()
    assert figures.counts.unanswered == 2, "one was off from the start"
    assert rig.reading(mac).online is False
    rig.tell(effect(12))
    rig.healed()
    assert rig.figures.counts.unanswered == 2, "nobody asks a lamp that is offline"
    rig.simulation.fault("on", mac)
    until(lambda: rig.nodes[mac].is_running and rig.nodes[mac].lamp.look.mode == 12, "the newest light")


def test_a_lamp_stuck_in_offset_mode_is_freed(rig: HealingRig) -> None:
    from racelink_core.domain.offset import OffsetMode
    from racelink_core.protocol.bodies import Offset

    rig.tell(effect(3))
    rig.healed()
    mac = next(iter(rig.running))
    rig.nodes[mac].lamp.offset(Offset(255, OffsetMode.LINEAR, base_ms=0, step_ms=100))
    rig.tell(effect(9))
    until(lambda: rig.shows(9), "the effect everywhere")


def test_when_the_regions_hour_is_used_up_only_people_and_races_send(
    rig: HealingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rig.host.airtime, "limit_for", lambda network: 1.0)
    missing = next(iter(rig.running))
    rig.deaf([missing])
    rig.tell(effect(9))
    rig.deaf([missing], False)
    until(lambda: "region" in rig.figures.state, "the limit")
    assert rig.questions() == []
    rig.tell(effect(12))
    until(lambda: rig.nodes[missing].lamp.look.mode == 12, "a command all the same")
    monkeypatch.setattr(rig.host.airtime, "limit_for", lambda network: None)
    rig.healed()
    assert {rig.reading(mac).follows for mac in rig.running} == {"yes"}


def test_with_half_of_the_hour_used_up_nothing_unseen_is_repeated(
    rig: HealingRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent_ms = rig.host.airtime.spent_ms
    monkeypatch.setattr(rig.host.airtime, "limit_for", lambda network: spent_ms("default") * 1.5)
    missing = next(iter(rig.running))
    rig.deaf([missing])
    rig.tell(RlEffectCommand(target=EVERYONE, params=EffectParameters(mode=9, color1=(1, 2, 3))))
    rig.deaf([missing], False)
    until(lambda: rig.shows(9), "the lamp that was wrong")
    until(lambda: rig.figures.counts.checked >= 8, "every lamp asked")
    until(lambda: "lamps that are wrong" in rig.figures.state, "the reason")
    at_s = rig.host.clock.monotonic()
    until(lambda: rig.host.clock.monotonic() > at_s + 10, "10 s")
    assert {packet.receiver for packet in rig.told_singly()} == {missing.radio_address}
    assert rig.figures.counts.sent_unverified == 0
    assert rig.reading(missing).follows == "sent"
