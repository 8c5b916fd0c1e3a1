"""The same property for several devices: every outcome, and each of them true."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.errors import InvalidValue, NotFound
from racelink_core.domain.node_options import NodeOption, Segment
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.specials import UnsupportedOption
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.protocol.bodies import Config
from racelink_core.protocol.radio_packet import OnAir
from racelink_core.protocol.replies import Ack
from racelink_core.services.config_errors import NothingStored
from racelink_core.services.lanes import NothingConnected
from racelink_core.services.tasks import TaskRunning, TaskSnapshot
from racelink_core.sim import node as simulated_node
from racelink_core.sim.node import SimulatedNode
from racelink_core.standalone.demo import settle
from racelink_core.state.errors import StoreFull
from racelink_core.state.store import Store
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

STARTBLOCK = Mac("3C6105DA39AC")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running_host(tmp_path) as rig:
        rig.discover()
        yield rig


@contextmanager
def settled_fleet(directory: Path, nodes: int, groups: int, speed: float = 40.0) -> Iterator[Rig]:
    """One network whose nodes are known, paired and grouped."""
    fleet = {
        "id": "many",
        "networks": [{"id": "default", "gateway_mac": GATEWAY}],
        "groups": [{"id": 1 + number, "name": f"G{number}", "network_id": "default"} for number in range(groups)],
        "devices": [
            {
                "mac": f"3C61050{number:05X}",
                "name": f"Lamp {number}",
                "dev_type": 11,
                "group_id": 1 + number % groups,
                "network_id": "default",
            }
            for number in range(nodes)
        ],
    }
    file = directory / "fleet.json"
    file.write_text(json.dumps(fleet))
    host = Host(HostConfiguration(data_directory=directory / "data", gateways=(f"sim://{file}",), speed=speed))
    try:
        settle(host)
        host.start()
        until(lambda: host.gateways.status().ready, "a gateway")
        yield Rig(host)
    finally:
        host.stop()


def configured(rig: Rig, macs: list[Mac], key: str = "wled_fps", value: Any = 30) -> dict[str, Any]:
    rig.host.bulk_config.start(macs, key, value, OPERATOR)
    task = rig.finished()
    assert task.state == "done", task.last_error
    return dict(task.result)


def outcomes(result: dict[str, Any]) -> dict[Mac, str]:
    return {each["mac"]: each["outcome"] for each in result["devices"]}


def on_nodes(rig: Rig, value: int = 30) -> set[Mac]:
    return {mac for mac, node in rig.nodes.items() if node.options.read(NodeOption.FRAME_RATE) == (value, 0, 0, 0)}


def in_store(rig: Rig, value: int = 30) -> set[Mac]:
    return {mac for mac, each in rig.host.store.snapshot.devices.items() if each.specials.get("wled_fps") == value}


@pytest.mark.parametrize("groups", [1, 40])
def test_200_nodes_with_5_percent_loss_end_with_the_truth(tmp_path: Path, groups: int) -> None:
    with settled_fleet(tmp_path, 200, groups) as rig:
        rig.simulation.fault("loss", "*", 0.05, seed=groups)
        dead = list(rig.nodes)[::50]
        for mac in dead:
            rig.simulation.fault("off", mac)
        known_dead = dead[0]
        rig.host.store.readings.update(known_dead, online=False)
        result = configured(rig, list(rig.nodes))
        by_mac = outcomes(result)
        acknowledged, silent = ({mac for mac in by_mac if by_mac[mac] == how} for how in ("acknowledged", "silent"))
        assert by_mac[known_dead] == "skipped_offline"
        assert silent >= set(dead[1:])
        assert len(silent) <= len(dead), "of those that are there, hardly one in a thousand is missed by both passes"
        assert acknowledged == set(rig.nodes) - silent - {known_dead}
        assert acknowledged == in_store(rig) <= on_nodes(rig)
        assert (result["total"], result["acknowledged"], result["silent"]) == (200, len(acknowledged), len(silent))
        online = {mac for mac in rig.nodes if rig.host.store.readings.of(mac).online}
        assert online == acknowledged


def test_three_networks_are_served_side_by_side(tmp_path: Path) -> None:
    with running_fleet_of_three(tmp_path) as rig:
        macs = list(rig.nodes)
        result = configured(rig, macs)
        acknowledged = {mac for mac, outcome in outcomes(result).items() if outcome == "acknowledged"}
        assert acknowledged == {mac for mac, node in rig.nodes.items() if node.is_running}
        assert on_nodes(rig) == in_store(rig) == acknowledged, "two nodes share an address, on different networks"


@contextmanager
def running_fleet_of_three(directory: Path) -> Iterator[Rig]:
    fleet = Path(__file__).parents[1] / "data" / "fleets" / "festival-200.json"
    host = Host(HostConfiguration(data_directory=directory, gateways=(f"sim://{fleet}",), speed=40))
    try:
        settle(host)
        host.start()
        until(lambda: len(host.gateways.lanes()) == 3, "three gateways")
        yield Rig(host)
    finally:
        host.stop()


def test_those_that_stayed_silent_are_asked_once_more_at_the_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lamp that is busy at first is reached by the second pass, and nobody waits for it meanwhile."""
    macs, heard = list(rig.running), []
    late = macs[0]

    def busy_at_first(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(node.mac)
        if node.mac != late or set(heard) == set(macs):
            SimulatedNode.on_config(node, packet, body)

    monkeypatch.setitem(simulated_node._HANDLERS, Config, busy_at_first)
    passes: list[int] = []
    rig.host.tasks.subscribe(lambda task: passes.append(task.meta["pass"]))
    result = configured(rig, macs)
    assert result["acknowledged"] == len(macs)
    assert heard[0] == heard[-1] == late
    assert sorted(set(passes)) == [1, 2]
    assert rig.host.store.readings.of(late).online is True


def test_a_refusal_is_told_from_silence(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs = list(rig.running)

    def refuse_one(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        if node.mac == macs[1]:
            node._reply(packet.sender, Ack(packet.opcode, 5))
        elif node.mac != macs[2]:
            SimulatedNode.on_config(node, packet, body)

    monkeypatch.setitem(simulated_node._HANDLERS, Config, refuse_one)
    result = configured(rig, macs)
    assert Counter(outcomes(result).values()) == {"acknowledged": 5, "refused": 1, "silent": 1}
    reasons = {each["mac"]: each["reason"] for each in result["devices"]}
    assert reasons[macs[0]] is None
    assert "could not carry it out" in reasons[macs[1]]
    assert "did not answer" in reasons[macs[2]]
    assert in_store(rig) == on_nodes(rig) == set(macs) - {macs[1], macs[2]}


def test_a_gateway_unplugged_in_the_middle_leaves_a_true_account(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs, heard = list(rig.running), []

    def unplug_at_the_third(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(node.mac)
        SimulatedNode.on_config(node, packet, body)
        if len(heard) == 3:
            node._engine.call_in(0.02, lambda: rig.simulation.simulation.fault("unplug", GATEWAY))

    monkeypatch.setitem(simulated_node._HANDLERS, Config, unplug_at_the_third)
    result = configured(rig, macs)
    assert Counter(outcomes(result).values()) == {"acknowledged": 2, "not_sent": 5}
    assert in_store(rig) == set(macs[:2])
    assert on_nodes(rig) == set(macs[:3]), "the third took it and could not say so any more"
    assert all(each["reason"] for each in result["devices"] if each["outcome"] == "not_sent")
    assert all(rig.host.store.readings.of(mac).online for mac in macs), "no lamp did anything wrong"


def test_a_gateway_that_comes_back_is_used_by_the_second_pass(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs, heard = list(rig.running), []

    def reboot_at_the_third(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(node.mac)
        SimulatedNode.on_config(node, packet, body)
        if len(heard) == 3:
            node._engine.call_in(0.02, lambda: rig.simulation.simulation.fault("reboot", GATEWAY))

    monkeypatch.setitem(simulated_node._HANDLERS, Config, reboot_at_the_third)
    by_mac = outcomes(configured(rig, macs))
    acknowledged = {mac for mac, outcome in by_mac.items() if outcome == "acknowledged"}
    assert acknowledged == in_store(rig)
    assert acknowledged <= on_nodes(rig)


def test_race_events_go_before_it_and_cost_no_lamp_its_answer(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is disturbed once: what a race event drowned is asked again, and counts as no silence."""
    macs, disturbed = list(rig.running), set()
    race = Origin("race event", Priority.RACE_EVENT)
    light = RlEffectCommand(target=BroadcastTarget(), params=EffectParameters(mode=3, brightness=50))
    senders: list[threading.Thread] = []

    def while_a_race_event_comes(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        SimulatedNode.on_config(node, packet, body)
        if node.mac not in disturbed:
            disturbed.add(node.mac)
            senders.append(threading.Thread(target=rig.host.dispatcher.submit, args=(light, race)))
            senders[-1].start()

    monkeypatch.setitem(simulated_node._HANDLERS, Config, while_a_race_event_comes)
    result = configured(rig, macs)
    for sender in senders:
        sender.join()
    assert (result["acknowledged"], disturbed) == (7, set(macs))
    assert on_nodes(rig) == in_store(rig) == set(macs)
    assert {node.lamp.look.mode for node in rig.running.values()} == {3}


def test_a_host_that_stops_in_the_middle_ends_it_and_keeps_what_was_acknowledged(rig: Rig) -> None:
    macs = list(rig.running)
    rig.host.bulk_config.start(macs, "wled_fps", 30, OPERATOR)
    until(lambda: len(in_store(rig)) >= 2, "two that acknowledged")
    rig.host.stop()
    assert not rig.host.tasks.is_running
    assert in_store(rig) <= on_nodes(rig)


def test_a_cancelled_run_says_who_was_not_reached(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs, heard = list(rig.running), []

    def cancel_at_the_second(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(node.mac)
        SimulatedNode.on_config(node, packet, body)
        if len(heard) == 2:
            rig.host.tasks.cancel()

    monkeypatch.setitem(simulated_node._HANDLERS, Config, cancel_at_the_second)
    result = configured(rig, macs)
    assert Counter(outcomes(result).values()) == {"acknowledged": 2, "cancelled": 5}
    assert in_store(rig) == on_nodes(rig) == set(macs[:2]), "the one that was begun was finished"


def test_progress_counts_what_is_settled(rig: Rig) -> None:
    seen: list[TaskSnapshot] = []
    rig.host.tasks.subscribe(seen.append)
    configured(rig, list(rig.running))
    counted = [task.meta["index"] for task in seen]
    assert counted == sorted(counted)
    assert (counted[0], counted[-1], seen[0].meta["total"]) == (0, 7, 7)


def test_a_device_forgotten_meanwhile_stays_forgotten(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs = list(rig.running)

    def forget(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        if macs[0] in rig.host.store.snapshot.devices:
            rig.host.devices.forget(macs[0])
        SimulatedNode.on_config(node, packet, body)

    monkeypatch.setitem(simulated_node._HANDLERS, Config, forget)
    configured(rig, macs)
    assert set(rig.host.store.snapshot.devices) == set(macs[1:])


def test_a_disk_that_is_full_is_told_from_a_lamp_that_refuses(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    macs = list(rig.running)

    def full(self: Store) -> None:
        raise StoreFull("the data directory")

    monkeypatch.setattr(Store, "transaction", full)
    result = configured(rig, macs)
    assert set(outcomes(result).values()) == {"not_saved"}
    assert on_nodes(rig) == set(macs)


def test_each_device_gets_its_own_stored_value_pushed(rig: Rig) -> None:
    first, second = tuple(rig.running)[:2]
    for mac, value in ((first, Segment(0, 11)), (second, Segment(3, 22))):
        rig.host.device_config.take_over(mac, "wled_seg0", value)
    assert configured(rig, [first, second], "wled_seg0", None)["acknowledged"] == 2
    read = [rig.nodes[mac].options.read(NodeOption.SEGMENT_0) for mac in (first, second)]
    assert read == [(0, 0, 11, 0), (3, 0, 22, 0)]


def test_one_wrong_device_or_value_keeps_all_of_it_back(rig: Rig) -> None:
    macs, start = list(rig.running), rig.host.bulk_config.start
    with pytest.raises(UnsupportedOption):
        start(macs, "startblock_slots", 2, OPERATOR)
    with pytest.raises(InvalidValue):
        start(macs, "wled_fps", 251, OPERATOR)
    with pytest.raises(NotFound):
        start([*macs, Mac("AAAAAAAAAAAA")], "wled_fps", 1, OPERATOR)
    with pytest.raises(NothingStored):
        start(macs, "wled_fps", None, OPERATOR)
    start(macs, "wled_fps", 30, OPERATOR)
    with pytest.raises(TaskRunning):
        start(macs, "wled_fps", 31, OPERATOR)
    rig.finished()
    rig.simulation.fault("unplug", GATEWAY)
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    with pytest.raises(NothingConnected):
        start(macs, "wled_fps", 32, OPERATOR)
    assert on_nodes(rig) == set(macs)
