"""Every long task while its gateway is pulled out, talks nonsense or says everything twice.

A service belongs in `SERVICES`. The simulator's nodes judge: whatever the host calls confirmed must be so on the node.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.node_options import NodeOption
from racelink_core.domain.startblock import SlotEntry
from racelink_core.domain.target import BroadcastTarget
from racelink_core.services.tasks import TaskSnapshot
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

GATES = GroupId(1)
FRAME_RATE = 30
NODES_COUNTED = ("found", "assigned", "updated", "changed", "renumbered_devices", "acknowledged")
"""Names in results that count nodes, of which seven are switched on."""


@dataclass(frozen=True)
class Service:
    """`start` on a settled fleet; `succeeded` for its end without faults; `is_true` for every end."""

    start: Callable[[Rig], object]
    succeeded: Callable[[Any], bool]
    is_true: Callable[[Rig, Any], bool] = lambda rig, result: True


def in_pit(rig: Rig) -> GroupId:
    """The second group, made when it is first asked for."""
    groups = rig.host.store.snapshot.groups.values()
    found = next((group.id for group in groups if group.name == "Pit wall"), None)
    return rig.host.grouping.create("Pit wall") if found is None else found


def move(rig: Rig) -> None:
    rig.host.grouping.start_assign(list(rig.host.store.snapshot.devices), in_pit(rig), OPERATOR)


def renumber(rig: Rig) -> None:
    in_pit(rig)
    order = [group.id for group in rig.host.store.snapshot.groups.values()]
    rig.host.grouping.start_renumber(list(reversed(order)), OPERATOR)


def discover(rig: Rig) -> None:
    rig.host.discovery.start(None, None, "all", origin=OPERATOR)


def poll(rig: Rig) -> None:
    rig.host.status.start(BroadcastTarget(), OPERATOR)


def configure(rig: Rig) -> None:
    rig.host.bulk_config.start(list(rig.host.store.snapshot.devices), "wled_fps", FRAME_RATE, OPERATOR)


def show_pilots(rig: Rig) -> None:
    pilots = (SlotEntry(slot=1, callsign="Ann", channel="R1"), SlotEntry(slot=2, callsign="Bo", channel="R2"))
    rig.host.startblock.start(BroadcastTarget(), pilots, OPERATOR)


def delete_group(rig: Rig) -> None:
    """The one that everybody is in."""
    snapshot = rig.host.store.snapshot
    if not any(snapshot.members(group_id) for group_id in snapshot.groups):
        rig.assign(list(rig.running), "Once more")
        snapshot = rig.host.store.snapshot
    full = max(snapshot.groups, key=lambda group_id: len(tuple(snapshot.members(group_id))))
    rig.host.grouping.delete(full)


def configured_as_said(rig: Rig, result: Any) -> bool:
    """Who is called acknowledged has the value, and of nobody else it is stored."""
    said = {Mac(each["mac"]) for each in result["devices"] if each["outcome"] == "acknowledged"}
    has = {mac for mac, node in rig.nodes.items() if node.options.read(NodeOption.FRAME_RATE)[0] == FRAME_RATE}
    return said <= has and len(said) == result["acknowledged"]


SERVICES = {
    "discover": Service(discover, lambda result: result["found"] == 7 and result["unconfirmed"] == 0),
    "status": Service(poll, lambda result: result["updated"] == 7),
    "assign": Service(move, lambda result: result["changed"] == result["total"] == 7),
    "resync": Service(
        lambda rig: rig.host.grouping.start_resync(OPERATOR), lambda result: result["changed"] == result["total"] == 7
    ),
    "renumber": Service(renumber, lambda result: result["pending"] == 0),
    "delete group": Service(delete_group, lambda result: result["changed"] == result["total"] == 7),
    "startblock": Service(
        show_pilots,
        lambda result: result["ok"] and result["acked"] == result["expected"],
        lambda rig, result: result["acked"] <= result["expected"] and (result["ok"] or bool(result["reason"])),
    ),
    "configure": Service(configure, lambda result: result["acknowledged"] == 7, configured_as_said),
}
"""By name; each with the fleet in one group."""


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running_host(tmp_path) as rig:
        rig.discover()
        yield rig


def on_air(rig: Rig) -> int:
    return len(rig.simulation.simulation.air_log)


def started(rig: Rig, service: Service) -> None:
    """Returns in the middle: its second packet is out."""
    before = on_air(rig)
    service.start(rig)
    until(lambda: on_air(rig) >= before + 2 or not rig.host.tasks.is_running, "its second packet")


def no_group_is_claimed_falsely(rig: Rig) -> bool:
    return all(
        device.group_push_pending or rig.nodes[mac].group_id == device.group_id
        for mac, device in rig.host.store.snapshot.devices.items()
    )


def ended_truly(rig: Rig, service: Service) -> TaskSnapshot:
    task = rig.finished()
    assert no_group_is_claimed_falsely(rig)
    assert task.last_error if task.state == "error" else service.is_true(rig, task.result), task
    return task


def works(rig: Rig, service: Service) -> None:
    """From the beginning, with nothing in its way and everyone there."""

    def all_are_there() -> bool:
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        return bool(rig.finished().result["updated"] == 7)

    until(all_are_there, "every node")
    service.start(rig)
    task = ended_truly(rig, service)
    assert task.state == "done", task
    assert service.succeeded(task.result), task


def test_a_gateway_that_is_pulled_out_ends_the_task_and_nothing_is_claimed(rig: Rig, service: Service) -> None:
    started(rig, service)
    rig.simulation.fault("unplug", GATEWAY)
    ended_truly(rig, service)
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    assert "link_lost" in {problem.code for problem in rig.host.problems()}
    rig.simulation.fault("replug", GATEWAY)
    until(lambda: rig.host.gateways.status().ready, "the gateway's return")
    works(rig, service)


@contextmanager
def nonsense(rig: Rig) -> Iterator[None]:
    """Between the frames, all the time."""
    ended = threading.Event()

    def talk() -> None:
        seed = 0
        while not ended.wait(0.01):
            seed += 1
            rig.simulation.fault("garbage", GATEWAY, 1 + seed % 40, seed)

    talker = threading.Thread(target=talk)
    talker.start()
    try:
        yield
    finally:
        ended.set()
        talker.join()


def test_nonsense_between_the_frames_makes_nothing_true(rig: Rig, service: Service) -> None:
    with nonsense(rig):
        service.start(rig)
        assert ended_truly(rig, service).state == "done"
    works(rig, service)


def test_what_is_said_twice_and_late_counts_once(rig: Rig, service: Service) -> None:
    rig.simulation.fault("duplicate", GATEWAY, 1.0)
    rig.simulation.fault("delay", GATEWAY, 300)
    service.start(rig)
    task = ended_truly(rig, service)
    assert task.state == "done"
    rig.simulation.fault("duplicate", GATEWAY, 0)
    rig.simulation.fault("delay", GATEWAY, 0)
    assert all(task.result.get(name, 0) <= 7 for name in NODES_COUNTED), task.result
    works(rig, service)
