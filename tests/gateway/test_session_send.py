"""Exact orders of gateway events (spec wire, 5.1, 10.2, 13.3 and 19), and the one outcome of each."""

from __future__ import annotations

import threading
import time

import pytest

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.gateway.session import RADIO_FAULT, GatewaySession
from racelink_core.protocol.bodies import Control, GetStatus, Preset, Stream, Sync
from racelink_core.protocol.gateway_commands import StateRequest
from racelink_core.protocol.gateway_messages import RejectReason
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.radio_guard import RadioForbidden, radio_forbidden
from tests.gateway.bench import Bench
from tests.gateway.scripted import DONE, IDLE, TX, WINDOW

NODE = RadioAddress.parse("123456")
CONTROL = RadioPacket(BROADCAST, Control(1, 5, brightness=200))
PRESET = RadioPacket(BROADCAST, Preset(1, 1, 5, 64))
SYNC = RadioPacket(BROADCAST, Sync(0, 128, 1))
STREAM = RadioPacket(NODE, Stream(bytes(20)))


class Sending:
    """A send in a greenlet of its own."""

    def __init__(self, session: GatewaySession, packet: RadioPacket, **more: object) -> None:
        self._outcome: SendOutcome | None = None
        self._thread = threading.Thread(target=self._run, args=(session, packet, more))
        self._thread.start()

    def _run(self, session: GatewaySession, packet: RadioPacket, more: dict[str, object]) -> None:
        self._outcome = session.send(packet, **more)  # type: ignore[arg-type]

    @property
    def is_waiting(self) -> bool:
        return self._outcome is None

    def outcome(self) -> SendOutcome:
        self._thread.join(5.0)
        assert self._outcome is not None, "the send has no outcome"
        return self._outcome


def test_a_normal_send_is_sent_and_its_overhead_is_measured(bench: Bench) -> None:
    session = bench.open()
    assert session.overhead_ms == 10.0
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 1)
    assert outcome.written_at_s is not None
    assert outcome.done_at_s is not None
    assert outcome.done_at_s >= outcome.written_at_s
    assert session.overhead_ms != 10.0
    assert bench.gateway.packets == [CONTROL]


def test_a_rejection_ends_the_wait_and_is_tried_again_when_the_slot_is_free(bench: Bench) -> None:
    session = bench.open()

    def occupied(packet: RadioPacket) -> None:
        bench.gateway.say(TX)
        bench.gateway.reject(packet)
        bench.gateway.say(DONE, IDLE)

    bench.gateway.play(occupied, lambda packet: bench.gateway.transmit())
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 2)


def test_a_slot_that_stays_busy_is_given_up_with_the_reason(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(bench.gateway.reject)
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.reason) == (SendKind.REJECTED, "TXPENDING")
    assert outcome.attempts > 2


def test_a_final_rejection_is_not_tried_again(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: bench.gateway.reject(packet, RejectReason.OVERSIZE))
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.reason, outcome.attempts) == (SendKind.REJECTED, "OVERSIZE", 1)


def test_the_tx_done_of_an_autosync_before_us_is_not_ours(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.say(TX)
    session.catch_up()
    bench.gateway.play(lambda packet: bench.gateway.say(DONE))
    sending = Sending(session, CONTROL)
    bench.gateway.wait_for_packets(1)
    session.catch_up()
    time.sleep(0)
    assert sending.is_waiting
    bench.gateway.say(DONE, IDLE)
    assert sending.outcome().kind is SendKind.SENT


def test_a_send_in_the_moment_between_tx_done_and_idle_is_not_mistaken(bench: Bench) -> None:
    """The mirrored state is still TX, but the slot is free: the next TX_DONE is ours."""
    session = bench.open()
    bench.gateway.say(TX, DONE)
    session.catch_up()
    bench.gateway.play(lambda packet: bench.gateway.say(IDLE, TX, DONE, IDLE))
    assert session.send(CONTROL).kind is SendKind.SENT


def test_a_send_without_a_second_tx_event_is_sent(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.say(TX, DONE)
    session.catch_up()
    bench.gateway.play(lambda packet: bench.gateway.say(DONE, IDLE))
    assert session.send(CONTROL).kind is SendKind.SENT


def test_the_rejection_of_another_type_is_not_ours(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: (bench.gateway.reject(SYNC), bench.gateway.transmit())[-1])
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 1)


def test_a_packet_dropped_by_the_watchdog_is_tried_once_more(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: bench.gateway.say(TX, IDLE), lambda packet: bench.gateway.transmit())
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 2)


