"""The reference traces of the behavioural model, section D, and the orders of section A."""

from __future__ import annotations

from itertools import pairwise

import pytest

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.channels import channels
from racelink_core.domain.offset import OffsetMode
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import (
    Control,
    GetDevices,
    GetStatus,
    Offset,
    Preset,
    SetGroup,
    SetRadioProfile,
    Stream,
    Sync,
)
from racelink_core.protocol.gateway_commands import GetGatewayProfile, Identify, SetGatewayProfile, StateRequest
from racelink_core.protocol.identity import find_identity
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.sim.knobs import SimulationKnobs
from tests.sim.bench import GATEWAY, SURE, Bench

ALT = channels("EU868")[2].profile


def test_a_gateway_boots_idle_and_syncs_at_once() -> None:
    bench = Bench().run(1_000)
    assert bench.frames == ["f1 00", "f1 01", "f3 01", "f1 00"]
    assert bench.at_ms[0] == pytest.approx(601)
    assert bench.at_ms[2] - bench.at_ms[1] == pytest.approx(41.2, abs=1.1)


def test_it_says_who_it_is_what_it_does_and_how_its_radio_is_set() -> None:
    bench = Bench().ready()
    for command in (Identify(), StateRequest(), GetGatewayProfile()):
        bench.gateway.port.write(command.to_frame())
    bench.run(20)
    identity = find_identity(bench.texts)
    assert identity is not None
    assert identity.mac == GATEWAY
    assert bench.frames[0] == "f5 00"
    assert bench.frames[1].startswith("f6 00 20 0d b8 33")


def test_d1_adoption() -> None:
    bench = Bench(settled=False).run(2_999)
    bench.said.clear()
    bench.run(500)
    start_ms = (bench.simulation.air_log[-1].start_s) * 1000
    assert bench.frames == ["81"]
    assert bench.at_ms[0] - start_ms == pytest.approx(52.5, abs=1)
    assert bench.replies[0].receiver == b"\xff\xff\xff"
    assert bench.replies[0].body[2] == 0
    bench.mark()
    bench.told(SetGroup(5), bench.node.address)
    assert bench.frames == ["f1 01", "f3 01", "f1 00", "fe"]
    assert bench.at_ms[0] == pytest.approx(3, abs=1)
    assert bench.at_ms[1] == pytest.approx(39, abs=1.5)
    assert 130 <= bench.at_ms[3] <= 400
    assert bench.node.group_id == 5
    assert bench.node.master == GATEWAY.radio_address


@pytest.mark.parametrize("is_answered", [True, False])
def test_d2_two_fragment_stream(is_answered: bool) -> None:
    bench = Bench().ready()
    bench.node.is_deaf = not is_answered
    bench.send(Stream(b"0123456789"), bench.node.address).run(3_000)
    ack = ["fe"] if is_answered else []
    assert bench.frames == ["f1 01", "f3 01", "f3 01", "f1 02 e8 03", *ack, "f1 00"]
    assert bench.at_ms[1:4] == pytest.approx([55, 108, 109], abs=2)
    if is_answered:
        assert 200 <= bench.at_ms[4] <= 460
        assert bench.at_ms[5] - bench.at_ms[4] <= 3
    else:
        assert bench.at_ms[4] == pytest.approx(1109, abs=3)


def test_a_broadcast_stream_listens_for_two_seconds_whoever_answers() -> None:
    bench = Bench(nodes=2).ready()
    bench.send(Stream(b"01234567")).run(3_000)
    assert bench.frames[:3] == ["f1 01", "f3 01", "f1 02 d0 07"]
    assert bench.frames[3:] == ["fe"] * len(bench.replies) + ["f1 00"]
    assert bench.at_ms[-1] - bench.at_ms[2] == pytest.approx(2000, abs=3)


def test_a_send_during_the_window_opens_it_anew() -> None:
    bench = Bench().ready()
    bench.node.is_deaf = True
    bench.send(Stream(b"01234567"), bench.node.address).run(300)
    bench.said.clear()
    bench.send(GetDevices(9)).run(1_500)
    assert bench.frames == ["f1 01", "f3 01", "f1 02 e8 03", "f1 00"]


def test_d3_a_sync_into_a_busy_slot_goes_out_by_itself() -> None:
    bench = Bench().ready()
    bench.run(26_000)
    while not bench.said or bench.frames[-1] != "f1 01":
        bench.run(1)
    bench.said.clear()
    bench.send(Sync(0, 77, 1)).run(200)
    assert bench.frames == ["f4 06 01", "f3 01", "f3 01", "f1 00"]
    sent = bench.simulation.air_log[-1]
    assert sent.raw[-2:] == bytes((77, 1))
    assert int.from_bytes(sent.raw[7:10], "little") == pytest.approx(sent.start_s * 1000, abs=3)


