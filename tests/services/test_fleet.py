"""Discovery, status and grouping against simulated nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import InvalidValue, NotFound
from racelink_core.domain.group import GroupId
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.protocol.flags import PacketFlags
from racelink_core.services.lanes import NothingConnected
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until


def test_a_fleet_fresh_from_power_on_is_found_grouped_and_primed(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        result = rig.discover().result
        assert (result["found"], result["assigned"], result["unconfirmed"], result["reason"]) == (7, 7, 0, None)
        assert {node.group_id for node in rig.running.values()} == {result["createdGroupId"]}
        # Nobody acknowledges priming; a status shows whose got lost, and it is repeated.
        rig.host.status.start(BroadcastTarget(), origin=OPERATOR)
        rig.finished()
        until(lambda: all(node.lamp.flags & PacketFlags.HAS_BRI for node in rig.running.values()), "priming")
        snapshot = rig.host.store.snapshot
        assert set(snapshot.devices) == set(rig.running)
        assert not any(device.group_push_pending for device in snapshot.devices.values())
        assert snapshot.groups[GroupId(1)].network_id == "default"
        assert all(rig.host.store.readings.of(mac).online for mac in snapshot.devices)


def test_a_fleet_that_stays_silent_is_explained(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.simulation.fault("off", "*")
        result = rig.discover().result
        assert result["found"] == 0
        assert "switched on" in result["reason"]
        assert (result["createdGroupId"], rig.host.store.snapshot.groups) == (None, {})


def test_a_status_poll_says_who_is_there_and_who_is_not(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        silent = next(iter(rig.running))
        rig.simulation.fault("deaf", silent, True)
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        assert rig.finished().result["updated"] == 6
        reading = rig.host.store.readings.of(silent)
        assert (reading.online, reading.link_error) == (False, "Missing reply (STATUS)")
        rig.host.status.start((DeviceTarget(value=next(mac for mac in rig.running if mac != silent)),), OPERATOR)
        assert rig.finished().result["updated"] == 1


def test_answers_are_shown_while_others_still_come_in(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        shown: list[tuple[str, object, object]] = []
        rig.host.tasks.subscribe(
            lambda task: shown.append(
                (task.name, task.meta.get("sweeps"), task.meta.get("found", task.meta.get("index")))
            )
        )
        rig.discover()
        assert ("discover", 0, 1) in shown, "the first answer waited for the end of the sweep"
        rig.host.status.start(BroadcastTarget(), origin=OPERATOR)
        assert rig.finished().result["updated"] == 7
        assert ("status", None, 1) in shown


def test_an_assignment_that_nobody_acknowledges_says_so_and_stays_pending(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        silent, other = tuple(rig.running)[:2]
        rig.simulation.fault("deaf", silent, True)
        group_id = rig.host.grouping.create("Pit wall")
        rig.host.grouping.start_assign([silent, other], group_id, OPERATOR)
        assert rig.finished().result == {"changed": 1, "skipped_offline": 0, "timed_out": 1, "total": 2}
        devices = rig.host.store.snapshot.devices
        assert (devices[silent].group_id, devices[silent].group_push_pending) == (group_id, True)
        assert (devices[other].group_id, devices[other].group_push_pending) == (group_id, False)
        assert rig.nodes[other].group_id == group_id
        assert rig.host.store.readings.of(silent).link_error == "Missing reply (SET_GROUP)"


def test_a_node_that_restarts_gets_its_group_back_by_itself(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac = next(iter(rig.running))
        rig.simulation.fault("reboot", mac)
        until(lambda: rig.nodes[mac].group_id == 0, "the restart")
        until(lambda: rig.nodes[mac].group_id == 1, "its group")
        until(lambda: rig.nodes[mac].lamp.flags & PacketFlags.HAS_BRI, "its priming")


def test_a_status_that_shows_a_lost_priming_has_it_repeated(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        node = next(iter(rig.running.values()))
        node.lamp.flags = PacketFlags.POWER_ON
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        until(lambda: node.lamp.flags & PacketFlags.HAS_BRI, "its priming")


def test_a_deleted_group_frees_its_members_and_moves_no_other_id(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        group_id = rig.assign(list(rig.running)[:2], "Pit wall")
        assert rig.host.grouping.delete(GroupId(1)) == (5, 0, 0)
        rig.finished()
        assert sorted(node.group_id for node in rig.running.values()) == [0] * 5 + [group_id] * 2
        assert set(rig.host.store.snapshot.groups) == {group_id}
        with pytest.raises(NotFound):
            rig.host.status.start(GroupsTarget(value=(1,)), OPERATOR)


def test_a_resynchronisation_tells_every_node_its_stored_group(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        rig.host.grouping.start_resync(OPERATOR)
        task = rig.finished()
        assert task.name == "force_groups"
        assert task.result["changed"] == task.result["total"] == 7


def test_a_discovery_can_be_cancelled_between_packets(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.host.discovery.start(None, "Gates", origin=OPERATOR)
        rig.host.tasks.cancel()
        assert rig.finished().state == "done"


def test_a_host_that_stops_in_the_middle_of_a_discovery_ends_it(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.host.discovery.start(None, "Gates", origin=OPERATOR)
        until(lambda: rig.host.store.snapshot.devices, "the first node")
        rig.host.stop()
        assert not rig.host.tasks.is_running


def test_a_gateway_lost_in_the_middle_of_a_discovery_is_named(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.host.discovery.start(None, "Gates", origin=OPERATOR)
        until(lambda: rig.host.store.snapshot.devices, "the first node")
        rig.simulation.fault("unplug", GATEWAY)
        result = rig.finished().result
        assert result["reason"]


def test_what_cannot_be_started_is_refused_before_anything_changes(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        with pytest.raises(NotFound):
            rig.host.discovery.start(GroupId(9), None, origin=OPERATOR)
        with pytest.raises(InvalidValue):
            rig.host.grouping.create("  ")
        with pytest.raises(NotFound):
            rig.host.devices.rename(Mac("AAAAAAAAAAAA"), "Gate")
        rig.simulation.fault("unplug", GATEWAY)
        until(lambda: not rig.host.gateways.status().ready, "the loss")
        with pytest.raises(NothingConnected):
            rig.host.status.start(BroadcastTarget(), OPERATOR)
        assert rig.host.store.snapshot.groups == {}
        assert problem_codes(rig)


def test_a_device_is_renamed_and_forgotten(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac = next(iter(rig.running))
        rig.host.devices.rename(mac, " Gate 1 ")
        assert rig.host.store.snapshot.devices[mac].name == "Gate 1"
        rig.host.devices.forget(mac)
        assert mac not in rig.host.store.snapshot.devices


def problem_codes(rig: Rig) -> list[str]:
    return [problem.code for problem in rig.host.problems()]
