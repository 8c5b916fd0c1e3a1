"""Order and numbers of groups, and that what a node confirmed is all that counts as told."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.protocol.bodies import Offset
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.groups_of_devices import UnknownGroups
from racelink_core.services.tasks import TaskRunning
from racelink_core.state.errors import NoFreeGroup
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until


def three_groups(rig: Rig) -> tuple[GroupId, GroupId, GroupId]:
    """Three nodes stay in group 1, two each are in 2 and 3."""
    rig.discover()
    macs = list(rig.running)
    return GroupId(1), rig.assign(macs[:2], "Gate 2"), rig.assign(macs[2:4], "Gate 3")


def is_truthful(rig: Rig) -> bool:
    """Every node that is not pending holds what the store says."""
    return all(
        device.group_push_pending or rig.nodes[mac].group_id == device.group_id
        for mac, device in rig.host.store.snapshot.devices.items()
    )


def is_settled(rig: Rig) -> bool:
    devices = rig.host.store.snapshot.devices
    return is_truthful(rig) and not any(device.group_push_pending for device in devices.values())


def test_another_order_moves_no_id_and_sends_nothing(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        before = {mac: (node.group_id, device_of(rig, mac)) for mac, node in rig.nodes.items()}
        rig.host.grouping.reorder([3, 1, 2])
        assert list(rig.host.store.snapshot.groups) == [3, 1, 2]
        assert before == {mac: (node.group_id, device_of(rig, mac)) for mac, node in rig.nodes.items()}
        assert rig.host.grouping.create("Last") == 4
        assert list(rig.host.store.snapshot.groups) == [3, 1, 2, 4]


def device_of(rig: Rig, mac: object) -> object:
    return rig.host.store.snapshot.devices.get(mac)  # type: ignore[call-overload]


@pytest.mark.parametrize("order", [[1, 2], [1, 2, 2], [1, 1, 2, 3], []])
def test_an_order_that_is_no_permutation_is_refused_whole(tmp_path: Path, order: list[int]) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        before = rig.host.store.snapshot
        with pytest.raises(InvalidValue):
            rig.host.grouping.reorder(order)
        with pytest.raises(InvalidValue):
            rig.host.grouping.start_renumber(order, OPERATOR)
        with pytest.raises(UnknownGroups) as unknown:
            rig.host.grouping.start_renumber([1, 2, 9], OPERATOR)
        assert unknown.value.group_ids == (9,)
        assert rig.host.store.snapshot is before


def test_renumbering_moves_ids_in_the_store_and_on_the_nodes(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        old = {mac: node.group_id for mac, node in rig.running.items()}
        rig.host.grouping.start_renumber([3, 1, 2], OPERATOR)
        with pytest.raises(TaskRunning):
            rig.host.grouping.start_renumber([1, 2, 3], OPERATOR)
        task = rig.finished()
        assert task.name == "renumber_groups"
        assert task.result == {"renumbered_devices": 7, "changed_scenes": 0, "pending": 0, "total": 7}
        new_of = {3: 1, 1: 2, 2: 3}
        assert {mac: node.group_id for mac, node in rig.running.items()} == {
            mac: new_of[group_id] for mac, group_id in old.items()
        }
        groups = rig.host.store.snapshot.groups
        assert [(group.id, group.name) for group in groups.values()] == [(1, "Gate 3"), (2, "Gates"), (3, "Gate 2")]
        assert is_settled(rig)


def test_renumbering_closes_the_gap_of_a_deleted_group_and_leaves_others_alone(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        rig.host.grouping.delete(GroupId(2))
        rig.finished()
        rig.host.grouping.start_renumber([1, 3], OPERATOR)
        assert rig.finished().result["total"] == 2
        assert sorted(rig.host.store.snapshot.groups) == [1, 2]
        assert sorted(node.group_id for node in rig.running.values()) == [0, 0, 1, 1, 1, 2, 2]
        assert rig.host.grouping.create("New") == 4, "a freed id waits until none is left"


def test_who_is_offline_while_renumbering_is_told_when_it_is_heard_again(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        away, silent = list(rig.running)[:2]
        rig.simulation.fault("off", away)
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        rig.simulation.fault("deaf", silent, True)
        rig.host.grouping.start_renumber([2, 1, 3], OPERATOR)
        result = rig.finished().result
        assert (result["renumbered_devices"], result["pending"], result["total"]) == (3, 2, 5)
        devices = rig.host.store.snapshot.devices
        assert {mac for mac, device in devices.items() if device.group_push_pending} == {away, silent}
        assert is_truthful(rig)
        rig.simulation.fault("on", away)
        rig.simulation.fault("deaf", silent, False)
        until(lambda: rig.nodes[away].group_id == 1, "its announcement and its new number")
        rig.host.status.start(DeviceTarget(value=silent), OPERATOR)
        rig.finished()
        until(lambda: is_settled(rig), "the number of the one that was deaf")


def test_a_cancelled_renumbering_leaves_the_rest_pending(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        rig.host.grouping.start_renumber([3, 1, 2], OPERATOR)
        until(lambda: any(node.group_id == 1 for node in rig.running.values()), "the first node")
        rig.host.tasks.cancel()
        result = rig.finished().result
        assert result["renumbered_devices"] + result["pending"] == result["total"]
        assert [group.name for group in rig.host.store.snapshot.groups.values()] in (
            ["Gate 3", "Gates", "Gate 2"],
            ["Gates", "Gate 2", "Gate 3"],
        )
        assert is_truthful(rig)
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        until(lambda: is_settled(rig), "the rest, by itself")


def test_a_gateway_lost_while_renumbering_leaves_the_truth_and_mends_the_rest(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        rig.host.grouping.start_renumber([3, 1, 2], OPERATOR)
        until(lambda: rig.host.store.snapshot.groups[GroupId(1)].name == "Gate 3", "the new numbers")
        rig.simulation.fault("unplug", GATEWAY)
        result = rig.finished().result
        assert result["pending"] > 0
        assert is_truthful(rig)
        rig.simulation.fault("replug", GATEWAY)
        until(lambda: is_settled(rig), "what was pending, told without being asked for")


def test_with_five_percent_loss_every_pending_flag_is_true(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        rig.simulation.fault("loss", "*", 0.05)
        for order in ([3, 1, 2], [2, 3, 1], [3, 2, 1]):
            rig.host.grouping.start_renumber(order, OPERATOR)
            rig.finished()
            assert is_truthful(rig)


def test_the_two_hundred_and_fifty_fifth_group_is_refused(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        with rig.host.store.transaction() as draft:
            for number in range(1, 255):
                draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Group {number}")
        with pytest.raises(NoFreeGroup):
            rig.host.grouping.create("One more")
        rig.host.grouping.reorder(range(254, 0, -1))
        assert next(iter(rig.host.store.snapshot.groups)) == 254


def test_a_group_is_on_the_network_of_its_members_and_on_none_without(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        _, second, _ = three_groups(rig)
        members = [device.mac for device in rig.host.store.snapshot.members(second)]
        assert rig.host.store.snapshot.groups[second].network_id == "default"
        for mac in members:
            rig.host.devices.forget(mac)
        assert rig.host.store.snapshot.groups[second].network_id is None


def test_a_lamp_that_brings_offset_mode_into_its_new_group_still_follows(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        first, second, _ = three_groups(rig)
        for group_id in (first, second):
            assert rig.host.dispatcher.submit(solid(group_id, (0, 0, 255)), OPERATOR).ok
        offset = Offset(first, OffsetMode.LINEAR, base_ms=0, step_ms=100)
        assert rig.host.gateways.lane("default").send([RadioPacket(BROADCAST, offset)], OPERATOR.priority)[0].ok
        moved = next(mac for mac, node in rig.running.items() if node.group_id == first)
        rig.host.grouping.start_assign([moved], second, OPERATOR)
        rig.finished()
        assert rig.host.dispatcher.submit(solid(second, (255, 0, 0)), OPERATOR).ok
        until(lambda: rig.nodes[moved].lamp.look.color1 == (255, 0, 0), "the light of its new group")


def solid(group_id: GroupId, color: tuple[int, int, int]) -> RlEffectCommand:
    effect = EffectParameters(mode=0, color1=color, brightness=100)
    return RlEffectCommand(target=GroupsTarget(value=(group_id,)), params=effect)
