"""Ports and gateways that are not as they should be: each is named to the operator, and found once it is right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand, RlEffectCommand, SyncCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.protocol.gateway_commands import Identify, StateRequest
from racelink_core.protocol.gateway_messages import GatewayState, StateReport
from racelink_core.protocol.identity import identity_text
from tests.faults.plant import (
    GATEWAY,
    QUICK,
    Plant,
    child_processes,
    held,
    plant,
    problem,
    running,
    stranger,
    until_ready,
)
from tests.services.rig import OPERATOR, until

EVERYONE = BroadcastTarget()


def shine(host: Host, brightness: int) -> CommandResult:
    command = RlEffectCommand(target=EVERYONE, params=EffectParameters(mode=0, brightness=brightness))
    return host.dispatcher.submit(command, OPERATOR)


def assert_works(host: Host, fleet: Plant, brightness: int) -> None:
    assert shine(host, brightness).status is CommandStatus.SENT
    until(lambda: fleet.brightnesses() == {brightness}, "the lamps")


def test_a_port_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "ttyGateway")
    with running(tmp_path / "data", missing) as host:
        text = problem(host, "not_found")
        assert missing in text
        assert "plug" in text.lower()


def test_a_gateway_that_is_plugged_in_later_is_found(tmp_path: Path) -> None:
    path = tmp_path / "ttyGateway"
    with plant() as fleet, running(tmp_path / "data", str(path)) as host:
        problem(host, "not_found")
        path.symlink_to(fleet.path)
        until_ready(host)
        until(lambda: not host.problems(), "no problem")
        assert_works(host, fleet, 40)


def test_a_port_that_another_process_holds_is_named_and_taken_once_it_is_free(tmp_path: Path) -> None:
    with plant() as fleet, held(fleet.path) as let_go, running(tmp_path / "data", fleet.path) as host:
        text = problem(host, "port_busy")
        assert fleet.path in text
        assert "another program" in text
        let_go()
        until_ready(host)
        assert not host.problems()
        assert_works(host, fleet, 40)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda heard: b"", id="silent"),
        pytest.param(lambda heard: heard, id="echo"),
        pytest.param(lambda heard: b"\x00\x05\xff$GPGGA,1*47\r\n" * 20, id="garbage"),
    ],
)
def test_a_device_that_is_no_gateway_is_named_and_left_alone(tmp_path: Path, answer) -> None:  # type: ignore[no-untyped-def]
    with stranger(answer) as device, running(tmp_path / "data", device.path) as host:
        text = problem(host, "not_found")
        assert device.path in text
        assert "left alone" in text
        with held(device.path):
            pass
        asked = len(device.heard)
        host.clock.sleep(2.0)
        assert len(device.heard) == asked


class Talker:
    """Plays a gateway of some version, byte by byte, without a radio."""

    def __init__(self, version: int, *, has_state: bool) -> None:
        self._version, self._has_state = version, has_state

    def __call__(self, heard: bytes) -> bytes:
        said = b""
        if Identify().to_frame() in heard:
            said += identity_text(GATEWAY, self._version)
        if self._has_state and StateRequest().to_frame() in heard:
            said += StateReport(GatewayState.IDLE).to_frame()
        return said


def test_a_gateway_that_is_too_old_is_told_to_be_updated(tmp_path: Path) -> None:
    with stranger(Talker(3, has_state=False)) as device, running(tmp_path / "data", device.path) as host:
        text = problem(host, "gateway_too_old")
        assert "RaceLink_Gateway_v3" in text
        assert "Update" in text
        with held(device.path):
            pass


@pytest.mark.parametrize("version", [3, 5])
def test_a_gateway_of_another_version_that_works_is_used_and_logged(
    tmp_path: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    with stranger(Talker(version, has_state=True)) as device, running(tmp_path / "data", device.path) as host:
        until_ready(host)
    assert f"RaceLink_Gateway_v{version}" in caplog.text


def test_a_gateway_that_still_boots_is_found_without_a_retry(tmp_path: Path) -> None:
    with plant() as fleet:
        fleet.fault("reboot")
        with running(tmp_path / "data", fleet.path) as host:
            until_ready(host)
            assert host.gateways.status().gateways[0].mac == GATEWAY


def test_a_gateway_unplugged_in_the_middle_of_sending_ends_every_wait_and_comes_back(tmp_path: Path) -> None:
    with plant() as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        results: list[CommandResult] = []
        senders = [threading.Thread(target=lambda: results.append(shine(host, 40))) for _ in range(20)]
        for sender in senders:
            sender.start()
        until(lambda: results, "the first packet")
        fleet.fault("unplug")
        for sender in senders:
            sender.join(10.0)
        assert len(results) == 20
        failed = [result for result in results if not result.ok]
        assert failed
        assert {result.code for result in failed} <= {"link_lost", "unavailable"}, failed
        assert all("unplugged" in str(result.detail) or "Plug" in str(result.detail) for result in failed)
        text = problem(host, "link_lost")
        assert fleet.path in text
        fleet.fault("replug")
        until_ready(host)
        assert_works(host, fleet, 50)


def test_a_killed_port_process_is_replaced_and_the_gateway_comes_back(tmp_path: Path) -> None:
    before = child_processes()
    with plant() as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        (port_process,) = child_processes() - before
        results: list[CommandResult] = []
        senders = [threading.Thread(target=lambda: results.append(shine(host, 40))) for _ in range(10)]
        for sender in senders:
            sender.start()
        until(lambda: results, "the first packet")
        os.kill(port_process, signal.SIGKILL)
        for sender in senders:
            sender.join(10.0)
        assert len(results) == 10
        assert any(not result.ok for result in results)
        until_ready(host)
        assert child_processes() - before != {port_process}
        assert_works(host, fleet, 50)


def test_garbage_between_frames_and_everything_said_twice_changes_no_result(tmp_path: Path) -> None:
    with plant() as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        fleet.fault("duplicate", value=1.0)
        for brightness in range(10, 30):
            fleet.fault("garbage", value=40, seed=brightness)
            assert_works(host, fleet, brightness)
        assert host.gateways.status().ready


def test_a_stuck_transmission_is_not_called_sent(tmp_path: Path) -> None:
    with plant() as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        assert_works(host, fleet, 40)
        fleet.fault("stuck", value=3)
        result = shine(host, 90)
        assert result.status is CommandStatus.FAILED
        assert result.detail
        assert fleet.brightnesses() == {40}
        until(lambda: shine(host, 50).ok, "a gateway that sends again")
        until(lambda: fleet.brightnesses() == {50}, "the lamps")


def test_with_a_fifth_of_all_packets_lost_an_assignment_says_what_the_nodes_hold(tmp_path: Path) -> None:
    with plant(settled=False) as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        until(lambda: sum(node.is_running for node in fleet.simulation.nodes.values()) >= 7, "booted nodes")
        host.discovery.start(None, "Gates", origin=OPERATOR)
        until(lambda: not host.tasks.is_running, "the end of the discovery")
        devices = host.store.snapshot.devices
        assert len(devices) == 7
        fleet.fault("loss", "*", 0.2)
        group_id = host.grouping.create("Pit wall")
        host.grouping.start_assign(list(devices), group_id, OPERATOR)
        until(lambda: not host.tasks.is_running, "the end of the assignment")
        task = host.tasks.current()
        assert task is not None
        counts = task.result
        assert counts["changed"] + counts["timed_out"] + counts["skipped_offline"] == counts["total"] == len(devices)
        confirmed = [device for device in host.store.snapshot.devices.values() if not device.group_push_pending]
        assert len(confirmed) == counts["changed"] > 0
        assert {fleet.simulation.nodes[device.mac].group_id for device in confirmed} == {group_id}


def test_a_stopped_host_frees_its_port_at_once_and_stops_twice(tmp_path: Path) -> None:
    with plant() as fleet, running(tmp_path / "data", fleet.path) as host:
        until_ready(host)
        host.stop()
        with held(fleet.path):
            pass
        host.stop()
        assert host.dispatcher.submit(SyncCommand(), OPERATOR).code == "unavailable"
        assert host.dispatcher.submit(BlackoutCommand(target=EVERYONE), OPERATOR).status is CommandStatus.REJECTED


def test_a_host_that_stops_while_it_searches_leaves_nothing(tmp_path: Path) -> None:
    with stranger() as device, running(tmp_path / "data", device.path, timings=QUICK) as host:
        until(lambda: device.heard, "the first question")
        host.stop()
        opened = subprocess.run(
            [sys.executable, "-c", "import serial, sys; serial.Serial(sys.argv[1], exclusive=True)", device.path],
            capture_output=True,
            timeout=20,
            check=False,
        )
        assert opened.returncode == 0, opened.stderr
