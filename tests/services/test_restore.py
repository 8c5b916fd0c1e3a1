"""Lamps whose group is not what the store says are put right, whatever showed it (spec services, 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.target import DeviceTarget
from racelink_core.gateway.reply_matcher import replies_from_any
from racelink_core.host import Host
from racelink_core.protocol.bodies import Body, GetDevices, GetStatus, Stream
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket, parse_radio
from racelink_core.services.membership import Push
from racelink_core.sim.node import SimulatedNode
from racelink_core.standalone.demo import settle
from tests.services.rig import OPERATOR, Rig, running_host, until


@contextmanager
def settled_host(directory: Path) -> Iterator[Rig]:
    """Not yet started; it knows its nodes, and they say nothing by themselves."""
    fleet = Path(__file__).parents[1] / "data" / "fleets" / "club-8.json"
    host = Host(HostConfiguration(data_directory=directory, gateways=(f"sim://{fleet}",), speed=20.0))
    try:
        settle(host)
        yield Rig(host)
    finally:
        host.stop()


def one_of(rig: Rig) -> tuple[Mac, SimulatedNode]:
    return next(iter(rig.running.items()))


def lose_group(node: SimulatedNode, group_id: int) -> None:
    """As if another host had moved it; it says nothing."""
    node.group_id = node.lamp.group_id = group_id


def make_pending(rig: Rig, mac: Mac) -> None:
    with rig.host.store.transaction() as draft:
        draft.devices[mac] = draft.devices[mac].model_copy(update={"group_push_pending": True})


def send(rig: Rig, mac: Mac | None, body: Body) -> None:
    receiver = BROADCAST if mac is None else mac.radio_address
    rig.host.gateways.lane("default").send([RadioPacket(receiver, body)], OPERATOR.priority)


def is_confirmed(rig: Rig, mac: Mac) -> bool:
    device = rig.host.store.snapshot.devices[mac]
    return not device.group_push_pending and rig.nodes[mac].group_id == device.group_id


def test_a_node_that_names_another_group_is_put_back(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        lose_group(node, 9)
        send(rig, mac, GetDevices(9))
        until(lambda: node.group_id == 1, "its group")


def test_a_node_in_the_pool_that_names_a_group_is_put_back_too(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        rig.host.grouping.start_assign([mac], GroupId(0), OPERATOR)
        rig.finished()
        lose_group(node, 1)
        send(rig, mac, GetDevices(1))
        until(lambda: node.group_id == 0, "the pool")


def test_a_pending_node_is_told_when_it_answers_anything(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        for body in (GetStatus(1), GetDevices(1), Stream(b"\x01\x01--\x00")):
            make_pending(rig, mac)
            send(rig, mac, body)
            until(lambda: is_confirmed(rig, mac), f"the confirmation after {body}")
            rig.host._restore._not_before_s.clear()
        assert node.group_id == 1


def test_a_pending_node_in_its_old_group_is_reached_by_a_status_poll_and_told(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        lose_group(node, 9)
        make_pending(rig, mac)
        rig.host.status.start(DeviceTarget(value=mac), OPERATOR)
        assert rig.finished().result["updated"] == 1
        until(lambda: is_confirmed(rig, mac), "its group")


def test_a_node_that_stays_silent_stays_pending_and_is_not_asked_without_end(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        lose_group(node, 0)
        rig.simulation.fault("loss", mac, 1.0)
        rig.host._restore.request(mac)
        until(lambda: rig.host.store.readings.of(mac).online is False, "three tries")
        assert rig.host.store.readings.of(mac).link_error == "Missing reply (auto-restore)"
        asked = len(rig.simulation.simulation.air_log)
        rig.host._restore.request(mac)
        assert mac not in rig.host._restore._waiting, "it cools down"
        assert len(rig.simulation.simulation.air_log) == asked
        rig.simulation.fault("loss", mac, 0)


def test_a_lost_group_that_was_not_confirmed_is_told_again_whatever_the_node_says_next(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        lose_group(node, 9)
        rig.simulation.fault("deaf", mac, True)
        rig.host._restore.request(mac)
        until(lambda: rig.host.store.snapshot.devices[mac].group_push_pending, "its silence")
        rig.simulation.fault("deaf", mac, False)
        until(lambda: not rig.host._restore._busy, "the end of the first try")
        rig.host._restore._not_before_s.clear()
        send(rig, mac, GetStatus(9))
        until(lambda: is_confirmed(rig, mac), "its group")


def test_a_group_that_has_changed_while_the_lane_was_busy_is_not_told(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        before = rig.host.store.snapshot.devices[mac]
        new_id = rig.assign([mac], "Gate 2")
        push = rig.host._restore._membership.push(before, OPERATOR.priority, prime=False)
        assert push is Push.NOT_SENT
        assert node.group_id == new_id


def test_during_a_discovery_nothing_is_restored(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, _ = one_of(rig)
        with rig.host._restore.suppressed():
            rig.host._restore.request(mac)
            assert mac not in rig.host._restore._waiting
            assert mac not in rig.host._restore._busy


def test_a_lost_group_outweighs_a_lost_priming(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        lose_group(node, 0)
        node.lamp.flags = PacketFlags.POWER_ON
        restore = rig.host._restore
        restore._waiting[mac] = True
        restore.request(mac)
        assert restore._waiting[mac] is False
        restore._waiting.clear()
        restore.request(mac)
        until(lambda: node.group_id == 1, "its group")
        until(lambda: node.lamp.flags & PacketFlags.HAS_BRI, "its priming")


def test_a_node_heard_by_a_gateway_that_does_not_serve_it_is_left_alone(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, node = one_of(rig)
        with rig.host.store.transaction() as draft:
            draft.networks["other"] = draft.networks["default"].model_copy(
                update={"id": "other", "name": "Other", "gateway_mac": None}
            )
            draft.devices[mac] = draft.devices[mac].model_copy(update={"network_id": "other"})
        lose_group(node, 9)
        heard = rig.host.gateways.lane("default").request(
            RadioPacket(mac.radio_address, GetDevices(9)),
            lambda: replies_from_any(Opcode.DEVICES, max_timeout_s=5.0),
            OPERATOR.priority,
            attempts=1,
        )
        assert heard.ok
        assert mac not in rig.host._restore._waiting
        assert node.group_id == 9


def test_lamps_that_restarted_while_no_host_ran_are_put_back_without_a_discovery(tmp_path: Path) -> None:
    """They announced themselves to nobody, and heed no question that is meant for their group."""
    with settled_host(tmp_path) as rig:
        stored = {mac: rig.host.store.snapshot.device(mac).group_id for mac in rig.running}
        for node in rig.running.values():
            lose_group(node, 0)
        rig.host.start()
        until(lambda: {mac: node.group_id for mac, node in rig.running.items()} == stored, "their groups")


def test_where_nobody_has_lost_a_group_two_questions_are_all(tmp_path: Path) -> None:
    with settled_host(tmp_path) as rig:
        rig.host.start()
        threads = rig.host._roll_call._threads
        until(lambda: threads and not any(thread.is_alive() for thread in threads.values()), "the end of the calls")
        rig.simulation.pump.run_to_now()
        asked = [parse_radio(sent.raw) for sent in rig.simulation.simulation.air_log]
        assert [packet.body_bytes for packet in asked if packet.opcode == Opcode.DEVICES] == [b"\x00\x00"] * 2
