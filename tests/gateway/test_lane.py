"""Order, overtaking, requests, reservations and offset notes of a lane."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNote, OffsetNotes
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.errors import LaneFull
from racelink_core.gateway.lane import MAX_WAITING, Lane
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.gateway.reply_matcher import Matcher, Replies, ack_from, replies_from_any
from racelink_core.gateway.sendable import sendable
from racelink_core.protocol.bodies import Control, GetDevices, Offset, SetGroup, Stream, Sync
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import Ack, IdentifyReply
from tests.gateway.bench import Bench
from tests.gateway.scripted import TX

NODE = RadioAddress.parse("123456")
HOST = RadioAddress.parse("5A017F")
SYNC = RadioPacket(BROADCAST, Sync(0, 128, 1))
SET_GROUP = RadioPacket(NODE, SetGroup(3))


def control(group_id: int, flags: int = 5) -> RadioPacket:
    return RadioPacket(BROADCAST, Control(group_id, flags, brightness=200))


def ack(sender: RadioAddress = NODE, opcode: int = Opcode.SET_GROUP) -> Forwarded:
    return Forwarded(sender, HOST, True, Opcode.ACK, Ack(opcode, 0).to_bytes(), -60, 9)


def identify(sender: RadioAddress) -> Forwarded:
    return Forwarded(sender, HOST, True, Opcode.DEVICES, IdentifyReply(2, 10, 0, None).to_bytes(), -60, 9)


def groups(packets: Sequence[RadioPacket]) -> list[int]:
    return [packet.body.group_id for packet in packets if isinstance(packet.body, Control)]


@pytest.fixture
def lane(bench: Bench) -> Lane:
    return Lane("default", bench.open(), bench.clock, bench.timings)


class Doing:
    """Something in a greenlet of its own, begun before this returns."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.result: object = None
        self._thread = threading.Thread(target=lambda: setattr(self, "result", work()))
        self._thread.start()
        time.sleep(0)

    def sent(self) -> tuple[SendOutcome, ...]:
        self._thread.join(5.0)
        assert isinstance(self.result, tuple)
        return self.result

    def replies(self) -> Replies:
        self._thread.join(5.0)
        assert isinstance(self.result, Replies)
        return self.result


class Slot:
    """Keeps the gateway busy with each packet until it is told to go on."""

    def __init__(self, bench: Bench) -> None:
        self._gateway = bench.gateway
        bench.gateway.on_packet = lambda packet: bench.gateway.say(TX)

    def go_on(self) -> None:
        """Finishes the packet in the slot and lets all later ones pass."""
        self._gateway.on_packet = lambda packet: self._gateway.transmit(len(packet.radio_lengths()))
        self._gateway.transmit()


