"""Acknowledgements that come twice, late, for something else or from somebody else."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Replies, ack_from
from racelink_core.protocol.bodies import SetGroup
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import Ack
from tests.gateway.bench import Bench

NODE, OTHER = RadioAddress.parse("123456"), RadioAddress.parse("654321")
HOST = RadioAddress.parse("5A017F")
SET_GROUP = RadioPacket(NODE, SetGroup(3))


def ack(sender: RadioAddress = NODE, opcode: int = Opcode.SET_GROUP) -> Forwarded:
    return Forwarded(sender, HOST, True, Opcode.ACK, Ack(opcode, 0).to_bytes(), -60, 9)


@pytest.fixture
def lane(bench: Bench) -> Lane:
    return Lane("default", bench.open(), bench.clock, bench.timings)


def asked(bench: Bench, lane: Lane, *answers: Forwarded, attempts: int = 1) -> Replies:
    """The gateway transmits and then says `answers`."""
    bench.gateway.on_packet = lambda packet: (bench.gateway.transmit(), bench.gateway.say(*answers))[-1]
    return lane.request(
        SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempts=attempts, attempt_s=0.05
    )


@pytest.mark.parametrize("wrong", [ack(OTHER), ack(opcode=Opcode.CONFIG), ack(OTHER, Opcode.CONFIG)])
def test_an_acknowledgement_of_something_else_is_none(bench: Bench, lane: Lane, wrong: Forwarded) -> None:
    replies = asked(bench, lane, wrong)
    assert (replies.reason, replies.events) == ("no_reply", ())
    right = asked(bench, lane, wrong, ack())
    assert (right.reason, len(right.events)) == ("count", 1)


def test_an_acknowledgement_that_comes_twice_counts_once(bench: Bench, lane: Lane) -> None:
    replies = asked(bench, lane, ack(), ack())
    assert (replies.reason, len(replies.events)) == ("count", 1)
    assert len(bench.session.matchers) == 0
    assert asked(bench, lane).reason == "no_reply", "the second one does not answer the next request"


def test_an_acknowledgement_after_its_time_does_not_answer_the_next_request(bench: Bench, lane: Lane) -> None:
    assert asked(bench, lane).reason == "no_reply"
    bench.gateway.say(ack())
    assert asked(bench, lane, ack(OTHER)).reason == "no_reply"


def test_an_acknowledgement_of_the_first_attempt_is_taken_during_the_second(bench: Bench, lane: Lane) -> None:
    said: list[RadioPacket] = []

    def answer(packet: RadioPacket) -> None:
        said.append(packet)
        bench.gateway.transmit()
        if len(said) == 2:
            bench.gateway.say(ack())

    bench.gateway.on_packet = answer
    replies = lane.request(
        SET_GROUP, lambda: ack_from(NODE, Opcode.SET_GROUP), Priority.OPERATOR, attempts=3, attempt_s=0.05
    )
    assert (replies.reason, len(replies.events), len(said)) == ("count", 1, 2)
