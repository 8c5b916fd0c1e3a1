"""Recognising a gateway (spec wire, 18) and keeping in touch with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.gateway.errors import GatewayTooOld, NotAGateway
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.session import GatewaySession
from racelink_core.links.contract import LinkError, LinkLost, PortNotFound
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.gateway_commands import GetGatewayProfile, Identify, StateRequest
from racelink_core.protocol.gateway_messages import GatewayState
from racelink_core.protocol.identity import identity_text
from racelink_core.protocol.radio_packet import RadioPacket
from tests.gateway.bench import Bench
from tests.gateway.scripted import DONE, IDLE, MAC, QUICK, TX

CONTROL = RadioPacket(BROADCAST, Control(1, 5, brightness=200))


def eventually(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def test_a_gateway_is_recognised_and_asked_for_state_and_radio_settings(bench: Bench) -> None:
    session = bench.open()
    assert (session.identity.mac, session.state, session.profile) == (MAC, GatewayState.IDLE, DEFAULT_PROFILE)
    assert session.is_open
    assert bench.gateway.commands == [Identify(), StateRequest(), GetGatewayProfile()]


def test_the_identity_is_found_among_events_and_noise(bench: Bench) -> None:
    text = identity_text(MAC)
    bench.gateway.identity = b"\x00\x1frst:0x1" + IDLE.to_frame() + TX.to_frame() + text + DONE.to_frame()
    assert bench.open().identity.mac == MAC


def test_a_gateway_that_is_still_booting_is_found_without_a_retry_by_hand(bench: Bench) -> None:
    text, bench.gateway.identity = bench.gateway.identity, None
    opening = threading.Thread(target=bench.open)
    opening.start()
    eventually(lambda: len(bench.gateway.commands) >= 3)
    bench.gateway.identity = text
    opening.join(5.0)
    assert bench.session.is_open


def test_what_is_no_gateway_is_left_with_a_free_port(bench: Bench) -> None:
    bench.gateway.identity = b"GPS ready\r\n$GPGGA"
    with pytest.raises(NotAGateway) as caught:
        bench.open()
    assert caught.value.code == "NOT_FOUND"
    assert not bench.port.is_open


def test_a_gateway_without_state_reports_is_too_old(bench: Bench) -> None:
    bench.gateway.has_state = False
    with pytest.raises(GatewayTooOld, match="too old") as caught:
        bench.open()
    assert caught.value.code == "GATEWAY_TOO_OLD"
    assert not bench.port.is_open


def test_another_number_in_the_name_is_accepted_and_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.gateway.identity = identity_text(MAC, 5)
    assert bench.open().identity.version == 5
    assert "RaceLink_Gateway_v5" in caplog.text


def test_without_runtime_radio_settings_there_is_no_profile(bench: Bench) -> None:
    bench.gateway.has_profile = False
    assert bench.open().profile is None
    assert bench.session.send(CONTROL).ok


def test_a_port_that_does_not_exist_raises_what_the_driver_raises(bench: Bench) -> None:
    bench.port.unplug()
    with pytest.raises(PortNotFound):
        bench.open()


def test_a_cable_pulled_while_it_opens_ends_the_attempt_at_once(bench: Bench) -> None:
    bench.gateway.identity = None
    failures: list[LinkError] = []

    def open_it() -> None:
        try:
            bench.session.open()
        except LinkError as error:
            failures.append(error)

    opening = threading.Thread(target=open_it)
    opening.start()
    eventually(lambda: bench.gateway.commands)
    bench.port.unplug()
    opening.join(5.0)
    assert isinstance(failures[0], LinkLost)


def test_half_a_frame_is_forgotten_after_a_gap(bench: Bench) -> None:
    session = bench.open()
    bench.port.feed(b"\x00\x20\x81", 100.0)
    bench.port.feed(TX.to_frame(), 100.06)
    session.catch_up()
    assert session.state is GatewayState.TX


def test_a_listener_that_fails_does_not_stop_the_reader(bench: Bench) -> None:
    def fail(event: GatewayEvent) -> None:
        raise RuntimeError("a listener that is broken")

    bench.session = GatewaySession(bench.port.url, bench.drivers, bench.clock, bench.timings, fail)
    assert bench.open().send(CONTROL).ok
    assert bench.session.send(CONTROL).ok


def test_a_silent_gateway_is_asked_and_at_last_given_up(bench: Bench) -> None:
    bench.timings = QUICK.model_copy(update={"keep_alive_s": 0.05})
    bench.session = bench.new_session()
    session = bench.open()
    bench.gateway.commands.clear()
    lost: list[LinkError] = []
    session.on_lost = lost.append
    eventually(lambda: bench.gateway.commands.count(StateRequest()) >= 2)
    assert session.is_open
    bench.gateway.has_state = False
    eventually(lambda: lost)
    assert "did not answer" in str(lost[0])
    eventually(lambda: not bench.port.is_open)
    assert not session.is_open


def test_a_gateway_that_restarts_is_asked_anew(bench: Bench) -> None:
    bench.open()
    bench.gateway.commands.clear()
    bench.gateway.say(IDLE)
    eventually(lambda: StateRequest() in bench.gateway.commands)
    assert bench.gateway.commands == [Identify(), GetGatewayProfile(), StateRequest()]
    assert bench.session.is_open


def test_another_gateway_behind_the_same_port_ends_the_session(bench: Bench) -> None:
    session = bench.open()
    lost: list[LinkError] = []
    session.on_lost = lost.append
    bench.gateway.identity = identity_text(Mac("AC67B2778899"))
    bench.gateway.say(IDLE)
    eventually(lambda: lost)
    assert "another gateway" in str(lost[0])


def test_a_session_is_closed_twice_without_harm(bench: Bench) -> None:
    session = bench.open()
    lost: list[LinkError] = []
    session.on_lost = lost.append
    session.close()
    session.close()
    assert not session.is_open
    assert not bench.port.is_open
    assert lost == []
