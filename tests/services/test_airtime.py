"""Time on air and reply rates, counted from what the gateways say."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import channels
from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.duty_cycle import duty_cycle_percent
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.network import DEFAULT_NETWORK_ID
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.target import BroadcastTarget, DeviceTarget
from racelink_core.gateway.traffic import AUTOSYNC_BYTES, OnAir
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import Stream
from racelink_core.protocol.radio_packet import RadioPacket
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until


def sent(rig: Rig) -> tuple[int, float]:
    hours = rig.host.airtime.hours(DEFAULT_NETWORK_ID, 48)
    return sum(total.sent_packets for _, total in hours), sum(total.sent_ms for _, total in hours)


def test_what_counts_is_what_was_on_air_in_the_simulation(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        rig.assign(list(rig.running)[:2], "Pit wall")
        air = rig.simulation.simulation.air

        def agree() -> bool:
            own = [each.raw for each in air.log if each.sender.mac == GATEWAY]
            packets, spent_ms = sent(rig)
            # The gateway's first SYNC may have gone out before the host knew it.
            return 0 <= len(own) - packets <= 1 and spent_ms == pytest.approx(
                sum(time_on_air_ms(len(raw), DEFAULT_PROFILE) for raw in own[-packets:])
            )

        until(agree, "the same sum as the air's own log")
        assert rig.host.airtime.spent_ms(DEFAULT_NETWORK_ID) == pytest.approx(sent(rig)[1])


def test_the_limit_follows_the_channel() -> None:
    percents = [duty_cycle_percent(channel.profile.freq_hz) for channel in channels("EU868")]
    assert percents == [1.0, 1.0, 0.1, 0.1, 1.0]
    assert {duty_cycle_percent(channel.profile.freq_hz) for channel in channels("US915")} == {None}
    assert [duty_cycle_percent(hz) for hz in (863_500_000, 869_525_000, 868_650_000)] == [0.1, 10.0, 0.1]


def test_a_network_over_its_limit_is_named_and_still_obeys(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        assert rig.host.problems() == ()
        network = rig.host.store.snapshot.networks[DEFAULT_NETWORK_ID]
        assert rig.host.airtime.limit_for(network) == pytest.approx(36_000)
        for _ in range(900):
            rig.host.airtime.sent(OnAir(GATEWAY, rig.host.clock.monotonic(), AUTOSYNC_BYTES, DEFAULT_PROFILE))
        (problem,) = rig.host.problems()
        assert problem.code == "duty_cycle"
        assert "36.0 s" in problem.text
        command = RlEffectCommand(target=BroadcastTarget(), params=EffectParameters(mode=0, brightness=44))
        assert rig.host.dispatcher.submit(command, OPERATOR).ok


def test_time_on_air_is_remembered_over_a_restart(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        for _ in range(900):
            rig.host.airtime.sent(OnAir(GATEWAY, rig.host.clock.monotonic(), AUTOSYNC_BYTES, DEFAULT_PROFILE))
        before = sent(rig)[0]
    with running_host(tmp_path) as rig:
        assert sent(rig)[0] >= before
        assert any(problem.code == "duty_cycle" for problem in rig.host.problems())


def test_a_device_that_is_off_answers_nothing_and_the_others_everything(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        counts = rig.host.device_statistics.all()
        lost, kept = list(rig.running)[:2]
        rig.simulation.simulation.nodes[lost].power_off()
        rig.host.airtime.count()
        before = {mac: (count.asked, count.replied) for mac, count in counts.items()}
        targets = [DeviceTarget(value=mac) for mac in (lost, kept)]
        rig.host.status.start(targets, OPERATOR)
        rig.finished()
        rig.host.airtime.count()
        asked = {mac: counts[mac].asked - before[mac][0] for mac in (lost, kept)}
        replied = {mac: counts[mac].replied - before[mac][1] for mac in (lost, kept)}
        assert asked[lost] >= 1
        assert replied[lost] == 0
        assert asked[kept] >= 1
        assert 1 <= replied[kept] <= asked[kept]
        assert counts[kept].heard >= counts[kept].replied
        assert counts[kept].rssi_dbm is not None
        assert counts[kept].rssi_sum / counts[kept].heard < 0


def test_a_stream_is_asked_once_however_many_fragments_it_has(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac = next(iter(rig.running))
        rig.host.airtime.count()
        count = rig.host.device_statistics.all()[mac]
        asked = count.asked
        (lane,) = rig.host.gateways.lanes().values()
        assert lane.send([RadioPacket(mac.radio_address, Stream(bytes(30)))], OPERATOR.priority)[0].ok
        rig.host.airtime.count()
        assert count.asked == asked + 1


def test_gateways_that_serve_no_network_are_not_counted(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        airtime = rig.host.airtime
        for _ in range(500):
            airtime.sent(OnAir(Mac("AABBCCDDEEFF"), rig.host.clock.monotonic(), 9, None))
        rows, oldest = airtime.take_unsaved()
        airtime.give_back(rows)
        assert {row.network_id for row in rows} <= {DEFAULT_NETWORK_ID}
        assert sum(row.sent_packets for row in rows) < 500
        assert all(row.minute > oldest for row in rows)
        assert airtime.take_unsaved()[0] == rows