def test_a_sync_waiting_for_retry_takes_the_gap_in_a_stream() -> None:
    bench = Bench().ready()
    bench.send(Stream(b"x" * 24), bench.node.address).run(20)
    bench.send(Sync(0, 10)).run(150)
    assert [sent.raw[6] for sent in bench.simulation.air_log][-4:-1] == [7, 6, 7]


def test_d4_cascade() -> None:
    bench = Bench(nodes=4).ready()
    bench.told(Offset(255, OffsetMode.LINEAR, base_ms=0, step_ms=200))
    assert all(node.lamp.pending is not None for node in bench.nodes)
    bench.told(Control(255, 0x27, brightness=99, mode=2))
    assert [node.lamp.armed.offset_ms for node in bench.nodes if node.lamp.armed] == [200, 400, 600, 800]
    assert all(node.lamp.look.mode == 0 for node in bench.nodes)
    bench.told(Sync(0, 200, 1))
    received_s = bench.simulation.air_log[-1].end_s
    bench.run(1_000)
    shown_ms = [(node.lamp.shown_since_s - received_s) * 1000 for node in bench.nodes]
    assert shown_ms == pytest.approx([200, 400, 600, 800])
    assert [(node.lamp.look.mode, node.lamp.brightness, node.lamp.phase_ms) for node in bench.nodes] == [
        (2, 99, group * 200) for group in (1, 2, 3, 4)
    ]
    bench.told(Control(255, 0x05, mode=7))
    assert all(node.lamp.look.mode == 2 for node in bench.nodes)
    bench.told(Offset(255, OffsetMode.NONE)).told(Control(255, 0x05, mode=7))
    assert all(node.lamp.look.mode == 7 for node in bench.nodes)


def test_d5_network_move() -> None:
    bench = Bench().ready()
    bench.send(SetRadioProfile(WireProfile.of(ALT)), bench.node.address).run(1_000)
    assert bench.frames == ["f1 01", "f3 01", "f1 00"]
    assert bench.node.profile == ALT
    bench.mark()
    bench.gateway.port.write(SetGatewayProfile(True, WireProfile.of(ALT)).to_frame())
    bench.run(1_500)
    assert [frame[:5] for frame in bench.frames] == ["f6 00", "f1 00", "f1 01", "f3 01", "f1 00"]
    assert bench.at_ms[1] - bench.at_ms[0] == pytest.approx(700, abs=3)
    bench.run(3_000)
    assert [(reply.opcode, reply.body[2]) for reply in bench.replies][:1] == [(1, 0)]


def test_the_acknowledgement_of_a_move_leaves_only_with_its_knob() -> None:
    bench = Bench(knobs=SimulationKnobs(rf_config_ack_on_success=True)).ready()
    bench.send(SetRadioProfile(WireProfile.of(ALT)), bench.node.address).run(1_000)
    assert [reply.opcode for reply in bench.replies] == [0x7E]
    assert bench.node.profile == ALT


def test_a_second_packet_is_rejected_while_one_is_in_the_slot() -> None:
    bench = Bench().ready()
    bench.send(GetDevices(9)).run(10)
    bench.send(Control(255, 5)).run(100)
    assert bench.frames == ["f1 01", "f4 08 01", "f3 01", "f1 00"]


def test_a_second_stream_is_rejected_as_pending() -> None:
    bench = Bench().ready()
    bench.send(Stream(b"x" * 16), bench.node.address).run(10)
    bench.send(Stream(b"y"), bench.node.address).run(10)
    assert bench.frames == ["f1 01", "f4 07 01"]


def test_an_empty_stream_and_one_too_long_are_rejected() -> None:
    bench = Bench().ready()
    bench.send(Stream(b"")).run(10)
    bench.send(Stream(b"x" * 129)).run(10)
    assert bench.frames == ["f4 07 03", "f4 07 ff"]


@pytest.mark.parametrize("frame", ["00030301ff", "00067fffffff01", "000602ffffff0102", "0005ffffffff"])
def test_malformed_frames_draw_nothing(frame: str) -> None:
    bench = Bench().ready()
    bench.gateway.port.write(bytes.fromhex(frame))
    assert bench.run(100).said == []


def test_a_cut_frame_is_forgotten_after_25_ms() -> None:
    bench = Bench().ready()
    bench.gateway.port.write(b"\x00\x05\x02")
    bench.run(40)
    bench.gateway.port.write(StateRequest().to_frame())
    assert bench.run(10).frames == ["f5 00"]


