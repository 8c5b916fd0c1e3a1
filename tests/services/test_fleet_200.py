"""200 nodes on one network with 5 % loss: what ends, ends with the truth. How long it takes is for `benchmarks`."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.target import BroadcastTarget
from racelink_core.protocol.flags import PacketFlags
from tests.services.rig import OPERATOR, Rig, until
from tests.services.test_bulk_config import settled_fleet

NODES, SPEED = 200, 40.0


def prime(rig: Rig) -> None:
    """As after some races; a node that never took a CONTROL is sent one when its status shows it."""
    for node in rig.nodes.values():
        node.lamp.flags |= PacketFlags.HAS_BRI


def lose(rig: Rig) -> None:
    rig.simulation.fault("loss", "*", 0.05, seed=1)


def is_true(rig: Rig) -> bool:
    devices = rig.host.store.snapshot.devices
    return set(devices) == set(rig.nodes) and all(
        devices[mac].group_id == node.group_id and not devices[mac].group_push_pending
        for mac, node in rig.nodes.items()
    )


def switched_off(rig: Rig) -> set[Mac]:
    off = set(list(rig.nodes)[::60])
    for mac in off:
        rig.simulation.fault("off", mac)
    return off


def index_of_task(rig: Rig) -> int:
    task = rig.host.tasks.current()
    return 0 if task is None else int(task.meta["index"])


def test_200_new_nodes_are_all_found_and_hold_the_group_that_is_stored(tmp_path: Path) -> None:
    with settled_fleet(tmp_path, NODES, 1, SPEED) as rig:
        with rig.host.store.transaction() as draft:
            draft.devices.clear()
            draft.groups.clear()
        rig.simulation.fault("reboot", "*")
        until(lambda: len(rig.running) == NODES, "booted nodes")
        lose(rig)
        result = rig.discover().result
        assert (result["found"], result["new"], result["assigned"]) == (NODES, NODES, NODES), result["reason"]
        assert is_true(rig)
        primed = sum(bool(node.lamp.flags & PacketFlags.HAS_BRI) for node in rig.nodes.values())
        assert primed > 0.95 * NODES, "two packets for the whole group"


@pytest.mark.parametrize("groups", [1, 40])
def test_a_poll_of_200_nodes_says_about_each_whether_it_is_there(tmp_path: Path, groups: int) -> None:
    with settled_fleet(tmp_path, NODES, groups, SPEED) as rig:
        prime(rig)
        off = switched_off(rig)
        known_off = next(iter(off))
        rig.host.store.readings.update(known_off, online=False)
        lose(rig)
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        result = rig.finished().result
        online = {mac for mac in rig.nodes if rig.host.store.readings.of(mac).online}
        assert online == set(rig.nodes) - off
        assert (result["updated"], result["silent"], result["unreachable"]) == (NODES - len(off), len(off), 0)


@pytest.mark.parametrize("groups", [1, 40])
def test_a_resynchronisation_of_200_nodes_ends_with_every_node_in_its_stored_group(tmp_path: Path, groups: int) -> None:
    with settled_fleet(tmp_path, NODES, groups, SPEED) as rig:
        prime(rig)
        for number, node in enumerate(rig.nodes.values()):
            if number % 3 == 0:
                node.settle(77, node.master)
        lose(rig)
        rig.host.grouping.start_resync(OPERATOR)
        result = rig.finished().result
        assert (result["changed"], result["timed_out"], result["skipped_offline"]) == (NODES, 0, 0)
        assert is_true(rig)


def test_a_cancelled_resynchronisation_leaves_those_pending_that_did_not_confirm(tmp_path: Path) -> None:
    with settled_fleet(tmp_path, NODES, 1, SPEED) as rig:
        prime(rig)
        lose(rig)
        rig.host.grouping.start_resync(OPERATOR)
        until(lambda: index_of_task(rig) >= 20, "the first confirmations")
        rig.host.tasks.cancel()
        changed = rig.finished().result["changed"]
        pending = sum(device.group_push_pending for device in rig.host.store.snapshot.devices.values())
        assert 20 <= changed < NODES
        assert pending == NODES - changed