def test_a_higher_priority_overtakes_between_two_packets(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    rainbow = Doing(lambda: lane.send([control(1), control(2), control(3)], Priority.AUTOMATION))
    operator = Doing(lambda: lane.send([control(10)], Priority.OPERATOR))
    red_flag = Doing(lambda: lane.send([control(20)], Priority.RACE_EVENT))
    assert lane.pending == 3
    slot.go_on()
    assert [outcome.kind for doing in (rainbow, operator, red_flag) for outcome in doing.sent()] == [SendKind.SENT] * 5
    assert groups(bench.gateway.packets) == [1, 20, 10, 2, 3]
    assert lane.pending == 0


def test_a_plan_is_not_torn_apart_by_its_equals(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    first = Doing(lambda: lane.send([control(1), control(2)], Priority.OPERATOR))
    second = Doing(lambda: lane.send([control(3), control(4)], Priority.OPERATOR))
    slot.go_on()
    first.sent(), second.sent()
    assert groups(bench.gateway.packets) == [1, 2, 3, 4]


def test_what_is_planned_when_it_takes_the_lane_sees_what_went_before(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    seen: list[OffsetNote] = []

    def plan(notes: OffsetNotes) -> list[RadioPacket]:
        seen.append(notes.of(1))
        return [control(1)]

    offset = RadioPacket(BROADCAST, Offset(1, OffsetMode.LINEAR, base_ms=0, step_ms=100))
    first = Doing(lambda: lane.send([offset], Priority.OPERATOR))
    second = Doing(lambda: lane.send(plan, Priority.OPERATOR))
    assert seen == []
    slot.go_on()
    first.sent(), second.sent()
    assert seen == [OffsetNote.OFFSET]


def test_a_plan_of_nothing_sends_nothing(lane: Lane) -> None:
    assert lane.send([], Priority.OPERATOR) == ()
    assert lane.send(lambda notes: [], Priority.OPERATOR) == ()


def test_an_error_while_planning_leaves_the_lane_usable(lane: Lane) -> None:
    def fail(notes: OffsetNotes) -> list[RadioPacket]:
        raise InvalidValue("plan", "impossible")

    with pytest.raises(InvalidValue):
        lane.send(fail, Priority.OPERATOR)
    assert lane.send([control(1)], Priority.OPERATOR)[0].ok


def test_a_full_lane_refuses_with_a_clear_error(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    waiting: list[Doing] = []
    while lane.pending <= MAX_WAITING:  # on a slow machine the gateway is given up meanwhile, and the next one goes
        waiting.append(Doing(lambda: lane.send([control(1)], Priority.OPERATOR)))
    with pytest.raises(LaneFull, match="256 commands already wait"):
        lane.send([control(2)], Priority.OPERATOR)
    bench.port.unplug()
    assert [doing.sent()[0].kind for doing in waiting[-MAX_WAITING:]] == [SendKind.LINK_LOST] * MAX_WAITING
    del slot


def test_a_waiting_command_can_be_taken_back(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    cancellation = Cancellation()
    first = Doing(lambda: lane.send([control(1)], Priority.OPERATOR))
    second = Doing(lambda: lane.send([control(2), control(3)], Priority.OPERATOR, cancellation=cancellation))
    cancellation.cancel()
    assert [outcome.kind for outcome in second.sent()] == [SendKind.CANCELLED] * 2
    slot.go_on()
    assert first.sent()[0].ok
    assert groups(bench.gateway.packets) == [1]


def test_a_plan_that_is_taken_back_halfway_finishes_its_packet(bench: Bench, lane: Lane) -> None:
    slot = Slot(bench)
    cancellation = Cancellation()
    plan = Doing(lambda: lane.send([control(1), control(2)], Priority.OPERATOR, cancellation=cancellation))
    cancellation.cancel()
    slot.go_on()
    assert [outcome.kind for outcome in plan.sent()] == [SendKind.SENT, SendKind.CANCELLED]
    assert groups(bench.gateway.packets) == [1]


def test_a_request_returns_the_reply(bench: Bench, lane: Lane) -> None:
    bench.gateway.on_packet = lambda packet: (bench.gateway.transmit(), bench.gateway.say(ack()))[-1]
    replies = lane.request(SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR)
    assert (replies.reason, len(replies.events), replies.is_disturbed) == ("count", 1, False)
    assert len(bench.session.matchers) == 0


def test_silence_is_asked_again_and_then_reported(bench: Bench, lane: Lane) -> None:
    replies = lane.request(
        SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempts=3, attempt_s=0.03
    )
    assert (replies.reason, replies.events) == ("no_reply", ())
    assert bench.gateway.packets == [SET_GROUP] * 3


def test_a_request_holds_back_its_equals_until_it_is_answered(bench: Bench, lane: Lane) -> None:
    request = Doing(
        lambda: lane.request(SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempt_s=3.0)
    )
    bench.gateway.wait_for_packets(1)
    equal = Doing(lambda: lane.send([control(1)], Priority.OPERATOR))
    lower = Doing(lambda: lane.send([control(2)], Priority.AUTOMATION))
    time.sleep(0.03)
    assert bench.gateway.packets == [SET_GROUP]
    bench.gateway.say(ack())
    assert request.replies().reason == "count"
    assert equal.sent()[0].ok
    assert lower.sent()[0].ok


def test_a_race_event_goes_out_during_a_request_which_is_then_asked_again_without_counting(
    bench: Bench, lane: Lane
) -> None:
    request = Doing(
        lambda: lane.request(
            SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempts=1, attempt_s=0.1
        )
    )
    bench.gateway.wait_for_packets(1)
    bench.session.catch_up()
    time.sleep(0.01)
    assert lane.send([control(1)], Priority.RACE_EVENT)[0].ok
    bench.gateway.wait_for_packets(3)
    bench.gateway.say(ack())
    assert request.replies().reason == "count"
    assert [packet.opcode for packet in bench.gateway.packets] == [Opcode.SET_GROUP, Opcode.CONTROL, Opcode.SET_GROUP]


def test_replies_to_a_broadcast_are_collected_until_silence_and_each_sender_counts_once(
    bench: Bench, lane: Lane
) -> None:
    senders = [RadioAddress(bytes((1, 2, number))) for number in range(5)]
    found: list[RadioAddress] = []

    def answer(packet: RadioPacket) -> None:
        bench.gateway.transmit()
        bench.gateway.say(*map(identify, senders), *map(identify, senders))

    def matcher() -> Matcher:
        return replies_from_any(
            Opcode.DEVICES, on_match=lambda event: found.append(event.message.sender), idle_timeout_s=0.05
        )

    bench.gateway.on_packet = answer
    packet = RadioPacket(BROADCAST, GetDevices(255))
    sweep = Doing(lambda: lane.request(packet, matcher, Priority.AUTOMATION, attempts=1, attempt_s=60.0))
    replies = sweep.replies()
    assert replies.reason == "idle"
    assert [event.message.sender for event in replies.events] == senders == found


def test_a_request_ends_at_once_when_the_link_is_lost(bench: Bench, lane: Lane) -> None:
    request = Doing(lambda: lane.request(SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR))
    bench.gateway.wait_for_packets(1)
    bench.port.unplug()
    assert request.replies().reason == "link_lost"


def test_a_request_can_be_cancelled_while_it_waits(bench: Bench, lane: Lane) -> None:
    cancellation = Cancellation()
    request = Doing(
        lambda: lane.request(
            SET_GROUP,
            lambda: ack_from(NODE, Opcode.SET_GROUP),
            Priority.OPERATOR,
            attempt_s=5.0,
            cancellation=cancellation,
        )
    )
    bench.gateway.wait_for_packets(1)
    bench.session.catch_up()
    cancellation.cancel()
    assert request.replies().reason == "cancelled"
    assert lane.pending == 0


def test_a_request_asks_once_more_whether_it_may_when_its_turn_has_come(bench: Bench, lane: Lane) -> None:
    bench.gateway.on_packet = lambda packet: None
    live = Doing(lambda: lane.send([control(1)], Priority.OPERATOR))
    wanted = [True]
    request = Doing(
        lambda: lane.request(
            SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.BACKGROUND, may_ask=lambda: wanted[0]
        )
    )
    bench.gateway.wait_for_packets(1)
    wanted[0] = False
    bench.gateway.transmit()
    assert live.sent()[0].ok
    replies = request.replies()
    assert (replies.reason, replies.events) == ("cancelled", ())
    assert "no longer wanted" in str(replies.detail)
    assert groups(bench.gateway.packets) == [1]
    assert lane.pending == 0


def test_a_request_that_the_gateway_does_not_take_is_no_silence_of_the_node(bench: Bench, lane: Lane) -> None:
    bench.gateway.on_packet = bench.gateway.reject
    replies = lane.request(SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempts=1)
    assert (replies.reason, replies.detail) == ("no_reply", "TXPENDING")


def test_the_slot_is_kept_free_for_a_timed_packet(bench: Bench, lane: Lane) -> None:
    timed = Doing(lambda: lane.send([SYNC], Priority.RACE_EVENT, fire_at_s=bench.clock.monotonic() + 0.1))
    stream = RadioPacket(NODE, Stream(bytes(128)))
    long = Doing(lambda: lane.send([stream], Priority.OPERATOR))
    blackout = lane.send([control(1)], Priority.BLACKOUT)
    assert blackout[0].ok
    assert timed.sent()[0].ok
    assert long.sent()[0].ok
    assert [packet.opcode for packet in bench.gateway.packets] == [Opcode.CONTROL, Opcode.SYNC, Opcode.STREAM]


def test_a_packet_that_ends_in_time_goes_before_a_timed_one(bench: Bench, lane: Lane) -> None:
    timed = Doing(lambda: lane.send([SYNC], Priority.RACE_EVENT, fire_at_s=bench.clock.monotonic() + 0.4))
    assert lane.send([control(1)], Priority.AUTOMATION)[0].ok
    assert timed.sent()[0].ok
    assert [packet.opcode for packet in bench.gateway.packets] == [Opcode.CONTROL, Opcode.SYNC]


def test_a_timed_send_carries_one_packet(bench: Bench, lane: Lane) -> None:
    with pytest.raises(InvalidValue):
        lane.send([SYNC, SYNC], Priority.RACE_EVENT, fire_at_s=bench.clock.monotonic())


def test_the_lane_follows_offset_mode_and_says_so(lane: Lane) -> None:
    told: list[OffsetNotes] = []
    lane.notes_changed = told.append
    lane.send([RadioPacket(BROADCAST, Offset(1, OffsetMode.EXPLICIT, offset_ms=50)), control(2)], Priority.OPERATOR)
    assert (lane.notes.of(1), lane.notes.of(2)) == (OffsetNote.OFFSET, OffsetNote.UNKNOWN)
    lane.send([RadioPacket(BROADCAST, Offset(255, OffsetMode.NONE)), control(1)], Priority.OPERATOR)
    assert (lane.notes.of(1), lane.notes.of(2)) == (OffsetNote.NONE, OffsetNote.UNKNOWN)
    assert told[-1] == lane.notes


def test_an_offset_whose_fate_is_unknown_counts_as_told(bench: Bench, lane: Lane) -> None:
    bench.gateway.on_packet = lambda packet: None
    offset = RadioPacket(BROADCAST, Offset(1, OffsetMode.EXPLICIT, offset_ms=50))
    assert lane.send([offset], Priority.OPERATOR)[0].kind is SendKind.TIMED_OUT
    assert lane.notes.of(1) is OffsetNote.OFFSET


def test_a_lane_without_a_session_fails_at_once_with_the_reason(bench: Bench) -> None:
    lane = Lane("default", None, bench.clock, bench.timings)
    outcomes = lane.send([control(1), control(2)], Priority.BLACKOUT)
    assert [outcome.kind for outcome in outcomes] == [SendKind.LINK_LOST] * 2
    assert lane.request(SET_GROUP, lambda: ack_from(NODE, 2), Priority.OPERATOR).reason == "link_lost"
    lane.attach(bench.open())
    assert lane.send([control(1)], Priority.OPERATOR)[0].ok


def test_nobody_is_asked_who_would_still_answer_when_a_timed_packet_is_due(bench: Bench, lane: Lane) -> None:
    timed = Doing(lambda: lane.send([SYNC], Priority.RACE_EVENT, fire_at_s=bench.clock.monotonic() + 0.4))
    asking = Doing(
        lambda: lane.request(
            SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.AUTOMATION, attempts=1, attempt_s=0.5
        )
    )
    assert timed.sent()[0].ok
    assert asking.replies().reason == "no_reply"
    assert [packet.opcode for packet in bench.gateway.packets] == [Opcode.SYNC, Opcode.SET_GROUP]


def test_turns_keep_their_place_and_let_only_more_important_commands_in_between(bench: Bench, lane: Lane) -> None:
    with lane.turns(Priority.OPERATOR) as turns:
        assert turns.send(sendable(control(1))).ok
        equal = Doing(lambda: lane.send([control(2)], Priority.OPERATOR))
        urgent = Doing(lambda: lane.send([control(3)], Priority.RACE_EVENT))
        assert turns.send(sendable(control(4))).ok
    assert equal.sent()[0].ok
    assert urgent.sent()[0].ok
    assert groups(bench.gateway.packets) == [1, 3, 4, 2]
