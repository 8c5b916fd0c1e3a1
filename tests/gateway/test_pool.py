"""Finding, binding, losing and finding again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.origin import Priority
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.gateway.errors import NoGateway
from racelink_core.gateway.outcome import SendKind
from racelink_core.gateway.pool import GatewayPool
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.links.contract import Link, LinkListener, PortBusy
from racelink_core.links.drivers import Drivers
from racelink_core.links.memory import MemoryDriver
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.identity import GatewayIdentity
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.clock import SystemClock
from tests.gateway.scripted import MAC, QUICK, ScriptedGateway

OTHER_MAC = Mac("AC67B2778899")
CONTROL = RadioPacket(BROADCAST, Control(1, 5, brightness=200))


class Venue:
    """Ports, gateways and a pool that serves one network per gateway, named after its MAC."""

    def __init__(self) -> None:
        self.memory = MemoryDriver()
        self.drivers = Drivers((self.memory,))
        self.pool: GatewayPool | None = None

    def gateway(self, name: str, mac: Mac = MAC, version: int = 4) -> ScriptedGateway:
        return ScriptedGateway(self.memory.add(name), mac, version)

    def start(self, *pins: str, bind: Callable[[GatewayIdentity], str | None] | None = None) -> GatewayPool:
        def bound(identity: GatewayIdentity, profile: RadioProfile | None) -> str | None:
            return bind(identity) if bind is not None else identity.mac

        self.pool = GatewayPool(self.drivers, SystemClock(), QUICK, pins=pins, bind=bound, listener=lambda event: None)
        self.pool.start()
        return self.pool

    def wait(self, condition: Callable[[PoolStatus], object]) -> PoolStatus:
        assert self.pool is not None
        for _ in range(500):
            status = self.pool.status()
            if condition(status):
                return status
            time.sleep(0.01)
        raise AssertionError(f"still {self.pool.status()}")

    def close(self) -> None:
        if self.pool is not None:
            self.pool.stop()
            self.pool.stop()
        self.drivers.close()


@pytest.fixture
def venue() -> Iterator[Venue]:
    venue = Venue()
    yield venue
    venue.close()


def _connected(count: int = 1) -> Callable[[PoolStatus], bool]:
    return lambda status: sum(gateway.is_connected for gateway in status.gateways) == count


def _problem(code: str) -> Callable[[PoolStatus], bool]:
    return lambda status: status.last_error is not None and status.last_error.code == code


def test_every_gateway_is_found_and_gets_the_lane_of_its_network(venue: Venue) -> None:
    first, second = venue.gateway("one"), venue.gateway("two", OTHER_MAC)
    pool = venue.start()
    status = venue.wait(_connected(2))
    assert (status.ready, status.last_error) == (True, None)
    assert set(pool.lanes()) == {MAC, OTHER_MAC}
    assert pool.lane(OTHER_MAC).send([CONTROL], Priority.OPERATOR)[0].ok
    assert (first.packets, second.packets) == ([], [CONTROL])


def test_with_pins_no_other_port_is_touched(venue: Venue) -> None:
    venue.gateway("one")
    other = venue.gateway("two", OTHER_MAC)
    venue.start("memory://one")
    venue.wait(_connected())
    assert other.commands == []
    assert not other.port.is_open


def test_without_a_gateway_the_lane_says_what_to_do(venue: Venue) -> None:
    pool = venue.start()
    status = venue.wait(_problem("NOT_FOUND"))
    assert not status.ready
    with pytest.raises(NoGateway, match="Plug it in") as caught:
        pool.lane("default")
    assert caught.value.code == "unavailable"


def test_a_gateway_that_was_never_there_is_found_when_its_port_appears(venue: Venue) -> None:
    venue.start()
    venue.wait(_problem("NOT_FOUND"))
    venue.gateway("late")
    assert venue.wait(_connected()).last_error is None


def test_a_pinned_address_that_does_not_exist_yet_is_found_later(venue: Venue) -> None:
    venue.start("memory://late")
    status = venue.wait(_problem("NOT_FOUND"))
    assert status.last_error is not None
    assert status.last_error.next_retry_in_s is not None
    venue.gateway("late")
    venue.wait(_connected())


def test_unplugged_and_plugged_in_again_it_comes_back_by_itself_on_the_same_lane(venue: Venue) -> None:
    gateway = venue.gateway("one")
    pool = venue.start()
    venue.wait(_connected())
    lane = pool.lane(MAC)
    gateway.port.unplug()
    status = venue.wait(_problem("LINK_LOST"))
    assert status.gateways[0].is_connected is False
    with pytest.raises(NoGateway):
        pool.lane(MAC)
    assert lane.send([CONTROL], Priority.OPERATOR)[0].kind is SendKind.LINK_LOST
    gateway.port.plug()
    venue.wait(_connected())
    assert pool.lane(MAC) is lane
    assert lane.send([CONTROL], Priority.OPERATOR)[0].ok


def test_a_broken_connection_whose_port_stays_is_retried_with_back_off(venue: Venue) -> None:
    gateway = venue.gateway("one")
    pool = venue.start()
    venue.wait(_connected())
    heard: list[PoolStatus] = []
    pool.subscribe(heard.append)
    gateway.port.break_link("the cable shook")
    venue.wait(lambda status: status.ready and any(not earlier.ready for earlier in heard))
    problem = next(status.last_error for status in heard if status.last_error is not None)
    assert (problem.code, "shook" in problem.reason) == ("LINK_LOST", True)


def test_a_lost_gateway_fails_every_command_that_waits_with_the_same_reason(venue: Venue) -> None:
    gateway = venue.gateway("one")
    gateway.on_packet = lambda packet: None
    pool = venue.start()
    venue.wait(_connected())
    lane = pool.lane(MAC)
    outcomes: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(lane.send([CONTROL], Priority.OPERATOR)[0].reason))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    gateway.wait_for_packets(1)
    gateway.port.unplug()
    for thread in threads:
        thread.join(2.0)
    assert len(outcomes) == 10
    assert len(set(outcomes)) == 1
    assert "unplugged" in (outcomes[0] or "")


def test_something_that_is_no_gateway_is_left_alone(venue: Venue) -> None:
    stranger = venue.gateway("stranger")
    stranger.identity = None
    venue.start()
    status = venue.wait(_problem("NOT_FOUND"))
    assert status.last_error is not None
    assert status.last_error.next_retry_in_s is not None
    assert status.last_error.next_retry_in_s > QUICK.backoff_max_s
    assert not stranger.port.is_open


def test_a_retry_by_hand_does_not_wait_for_the_cool_down(venue: Venue) -> None:
    stranger = venue.gateway("stranger")
    identity, stranger.identity = stranger.identity, None
    pool = venue.start()
    venue.wait(_problem("NOT_FOUND"))
    stranger.identity = identity
    pool.retry()
    venue.wait(_connected())


def test_a_gateway_that_is_too_old_is_named(venue: Venue) -> None:
    gateway = venue.gateway("old", version=3)
    gateway.has_state = False
    venue.start()
    status = venue.wait(_problem("GATEWAY_TOO_OLD"))
    assert status.last_error is not None
    assert "RaceLink_Gateway_v3" in status.last_error.reason
    assert not gateway.port.is_open


def test_the_second_way_to_the_same_gateway_is_not_used_until_the_first_is_gone(venue: Venue) -> None:
    first, second = venue.gateway("one"), venue.gateway("two")
    pool = venue.start()
    venue.wait(_connected())
    time.sleep(0.2)
    assert first.port.is_open is not second.port.is_open
    used, spare = (first, second) if first.port.is_open else (second, first)
    used.port.unplug()
    venue.wait(lambda status: spare.port.is_open and status.ready)
    assert pool.lane(MAC).send([CONTROL], Priority.OPERATOR)[0].ok


def test_a_port_that_another_process_holds_is_busy_and_tried_again(venue: Venue) -> None:
    class Held(MemoryDriver):
        is_held = True

        def open(self, url: str, listener: LinkListener) -> Link:
            if self.is_held:
                raise PortBusy(url, "process 4711 holds it")
            return super().open(url, listener)

    venue.memory = held = Held()
    venue.drivers = Drivers((held,))
    venue.gateway("one")
    venue.start()
    status = venue.wait(_problem("PORT_BUSY"))
    assert status.last_error is not None
    assert "4711" in status.last_error.reason
    held.is_held = False
    venue.wait(_connected())


def test_a_gateway_that_no_network_wants_is_shown_but_has_no_lane(venue: Venue) -> None:
    venue.gateway("one")
    pool = venue.start(bind=lambda identity: None)
    status = venue.wait(_connected())
    assert status.gateways[0].network_id is None
    assert pool.lanes() == {}


def test_subscribers_hear_of_every_change_and_one_that_fails_harms_nobody(venue: Venue) -> None:
    heard: list[bool] = []

    def fail(status: PoolStatus) -> None:
        raise RuntimeError("a page that is broken")

    gateway = venue.gateway("one")
    pool = venue.start()
    pool.subscribe(fail)
    unsubscribe = pool.subscribe(lambda status: heard.append(status.ready))
    venue.wait(_connected())
    venue.wait(lambda status: heard and heard[-1])
    gateway.port.unplug()
    venue.wait(lambda status: not heard[-1])
    unsubscribe()
    count = len(heard)
    gateway.port.plug()
    venue.wait(_connected())
    assert len(heard) == count


def test_new_pins_close_what_is_not_wanted_any_more(venue: Venue) -> None:
    first, second = venue.gateway("one"), venue.gateway("two", OTHER_MAC)
    pool = venue.start("memory://one")
    venue.wait(_connected())
    pool.set_pins(["memory://two"])
    venue.wait(lambda status: [gateway.mac for gateway in status.gateways if gateway.is_connected] == [OTHER_MAC])
    assert (first.port.is_open, second.port.is_open) == (False, True)


def test_a_pool_that_is_stopped_while_it_searches_frees_the_port(venue: Venue) -> None:
    stranger = venue.gateway("silent")
    stranger.identity = None
    pool = venue.start()
    for _ in range(200):
        if stranger.port.is_open:
            break
        time.sleep(0.005)
    pool.stop()
    assert not stranger.port.is_open
