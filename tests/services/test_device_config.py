"""Node options written, read and compared; what counts is what the simulated nodes have stored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import InvalidValue, NotFound
from racelink_core.domain.node_options import NodeOption, PropertyValue, Segment
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.specials import UnsupportedFunction, UnsupportedOption, find_property
from racelink_core.gateway.errors import NoGateway
from racelink_core.protocol.bodies import Config, GetConfig
from racelink_core.protocol.radio_packet import OnAir
from racelink_core.protocol.replies import Ack, ConfigReply
from racelink_core.services.config_errors import ConfigNotSent, ConfigSilent, NothingStored
from racelink_core.services.config_records import ConfigRecords
from racelink_core.services.lanes import NothingConnected
from racelink_core.services.tasks import TaskSnapshot
from racelink_core.sim import node as simulated_node
from racelink_core.sim.node import SimulatedNode
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

STARTBLOCK = Mac("3C6105DA39AC")
Handler = Callable[[SimulatedNode, OnAir, Any], None]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with running_host(tmp_path) as rig:
        rig.discover()
        yield rig


@pytest.fixture
def behave(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, Handler], None]:
    """Has nodes handle a kind of packet in another way."""

    def replace(body: type, handler: Handler) -> None:
        monkeypatch.setitem(simulated_node._HANDLERS, body, handler)

    return replace


def lamp(rig: Rig) -> Mac:
    return next(mac for mac in rig.running if mac != STARTBLOCK)


def written(rig: Rig, mac: Mac, key: str, value: PropertyValue) -> TaskSnapshot:
    rig.host.device_config.start_write(mac, key, value, OPERATOR)
    return rig.finished()


def stored(rig: Rig, mac: Mac) -> dict[str, int]:
    return rig.host.store.snapshot.devices[mac].specials


@pytest.mark.parametrize(
    ("key", "value", "option", "data"),
    [
        ("wled_fps", 30, NodeOption.FRAME_RATE, (30, 0, 0, 0)),
        ("wled_transition_ms", 1500, NodeOption.TRANSITION, (0xDC, 5, 0, 0)),
        ("wled_seg0", Segment(10, 300), NodeOption.SEGMENT_0, (10, 0, 44, 1)),
        ("startblock_slots", 4, NodeOption.STARTBLOCK_SLOTS, (4, 0, 0, 0)),
    ],
)
def test_a_written_property_is_on_the_node_and_then_in_the_store(
    rig: Rig, key: str, value: PropertyValue, option: int, data: tuple[int, ...]
) -> None:
    changes: list[Change] = []
    rig.host.store.subscribe(changes.append)
    task = written(rig, STARTBLOCK, key, value)
    assert (task.name, task.state, task.meta["mac"], task.meta["key"]) == ("special_config", "done", STARTBLOCK, key)
    assert rig.nodes[STARTBLOCK].options.read(option) == data
    flat = {key: value} if isinstance(value, int) else {f"{key}_start": 10, f"{key}_stop": 300}
    assert stored(rig, STARTBLOCK) == flat
    assert task.result == {
        "mac": STARTBLOCK,
        "key": key,
        "value": value if isinstance(value, int) else {"start": 10, "stop": 300},
    }
    assert [change.scopes for change in changes] == [{Scope.DEVICE_SPECIALS}]


def test_a_new_boot_brightness_is_live_at_once(rig: Rig) -> None:
    mac = lamp(rig)
    written(rig, mac, "wled_bri", 40)
    assert rig.nodes[mac].lamp.brightness == rig.host.store.readings.of(mac).brightness == 40


def test_a_node_that_stays_silent_has_nothing_stored_and_is_offline(rig: Rig) -> None:
    mac = lamp(rig)
    rig.simulation.fault("deaf", mac)
    task = written(rig, mac, "wled_fps", 30)
    assert task.state == "error"
    assert "did not answer" in str(task.last_error)
    assert stored(rig, mac) == {}
    assert rig.host.store.readings.of(mac).link_error == "Missing reply (CONFIG)"


def test_a_refusal_is_a_failure_with_its_reason(rig: Rig, behave: Callable[[type, Handler], None]) -> None:
    behave(Config, lambda node, packet, body: node._reply(packet.sender, Ack(body.OPCODE, 3)))
    mac = lamp(rig)
    task = written(rig, mac, "wled_fps", 30)
    assert task.state == "error"
    assert "not its master" in str(task.last_error)
    assert stored(rig, mac) == {}
    assert rig.host.store.readings.of(mac).online is True


def test_a_refusal_of_a_kind_that_nobody_knows_is_one_too(rig: Rig, behave: Callable[[type, Handler], None]) -> None:
    behave(Config, lambda node, packet, body: node._reply(packet.sender, Ack(body.OPCODE, 77)))
    assert "status 77" in str(written(rig, lamp(rig), "wled_fps", 30).last_error)


def test_the_acknowledgement_of_another_node_counts_for_nobody(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    mac = lamp(rig)
    other = next(node for each, node in rig.running.items() if each != mac)
    behave(Config, lambda node, packet, body: other._reply(packet.sender, Ack(body.OPCODE, 0)))
    assert written(rig, mac, "wled_fps", 30).state == "error"
    assert stored(rig, mac) == {}


def test_a_node_that_answers_twice_confirms_one_write_only(rig: Rig, behave: Callable[[type, Handler], None]) -> None:
    """Its gateway says everything twice, and the node then takes nothing any more."""
    mac = lamp(rig)
    rig.simulation.fault("duplicate", GATEWAY, 1.0)
    assert written(rig, mac, "wled_fps", 30).state == "done"
    behave(Config, lambda node, packet, body: None)
    assert written(rig, mac, "wled_transition_ms", 1500).state == "error"
    assert stored(rig, mac) == {"wled_fps": 30}


def test_a_late_acknowledgement_of_one_option_does_not_confirm_another(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    """The node takes the first write, finds the channel busy for long, and is deaf until its answer is out."""
    mac, heard = lamp(rig), []

    def busy(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(body.option)
        if len(heard) == 1:
            node._configure(body)
            node.is_deaf = True
            node._engine.call_in(5.3, lambda: node._reply(packet.sender, Ack(packet.opcode, 0)))

    behave(Config, busy)
    assert written(rig, mac, "wled_fps", 30).state == "error"
    task = written(rig, mac, "wled_transition_ms", 1500)
    assert (task.state, heard) == ("error", [NodeOption.FRAME_RATE])
    assert stored(rig, mac) == {}, "the late answer was about the frame rate"


def test_two_writes_at_once_are_not_confirmed_by_the_late_answer_to_one_of_them(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    """The second waits behind the first, and its request is out when the late answer to the first comes."""
    mac, heard = lamp(rig), []
    device = rig.host.store.snapshot.device(mac)
    refusals: list[str] = []

    def busy(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(body.option)
        if len(heard) == 1:
            node.is_deaf = True
            node._engine.call_in(5.3, lambda: node._reply(packet.sender, Ack(packet.opcode, 0)))

    def write(key: str) -> None:
        try:
            rig.host.device_config.write(device, find_property(device, key), 30, OPERATOR)
        except ConfigSilent as error:
            refusals.append(error.code)

    behave(Config, busy)
    threads = [threading.Thread(target=write, args=(key,)) for key in ("wled_fps", "wled_bri")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == ["no_reply", "no_reply"]
    assert stored(rig, mac) == {}


def test_the_same_write_again_may_be_confirmed_by_the_late_answer_to_the_first(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    mac, heard = lamp(rig), []

    def busy(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        heard.append(body.option)
        if len(heard) == 1:
            node._configure(body)
            node._engine.call_in(2.0, lambda: node._reply(packet.sender, Ack(packet.opcode, 0)))

    behave(Config, busy)
    assert written(rig, mac, "wled_fps", 30).state == "done"
    assert rig.nodes[mac].options.read(NodeOption.FRAME_RATE) == (30, 0, 0, 0)
    assert stored(rig, mac) == {"wled_fps": 30}


def test_a_lossy_channel_is_asked_again(rig: Rig) -> None:
    rig.simulation.fault("loss", "*", 0.05, seed=3)
    for number, mac in enumerate(rig.running):
        task = written(rig, mac, "wled_fps", 40 + number)
        if task.state == "done":
            assert rig.nodes[mac].options.read(NodeOption.FRAME_RATE) == (40 + number, 0, 0, 0)
            assert stored(rig, mac)["wled_fps"] == 40 + number
        else:
            assert stored(rig, mac) == {}


def test_a_live_value_is_compared_with_what_is_stored_or_usual(rig: Rig) -> None:
    mac, config = lamp(rig), rig.host.device_config
    fresh = config.read(mac, "wled_fps", OPERATOR)
    assert (fresh.live, fresh.expected, fresh.comparison) == (75, 75, "match")
    rig.nodes[mac].options.write(NodeOption.FRAME_RATE, (20, 0, 0, 0))
    assert config.read(mac, "wled_fps", OPERATOR).comparison == "diverged"
    segment = config.read(mac, "wled_seg0", OPERATOR)
    assert (segment.live, segment.expected, segment.comparison) == (Segment(0, 200), None, "diverged")
    rig.simulation.fault("deaf", mac)
    silent = config.read(mac, "wled_fps", OPERATOR)
    assert (silent.live, silent.comparison) == (None, "unknown")
    assert rig.host.store.readings.of(mac).online is True, "a node that lacks an option is silent as well"


def test_two_reads_at_once_do_not_cross(rig: Rig) -> None:
    mac, found = lamp(rig), {}

    def read(key: str) -> None:
        found[key] = rig.host.device_config.read(mac, key, OPERATOR).live

    keys = ("wled_fps", "wled_bri", "wled_transition_ms", "wled_abl_ma", "wled_seg0")
    threads = [threading.Thread(target=read, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {
        "wled_fps": 75,
        "wled_bri": 128,
        "wled_transition_ms": 700,
        "wled_abl_ma": 0,
        "wled_seg0": Segment(0, 200),
    }


def test_an_answer_about_another_option_is_not_taken(rig: Rig, behave: Callable[[type, Handler], None]) -> None:
    behave(
        GetConfig,
        lambda node, packet, body: node._reply(packet.sender, ConfigReply(NodeOption.BOOT_BRIGHTNESS, (9, 0, 0, 0))),
    )
    assert rig.host.device_config.read(lamp(rig), "wled_fps", OPERATOR).comparison == "unknown"


def test_the_host_takes_over_what_the_device_has_and_pushes_what_it_has(rig: Rig) -> None:
    mac, config = lamp(rig), rig.host.device_config
    with pytest.raises(NothingStored):
        config.start_push(mac, "wled_fps", OPERATOR)
    assert config.take_over(mac, "wled_seg0", Segment(0, 200)) == ("wled_seg0_start", "wled_seg0_stop")
    assert config.read(mac, "wled_seg0", OPERATOR).comparison == "match"
    config.take_over(mac, "wled_fps", 33)
    assert rig.nodes[mac].options.read(NodeOption.FRAME_RATE) == (75, 0, 0, 0), "nothing was sent"
    config.start_push(mac, "wled_fps", OPERATOR)
    assert rig.finished().state == "done"
    assert rig.nodes[mac].options.read(NodeOption.FRAME_RATE) == (33, 0, 0, 0)


def test_a_reset_brings_node_and_host_back_to_the_defaults(rig: Rig) -> None:
    config, node = rig.host.device_config, rig.nodes[STARTBLOCK]
    for key, value in (("wled_fps", 20), ("wled_seg0", Segment(3, 9)), ("startblock_slots", 4)):
        written(rig, STARTBLOCK, key, value)
    config.reset(STARTBLOCK, OPERATOR)
    assert node.options.read(NodeOption.FRAME_RATE) == (75, 0, 0, 0)
    assert stored(rig, STARTBLOCK) == {
        "wled_fps": 75,
        "wled_abl_ma": 0,
        "wled_bri": 128,
        "wled_transition_ms": 700,
        "startblock_slots": 4,
    }
    assert rig.host.store.readings.of(STARTBLOCK).brightness == node.lamp.brightness == 128
    assert config.read(STARTBLOCK, "wled_fps", OPERATOR).comparison == "match"
    assert config.read(STARTBLOCK, "wled_seg0", OPERATOR).comparison == "diverged"


def test_a_reset_that_nobody_acknowledges_changes_nothing_here(rig: Rig) -> None:
    mac = lamp(rig)
    written(rig, mac, "wled_fps", 20)
    rig.simulation.fault("deaf", mac)
    with pytest.raises(ConfigSilent):
        rig.host.device_config.reset(mac, OPERATOR)
    assert stored(rig, mac) == {"wled_fps": 20}


def test_of_two_writes_the_later_answer_is_stored_whoever_gets_to_the_store_first(rig: Rig) -> None:
    mac = lamp(rig)
    records = ConfigRecords(rig.host.store)
    prop = find_property(rig.host.store.snapshot.device(mac), "wled_fps")
    records.acknowledged(mac, prop, 50, at_s=20.0)
    records.acknowledged(mac, prop, 40, at_s=10.0)
    assert stored(rig, mac) == {"wled_fps": 50}


@pytest.mark.parametrize(
    ("option", "bit", "shown"),
    [
        (NodeOption.MAC_FILTER, 0, lambda node: node.is_filtering),
        (NodeOption.PERSIST_MASTER, 1, lambda node: node.is_persistent),
        (NodeOption.ACCESS_POINT, 2, lambda node: node.has_access_point),
    ],
)
def test_a_switch_shows_in_the_config_byte_when_it_is_acknowledged(
    rig: Rig, option: NodeOption, bit: int, shown: Callable[[SimulatedNode], bool]
) -> None:
    mac, readings = lamp(rig), rig.host.store.readings
    for is_on in (1, 0, 1):
        answer = rig.host.node_commands.run(mac, option, (is_on, 0, 0, 0), OPERATOR)
        assert (answer.sent, answer.is_acknowledged) == (1, True)
        assert shown(rig.nodes[mac]) is bool(is_on)
        assert readings.of(mac).config_byte >> bit & 1 == is_on
    rig.simulation.fault("deaf", mac)
    with pytest.raises(ConfigSilent):
        rig.host.node_commands.run(mac, option, (0, 0, 0, 0), OPERATOR)
    assert readings.of(mac).config_byte >> bit & 1 == 1


def test_a_restart_is_sent_and_never_called_confirmed(rig: Rig) -> None:
    mac = lamp(rig)
    answer = rig.host.node_commands.run(mac, NodeOption.REBOOT, (1, 0, 0, 0), OPERATOR)
    assert (answer.sent, answer.is_acknowledged) == (1, False)
    assert "restarts" in answer.explanation
    reading = rig.host.store.readings.of(mac)
    assert (reading.online, reading.link_error) == (False, "Told to restart, not heard since")
    until(lambda: not rig.nodes[mac].is_running, "the restart")
    until(lambda: rig.nodes[mac].group_id == 1, "its group, given back")
    until(lambda: rig.host.store.readings.of(mac).online, "its return")


def test_forgetting_the_master_holds_over_a_restart(rig: Rig) -> None:
    """A node that remembers its master would have it back, if option 02 were all."""
    mac, node = lamp(rig), rig.nodes[lamp(rig)]
    rig.host.node_commands.run(mac, NodeOption.PERSIST_MASTER, (1, 0, 0, 0), OPERATOR)
    answer = rig.host.node_commands.run(mac, NodeOption.FORGET_MASTER, (1, 0, 0, 0), OPERATOR)
    assert (answer.sent, answer.is_acknowledged) == (2, True)
    assert (node.master, node.is_persistent) == (None, False)
    assert not rig.host.store.readings.of(mac).config_byte & 2
    with pytest.raises(ConfigSilent):
        rig.host.device_config.reset(mac, OPERATOR)
    rig.simulation.fault("reboot", mac)
    until(lambda: node.master is not None, "a new pairing, by its announcement")


def fails_without_gateway(rig: Rig, mac: Mac) -> dict[str, Callable[[], object]]:
    config, commands = rig.host.device_config, rig.host.node_commands
    return {
        "reset": lambda: config.reset(mac, OPERATOR),
        "read": lambda: config.read(mac, "wled_fps", OPERATOR),
        "switch": lambda: commands.run(mac, NodeOption.ACCESS_POINT, (1, 0, 0, 0), OPERATOR),
        "forget": lambda: commands.run(mac, NodeOption.FORGET_MASTER, (1, 0, 0, 0), OPERATOR),
    }


@pytest.mark.parametrize("what", ["reset", "read", "switch", "forget"])
def test_a_gateway_lost_in_the_middle_is_told_apart_from_a_silent_node(
    rig: Rig, behave: Callable[[type, Handler], None], what: str
) -> None:
    mac = lamp(rig)

    def pull_the_plug(node: SimulatedNode, packet: OnAir, body: object) -> None:
        node._engine.call_in(0.01, lambda: rig.simulation.simulation.fault("unplug", GATEWAY))

    behave(Config, pull_the_plug)
    behave(GetConfig, pull_the_plug)
    with pytest.raises(ConfigNotSent):
        fails_without_gateway(rig, mac)[what]()
    assert rig.host.store.readings.of(mac).online is True
    assert rig.host.store.readings.of(mac).config_byte & 4 == 0
    assert stored(rig, mac) == {}
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    with pytest.raises(NothingConnected):
        rig.host.device_config.start_write(mac, "wled_fps", 30, OPERATOR)
    with pytest.raises(NoGateway):
        fails_without_gateway(rig, mac)[what]()


def test_a_gateway_lost_in_the_middle_of_a_write_ends_the_task_with_the_reason(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    behave(Config, lambda node, packet, body: rig.simulation.simulation.fault("unplug", GATEWAY))
    task = written(rig, lamp(rig), "wled_fps", 30)
    assert task.state == "error"
    assert "did not answer" not in str(task.last_error)
    assert stored(rig, lamp(rig)) == {}


def test_garbage_between_the_frames_confirms_nothing_and_hides_nothing(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    mac = lamp(rig)

    def noisy(node: SimulatedNode, packet: OnAir, body: Config) -> None:
        rig.simulation.simulation.fault("garbage", GATEWAY, 200)
        if heard.append(body.option) or len(heard) > 1:
            SimulatedNode.on_config(node, packet, body)

    heard: list[int] = []
    behave(Config, noisy)
    assert written(rig, mac, "wled_fps", 30).state == "done"
    assert len(heard) > 1, "the first try was answered by noise alone"
    assert rig.nodes[mac].options.read(NodeOption.FRAME_RATE) == (30, 0, 0, 0)


def test_a_host_that_stops_while_an_owed_answer_is_waited_for_ends_it(
    rig: Rig, behave: Callable[[type, Handler], None]
) -> None:
    behave(Config, lambda node, packet, body: None)
    mac = lamp(rig)
    assert written(rig, mac, "wled_fps", 30).state == "error"
    rig.host.device_config.start_write(mac, "wled_bri", 30, OPERATOR)
    rig.host.stop()
    task = rig.host.tasks.current()
    assert task is not None
    assert task.state == "error"
    assert "cancelled" in str(task.last_error)
    assert stored(rig, mac) == {}


def test_a_gateway_that_does_not_transmit_is_no_silence(rig: Rig) -> None:
    mac = lamp(rig)
    rig.simulation.fault("stuck", GATEWAY, 100)
    with pytest.raises(ConfigNotSent):
        rig.host.node_commands.run(mac, NodeOption.REBOOT, (1, 0, 0, 0), OPERATOR)


def test_what_a_device_does_not_have_or_hold_is_refused_before_anything_is_sent(rig: Rig) -> None:
    mac, config, commands = lamp(rig), rig.host.device_config, rig.host.node_commands
    for key in ("startblock_slots", "nonsense", ""):
        with pytest.raises(UnsupportedOption):
            config.start_write(mac, key, 1, OPERATOR)
        with pytest.raises(UnsupportedOption):
            config.read(mac, key, OPERATOR)
        with pytest.raises(UnsupportedOption):
            config.take_over(mac, key, 1)
    with pytest.raises(InvalidValue):
        config.start_write(mac, "wled_fps", 251, OPERATOR)
    with pytest.raises(InvalidValue):
        config.take_over(mac, "wled_fps", 251)
    with pytest.raises(NotFound):
        config.start_write(Mac("AAAAAAAAAAAA"), "wled_fps", 1, OPERATOR)
    for option, data0 in ((NodeOption.FRAME_RATE, 1), (0x77, 1), (NodeOption.MAC_FILTER, 2), (NodeOption.REBOOT, 0)):
        with pytest.raises(InvalidValue):
            commands.run(mac, option, (data0, 0, 0, 0), OPERATOR)
    with rig.host.store.transaction() as draft:
        draft.devices[mac] = draft.devices[mac].model_copy(update={"dev_type": 1})
    with pytest.raises(UnsupportedFunction):
        config.reset(mac, OPERATOR)
    assert stored(rig, mac) == {}
