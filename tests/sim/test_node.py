"""How nodes boot, filter, answer and keep what they are told."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import channels
from racelink_core.protocol.bodies import (
    Config,
    Control,
    GetConfig,
    GetDevices,
    GetRadioProfile,
    GetStatus,
    Indicate,
    Preset,
    SetGroup,
    SetRadioProfile,
    Stream,
    Sync,
)
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.protocol.replies import Ack, ConfigReply, IdentifyReply, RadioProfileReply, StatusReply
from racelink_core.protocol.startblock import StartblockProgram
from racelink_core.sim.knobs import LinkQuality, SimulationKnobs
from tests.sim.bench import Bench

ALT = channels("EU868")[2].profile
NODE = Mac("3C6105000000").radio_address


def test_a_node_announces_itself_twice_while_it_is_unconfigured() -> None:
    bench = Bench(settled=False).run(10_000)
    assert [reply.reply for reply in bench.replies] == [IdentifyReply(2, 11, 0, bench.node.mac)] * 2


def test_a_node_that_got_a_group_does_not_announce_itself_again() -> None:
    bench = Bench(settled=False).run(4_000)
    bench.told(SetGroup(3), bench.node.address).run(6_000)
    assert [reply.opcode for reply in bench.replies] == [1, 0x7E]


def test_an_unpaired_node_answers_discovery_and_pairing_only() -> None:
    bench = Bench(settled=False).run(8_000)
    bench.mark()
    for body in (GetStatus(0), GetConfig(5), GetRadioProfile(), Config(5, 60), SetRadioProfile(WireProfile.of(ALT))):
        bench.told(body, bench.node.address)
    bench.told(Control(255, 5, brightness=7))
    assert bench.replies == []
    assert bench.node.lamp.brightness == 128
    bench.told(GetDevices(0)).told(SetGroup(4), bench.node.address)
    assert [reply.opcode for reply in bench.replies] == [1, 0x7E]


def test_a_paired_node_ignores_another_gateway_even_its_discovery() -> None:
    bench = Bench(networks=2).ready()
    other = list(bench.simulation.gateways.values())[1]
    other.port.write(b"\x00\x06\x01\xff\xff\xff\xff\x00")
    other.port.write(b"\x00\x05\x02" + bench.node.address + b"\x09")
    bench.run(1_000)
    assert bench.replies == []
    assert bench.node.group_id == 1


def test_without_the_filter_anybody_is_obeyed() -> None:
    bench = Bench(networks=2).ready().told(Config(1, 0), NODE)
    other = list(bench.simulation.gateways.values())[1]
    other.port.write(b"\x00\x07\x08\xff\xff\xff\xff\x00\x00")
    bench.run(500)
    assert bench.node.lamp.brightness == 0


@pytest.mark.parametrize("group_id", [1, 255])
def test_status_says_what_is_shown(group_id: int) -> None:
    knobs = SimulationKnobs(quality=LinkQuality(rssi_dbm=-71, snr_db=5))
    bench = Bench(knobs=knobs).ready().told(Control(group_id, 5, brightness=9, mode=8))
    bench.told(GetStatus(group_id))
    reply = bench.replies[-1].reply
    assert isinstance(reply, StatusReply)
    assert (reply.flags, reply.config_byte, reply.effect_id, reply.brightness) == (5, 1, 8, 9)
    assert (reply.node_rssi_dbm, reply.node_snr_db) == (-71, 5)
    assert 3_300 <= reply.voltage_mv <= 4_150
    assert bench.replies[-1].rssi_dbm == -71


def test_the_battery_runs_down() -> None:
    bench = Bench()
    before_mv = bench.node.voltage_mv
    bench.run(3_600_000)
    assert bench.node.voltage_mv == before_mv - 60


def test_another_group_is_not_meant() -> None:
    bench = Bench().ready().told(GetStatus(2)).told(Control(2, 5, mode=9)).told(Preset(2, 0, 5, 5))
    assert bench.replies == []
    assert bench.node.lamp.look.mode == 0


def test_every_reply_waits_50_to_300_ms_and_a_scan() -> None:
    bench = Bench().ready()
    waits_ms = []
    for _ in range(200):
        bench.told(GetStatus(1))
        request, reply = bench.simulation.air_log[-2:]
        waits_ms.append((reply.start_s - request.end_s) * 1000)
    assert 54 <= min(waits_ms) < 65
    assert 290 < max(waits_ms) <= 305


def test_a_node_hears_nothing_while_its_answer_waits() -> None:
    bench = Bench().ready()
    bench.send(GetStatus(1)).run(60)
    bench.send(Control(255, 5, mode=9)).run(45)
    assert bench.node.lamp.look.mode == 0
    bench.run(500).told(Control(255, 5, mode=9))
    assert bench.node.lamp.look.mode == 9


def test_a_restart_forgets_group_and_master() -> None:
    bench = Bench().ready().told(Control(255, 5, brightness=3, mode=4))
    bench.node.reboot()
    assert (bench.node.group_id, bench.node.master) == (0, None)
    assert (bench.node.lamp.brightness, bench.node.lamp.look.mode) == (128, 0)


def test_persistence_keeps_the_master_and_not_the_group() -> None:
    bench = Bench().ready().told(Config(3, 1), NODE)
    bench.node.reboot()
    bench.run(3_000)
    assert (bench.node.group_id, bench.node.master) == (0, bench.gateway.mac.radio_address)


def test_clearing_the_master_makes_a_node_open_again() -> None:
    bench = Bench().ready().told(Config(2, 1), NODE)
    assert bench.node.master is None


@pytest.mark.parametrize(
    ("option", "written", "read"),
    [
        (5, (90, 1, 2, 3), (90, 0, 0, 0)),
        (6, (1, 2, 3, 4), (1, 2, 3, 4)),
        (8, (1, 2, 3, 4), (1, 2, 0, 0)),
        (0x0A, (9, 1, 0, 0), (9, 1, 0, 0)),
    ],
)
def test_options_are_kept_over_a_restart(option: int, written: tuple[int, ...], read: tuple[int, ...]) -> None:
    bench = Bench().ready().told(Config(option, *written), NODE)
    assert isinstance(bench.replies[-1].reply, Ack)
    bench.node.reboot()
    bench.run(8_000).told(SetGroup(1), bench.node.address).told(GetConfig(option), bench.node.address)
    assert bench.replies[-1].reply == ConfigReply(option, read)  # type: ignore[arg-type]


def test_defaults_come_back_on_request() -> None:
    bench = Bench().ready()
    bench.told(Config(9, 33), bench.node.address)
    assert bench.node.lamp.brightness == 33
    bench.told(Config(0x0F), bench.node.address).told(GetConfig(9), bench.node.address)
    assert bench.replies[-1].reply == ConfigReply(9, (128, 0, 0, 0))
    assert bench.node.lamp.brightness == 128


def test_unreadable_options_and_broadcasts_draw_no_answer() -> None:
    bench = Bench().ready().told(GetConfig(1), NODE)
    bench.told(GetConfig(0x8C), bench.node.address).told(GetConfig(5)).told(Config(5, 1)).told(GetRadioProfile())
    bench.told(GetRadioProfile(1), bench.node.address)
    assert bench.replies == []


def test_a_reboot_on_request_loses_its_acknowledgement() -> None:
    bench = Bench().ready().told(Config(0x81, 1), NODE)
    assert bench.replies == []
    assert not bench.node.is_running


def test_radio_settings_can_be_read_and_wrong_ones_are_refused() -> None:
    bench = Bench().ready()
    before = bench.node.profile
    bench.told(GetRadioProfile(), bench.node.address)
    assert bench.replies[-1].reply == RadioProfileReply(WireProfile.of(before))
    bench.told(SetRadioProfile(WireProfile(1, 1250, 7, 5, 18, 14, 8)), bench.node.address)
    assert bench.replies[-1].reply == Ack(0x0D, 2)
    bench.node.is_storage_broken = True
    bench.told(SetRadioProfile(WireProfile.of(ALT)), bench.node.address)
    assert bench.replies[-1].reply == Ack(0x0D, 5)
    assert bench.node.profile == before


def test_a_startblock_shows_its_slots_and_every_node_acknowledges() -> None:
    bench = Bench(dev_type=50, specials={"startblock_slots": 2, "startblock_first_slot": 3}).ready()
    for slot in (2, 3, 4, 5):
        payload = StartblockProgram.of(slot, "r1", f"Pilot {slot}").to_payload()
        bench.send(Stream(payload), bench.node.address).run(2_000)
    assert [reply.reply for reply in bench.replies] == [Ack(7, 0)] * 4
    assert {slot: one.name for slot, one in bench.node.display.items()} == {3: "PILOT 3", 4: "PILOT 4"}


def test_an_indicator_paints_over_and_is_ended_by_time_by_control_and_on_request() -> None:
    bench = Bench().ready().told(Indicate(4, 2))
    assert bench.node.indicator == 4
    assert bench.node.lamp.look.mode == 0
    bench.run(2_000)
    assert bench.node.indicator is None
    for end in (Indicate(0, 0), Control(255, 5), Preset(255, 0, 1, 1)):
        bench.told(Indicate(4, 200))
        assert bench.node.indicator == 4
        bench.told(end)
        assert bench.node.indicator is None


def test_older_nodes_take_only_the_short_sync_and_report_seven_bytes() -> None:
    bench = Bench(knobs=SimulationKnobs(legacy_status_7b=True, sync_4_only=True)).ready()
    bench.told(Control(255, 7, mode=5)).told(Sync(0, 9, 1)).told(GetStatus(255))
    assert bench.node.lamp.armed is not None
    assert len(bench.replies[-1].body) == 7


def test_two_hundred_answers_at_once_drown_most_of_each_other() -> None:
    bench = Bench(nodes=200).ready()
    bench.send(GetDevices(255)).run(6_000)
    assert 3 <= len({reply.sender for reply in bench.replies}) <= 80
