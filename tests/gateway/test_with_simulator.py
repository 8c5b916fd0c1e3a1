"""The whole stack from lane to lamp: real bytes, real timing, simulated gateways and nodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendKind
from racelink_core.gateway.pool import GatewayPool
from racelink_core.gateway.reply_matcher import ack_from, replies_from_any
from racelink_core.links.drivers import Drivers
from racelink_core.protocol.bodies import Control, GetStatus, SetGroup, Stream, Sync
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.clock import SystemClock
from racelink_core.sim.driver import SimulatedDriver
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.sim.simulation import Simulation
from tests.gateway.scripted import QUICK

TIMINGS = QUICK.model_copy(update={"outcome_guard_s": 2.0, "identify_attempt_s": 1.0, "state_report_s": 0.5})


class Field:
    """A settled fleet with a pool that is connected to its gateway."""

    def __init__(self, fleet_path: Path) -> None:
        self.simulation = Simulation(load_fleet(fleet_path), settled=True)
        self.driver = SimulatedDriver(self.simulation)
        self.drivers = Drivers((self.driver,))
        self.pool = GatewayPool(
            self.drivers,
            SystemClock(),
            TIMINGS,
            pins=(),
            bind=lambda identity, profile: "default",
            listener=lambda event: None,
        )
        self.pool.start()
        self.mac = next(iter(self.simulation.gateways))

    def lane(self) -> Lane:
        self.wait(self.pool.lanes)
        return self.pool.lane("default")

    def wait(self, condition: Callable[[], object]) -> None:
        for _ in range(1000):
            if condition():
                return
            time.sleep(0.01)
        raise AssertionError(f"it did not come about: {self.pool.status()}")

    def close(self) -> None:
        self.pool.stop()
        self.drivers.close()


@pytest.fixture
def field(shared_data: Path) -> Iterator[Field]:
    field = Field(shared_data / "fleets" / "club-8.json")
    yield field
    field.close()


def test_a_command_reaches_the_lamps_and_the_overhead_becomes_known(field: Field) -> None:
    lane = field.lane()
    outcomes = lane.send([RadioPacket(BROADCAST, Control(255, 5, brightness=77))] * 3, Priority.OPERATOR)
    assert [outcome.kind for outcome in outcomes] == [SendKind.SENT] * 3
    shown = [node.lamp.brightness for node in field.simulation.nodes.values()]
    assert shown.count(77) == 7, "all but the one that the fleet file says is switched off"
    assert lane.overhead_ms != 10.0


def test_a_request_a_sweep_and_a_stream_are_answered(field: Field) -> None:
    lane = field.lane()
    mac, node = next(iter(field.simulation.nodes.items()))
    set_group = RadioPacket(mac.radio_address, SetGroup(node.group_id))
    assert lane.request(set_group, lambda: ack_from(mac, Opcode.SET_GROUP), Priority.OPERATOR).reason == "count"
    sweep = lane.request(
        RadioPacket(BROADCAST, GetStatus(255)),
        lambda: replies_from_any(Opcode.STATUS, expected_count=len(field.simulation.nodes)),
        Priority.AUTOMATION,
        attempt_s=3.0,
    )
    assert sweep.ok
    stream = RadioPacket(mac.radio_address, Stream(bytes(20)))
    assert lane.request(stream, lambda: ack_from(mac, Opcode.STREAM), Priority.OPERATOR).reason == "count"


def test_packets_without_a_pause_all_arrive_one_by_one(field: Field) -> None:
    lane = field.lane()
    packets = [RadioPacket(BROADCAST, Control(255, 5, brightness=value)) for value in range(1, 21)]
    assert all(outcome.ok for outcome in lane.send(packets, Priority.OPERATOR))
    heard = [entry for entry in field.simulation.air_log if entry.raw[6] == Opcode.CONTROL]
    assert len(heard) == 20


def test_a_timed_sync_goes_out_at_its_moment(field: Field) -> None:
    lane = field.lane()
    fire_at_s = time.monotonic() + 0.2
    outcome = lane.send([RadioPacket(BROADCAST, Sync(0, 128, 1))], Priority.RACE_EVENT, fire_at_s=fire_at_s)[0]
    assert outcome.ok
    assert outcome.written_at_s is not None
    assert outcome.written_at_s >= fire_at_s


def test_an_unplugged_gateway_comes_back_by_itself(field: Field) -> None:
    lane = field.lane()
    field.simulation.fault("unplug", field.mac)
    field.wait(lambda: not field.pool.status().ready)
    assert lane.send([RadioPacket(BROADCAST, Control(255, 5))], Priority.OPERATOR)[0].kind is SendKind.LINK_LOST
    field.simulation.fault("replug", field.mac)
    field.wait(lambda: field.pool.status().ready)
    assert lane.send([RadioPacket(BROADCAST, Control(255, 5))], Priority.OPERATOR)[0].ok


def test_garbage_on_the_line_loses_no_command(field: Field) -> None:
    lane = field.lane()
    for seed in range(5):
        field.simulation.fault("garbage", field.mac, seed=seed)
        assert lane.send([RadioPacket(BROADCAST, Control(255, 5, brightness=seed + 1))], Priority.OPERATOR)[0].ok