def test_a_packet_dropped_twice_is_rejected_as_a_radio_fault(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: bench.gateway.say(TX, IDLE))
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.reason, outcome.attempts) == (SendKind.REJECTED, RADIO_FAULT, 2)


def test_a_stream_waits_for_all_its_fragments(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: bench.gateway.say(TX, DONE, DONE))
    sending = Sending(session, STREAM)
    bench.gateway.wait_for_packets(1)
    session.catch_up()
    time.sleep(0)
    assert sending.is_waiting
    bench.gateway.say(DONE, WINDOW)
    assert sending.outcome().kind is SendKind.SENT


def test_a_stream_that_is_dropped_halfway_starts_again(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: bench.gateway.say(TX, DONE, IDLE), lambda packet: bench.gateway.transmit(3))
    outcome = session.send(STREAM)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 2)


def test_a_second_stream_waits_for_the_end_of_the_first(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(
        lambda packet: (bench.gateway.reject(packet, RejectReason.UNKNOWN), bench.gateway.say(WINDOW))[-1],
        lambda packet: bench.gateway.transmit(3),
    )
    outcome = session.send(STREAM)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 2)


def test_a_sync_that_meets_a_busy_slot_is_left_to_the_gateway(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.say(TX)
    session.catch_up()
    bench.gateway.play(bench.gateway.reject)
    sending = Sending(session, SYNC)
    bench.gateway.wait_for_packets(1)
    bench.gateway.say(DONE)
    session.catch_up()
    time.sleep(0)
    assert sending.is_waiting
    bench.gateway.say(DONE, IDLE)
    outcome = sending.outcome()
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 1)
    assert bench.gateway.packets == [SYNC]