def test_a_stuck_transmission_ends_without_tx_done() -> None:
    bench = Bench().ready()
    bench.simulation.fault("stuck", "*", 1)
    bench.send(GetDevices(255)).run(400)
    assert bench.frames == ["f1 01", "f1 00"]
    assert bench.at_ms[1] - bench.at_ms[0] == pytest.approx(218, abs=2)
    assert bench.replies == []


def autosync_brightness(bench: Bench) -> int:
    bench.run(31_000)
    return next(sent.raw[10] for sent in reversed(bench.simulation.air_log) if sent.raw[6] == 6)


def test_autosync_carries_128_then_the_last_preset_or_sync() -> None:
    bench = Bench().ready()
    assert autosync_brightness(bench) == 128
    bench.told(Preset(9, 0, 3, 40))
    assert autosync_brightness(bench) == 40
    bench.told(Sync(0, 70))
    assert autosync_brightness(bench) == 70
    bench.told(Control(9, 5, brightness=11)).told(Offset(9, OffsetMode.NONE))
    assert autosync_brightness(bench) == 70


def test_even_a_rejected_preset_sets_the_autosync_brightness() -> None:
    bench = Bench().ready()
    bench.send(GetDevices(9)).run(10)
    bench.send(Preset(9, 0, 3, 41)).run(100)
    assert "f4 04 01" in bench.frames
    assert autosync_brightness(bench) == 41


def test_autosync_keeps_30_s_from_the_last_sync_of_either() -> None:
    bench = Bench().ready()
    bench.run(10_000).told(Sync(0, 1)).run(65_000)
    starts_s = [sent.start_s for sent in bench.simulation.air_log if sent.raw[6] == 6]
    assert [round(later - before) for before, later in pairwise(starts_s[1:])] == [30, 30]


@pytest.mark.parametrize("is_deaf", [True, False])
def test_after_a_volatile_switch_it_hears_nothing_until_it_has_sent(is_deaf: bool) -> None:
    bench = Bench(knobs=SimulationKnobs(volatile_switch_deaf=is_deaf)).ready()
    bench.gateway.port.write(SetGatewayProfile(False, WireProfile.of(bench.gateway.profile)).to_frame())
    bench.run(100)
    bench.node.reboot()
    bench.run(3_500)
    assert bool(bench.replies) is not is_deaf
    bench.told(GetDevices(255))
    assert bench.replies


def test_a_volatile_switch_is_lost_on_reboot() -> None:
    bench = Bench().ready()
    before = bench.gateway.profile
    bench.gateway.port.write(SetGatewayProfile(False, WireProfile.of(ALT)).to_frame())
    assert bench.run(100).gateway.profile == ALT
    bench.gateway.reboot()
    assert bench.run(1_000).gateway.profile == before


def test_radio_settings_out_of_range_or_not_storable_change_nothing() -> None:
    bench = Bench().ready()
    wrong = WireProfile(1, 1250, 7, 5, 18, 14, 8)
    bench.gateway.port.write(SetGatewayProfile(True, wrong).to_frame())
    bench.run(10)
    bench.simulation.fault("storage", bench.gateway.mac, True)
    bench.gateway.port.write(SetGatewayProfile(True, WireProfile.of(ALT)).to_frame())
    bench.run(500)
    assert [frame[:8] for frame in bench.frames] == ["f6 01 20", "f6 03 20"]


def test_broadcasts_of_another_gateway_are_forwarded_too() -> None:
    bench = Bench(networks=2).ready()
    other = list(bench.simulation.gateways.values())[1]
    other.port.write(b"\x00\x06\x01\xff\xff\xff\x09\x00")
    bench.run(200)
    assert bench.frames == ["01"]


def test_the_slowest_settings_take_as_long_as_the_formula_says() -> None:
    slow = ALT.model_copy(update={"sf": 12})
    bench = Bench().ready()
    bench.gateway.port.write(SetGatewayProfile(False, WireProfile.of(slow)).to_frame())
    bench.run(50)
    bench.mark()
    bench.send(GetStatus(9), RadioAddress(b"\1\2\3")).run(2_000)
    assert bench.at_ms[1] - bench.at_ms[0] == pytest.approx(time_on_air_ms(9, slow), abs=1.1)


def test_writing_far_too_fast_loses_bytes() -> None:
    bench = Bench(knobs=SURE).ready()
    for _ in range(200):
        bench.gateway.port.write(StateRequest().to_frame())
    bench.run(500)
    assert 80 <= len(bench.said) < 200