def test_a_sync_behind_a_packet_that_the_radio_drops_is_sent(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.say(TX)
    session.catch_up()
    bench.gateway.play(lambda packet: (bench.gateway.reject(packet), bench.gateway.say(IDLE, TX, DONE, IDLE))[-1])
    outcome = session.send(SYNC)
    assert (outcome.kind, outcome.attempts) == (SendKind.SENT, 1)


def test_garbage_between_the_events_does_not_hide_them(bench: Bench) -> None:
    session = bench.open()
    noise = b"rst:0x1 (POWERON)\r\n\xff\xfe"
    bench.gateway.play(lambda packet: bench.gateway.say(noise, TX, noise, DONE, noise, IDLE))
    assert session.send(CONTROL).kind is SendKind.SENT


def test_silence_is_timed_out_and_the_gateway_is_asked_whether_it_lives(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.commands.clear()
    bench.gateway.play(lambda packet: None)
    outcome = session.send(CONTROL)
    assert (outcome.kind, outcome.attempts) == (SendKind.TIMED_OUT, 1)
    for _ in range(200):
        if bench.gateway.commands:
            break
        time.sleep(0.01)
    assert bench.gateway.commands == [StateRequest()]
    assert session.is_open
    bench.gateway.play(lambda packet: bench.gateway.transmit())
    assert session.send(CONTROL).kind is SendKind.SENT


def test_a_gateway_that_hangs_is_given_up_as_lost(bench: Bench) -> None:
    session = bench.open()
    lost = threading.Event()
    session.on_lost = lambda error: lost.set()
    bench.gateway.play(lambda packet: None)
    bench.gateway.has_state = False
    assert session.send(CONTROL).kind is SendKind.TIMED_OUT
    assert lost.wait(5.0)
    assert session.send(CONTROL).kind is SendKind.LINK_LOST


def test_a_link_lost_in_the_middle_fails_every_waiting_send_with_the_same_reason(bench: Bench) -> None:
    session = bench.open()
    bench.gateway.play(lambda packet: None)
    sendings = [Sending(session, packet) for packet in (CONTROL, PRESET, SYNC)]
    bench.gateway.wait_for_packets(1)
    bench.port.unplug()
    outcomes = [sending.outcome() for sending in sendings]
    assert {outcome.kind for outcome in outcomes} == {SendKind.LINK_LOST}
    assert len({outcome.reason for outcome in outcomes}) == 1
    assert "unplugged" in (outcomes[0].reason or "")
    assert len(bench.gateway.packets) == 1


def test_a_frozen_hub_makes_no_time_outs(bench: Bench) -> None:
    """The answer lies read and stamped while this process stands still for longer than the guard."""
    session = bench.open()

    def answer_then_freeze(packet: RadioPacket) -> None:
        bench.gateway.transmit()
        until_s = time.monotonic() + 2 * bench.timings.outcome_guard_s
        while time.monotonic() < until_s:
            pass

    bench.gateway.play(answer_then_freeze)
    assert session.send(CONTROL).kind is SendKind.SENT


def test_a_timed_send_lets_others_pass_and_is_written_at_its_moment(bench: Bench) -> None:
    session = bench.open()
    fire_at_s = bench.clock.monotonic() + 0.15
    timed = Sending(session, SYNC, fire_at_s=fire_at_s)
    time.sleep(0)
    assert session.send(CONTROL).ok
    outcome = timed.outcome()
    assert outcome.kind is SendKind.SENT
    assert outcome.written_at_s is not None
    assert outcome.written_at_s >= fire_at_s
    assert bench.gateway.packets == [CONTROL, SYNC]


def test_a_timed_send_can_be_taken_back_until_it_is_written(bench: Bench) -> None:
    session = bench.open()
    cancellation = Cancellation()
    timed = Sending(session, SYNC, fire_at_s=bench.clock.monotonic() + 30.0, cancellation=cancellation)
    time.sleep(0)
    cancellation.cancel()
    outcome = timed.outcome()
    assert (outcome.kind, outcome.written_at_s) == (SendKind.CANCELLED, None)
    assert bench.gateway.packets == []


def test_taking_back_a_timed_send_after_its_moment_changes_nothing(bench: Bench) -> None:
    session = bench.open()
    cancellation = Cancellation()
    timed = Sending(session, SYNC, fire_at_s=bench.clock.monotonic(), cancellation=cancellation)
    bench.gateway.wait_for_packets(1)
    cancellation.cancel()
    assert timed.outcome().kind is SendKind.SENT


def test_a_timed_sync_that_meets_our_own_packet_follows_it(bench: Bench) -> None:
    session = bench.open()

    def answer(packet: RadioPacket) -> None:
        if packet == SYNC:
            bench.gateway.reject(packet)
            bench.gateway.say(DONE, DONE, IDLE)
        else:
            bench.gateway.say(TX)

    bench.gateway.on_packet = answer
    blackout = Sending(session, CONTROL)
    bench.gateway.wait_for_packets(1)
    timed = Sending(session, SYNC, fire_at_s=bench.clock.monotonic() + 0.01)
    assert blackout.outcome().kind is SendKind.SENT
    assert timed.outcome().kind is SendKind.SENT


def test_nothing_is_sent_inside_a_transaction(bench: Bench) -> None:
    session = bench.open()
    with radio_forbidden("store transaction"), pytest.raises(RadioForbidden):
        session.send(CONTROL)
    assert bench.gateway.packets == []


def test_packets_of_several_callers_go_one_after_another(bench: Bench) -> None:
    session = bench.open()
    packets = [RadioPacket(NODE, GetStatus(group)) for group in range(20)]
    sendings = [Sending(session, packet) for packet in packets]
    assert all(sending.outcome().ok for sending in sendings)
    assert sorted(packet.body.to_bytes() for packet in bench.gateway.packets) == [
        packet.body.to_bytes() for packet in packets
    ]
