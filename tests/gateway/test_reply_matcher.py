"""What counts as the answer to a request."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.opcode import Opcode
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.reply_matcher import Matcher, MatcherRegistry, ack_from
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack

GATEWAY = Mac("F412FA5A0001")
NODE, OTHER = RadioAddress.parse("112233"), RadioAddress.parse("445566")


def ack(at_s: float, sender: RadioAddress = NODE, status: int = 0) -> GatewayEvent:
    message = Forwarded(sender, GATEWAY.radio_address, True, Opcode.ACK, Ack(Opcode.CONFIG, status).to_bytes(), -60, 9)
    return GatewayEvent(GATEWAY, message, at_s)


@pytest.fixture
def waiting() -> tuple[Matcher, MatcherRegistry]:
    matcher, registry = ack_from(NODE, Opcode.CONFIG), MatcherRegistry()
    registry.add(matcher)
    return matcher, registry


def test_what_was_heard_before_the_request_was_out_is_no_answer_to_it(
    waiting: tuple[Matcher, MatcherRegistry],
) -> None:
    matcher, registry = waiting
    registry.offer(ack(9.9))
    matcher.start(10.0, 1.5)
    assert (matcher.reason_at(11.0), matcher.events) == (None, ())
    assert matcher.reason_at(11.5) == "no_reply"


def test_the_answer_behind_an_old_one_counts_though_both_were_read_before_the_wait_began(
    waiting: tuple[Matcher, MatcherRegistry],
) -> None:
    matcher, registry = waiting
    answer = ack(10.2, status=5)
    registry.offer(ack(9.9))
    registry.offer(answer)
    matcher.start(10.0, 1.5)
    assert (matcher.reason_at(10.2), matcher.events) == ("count", (answer,))


def test_an_answer_heard_with_the_end_of_the_request_counts(waiting: tuple[Matcher, MatcherRegistry]) -> None:
    matcher, registry = waiting
    registry.offer(ack(10.0))
    matcher.start(10.0, 1.5)
    assert matcher.reason_at(10.0) == "count"


def test_an_old_answer_does_not_begin_the_silence_that_ends_a_collection() -> None:
    matcher = Matcher(ack_of=Opcode.CONFIG, idle_timeout_s=0.6, max_timeout_s=5.0)
    matcher.take(ack(9.0), NODE)
    matcher.start(10.0, 1.5)
    assert matcher.deadline_s == 15.0
    matcher.take(ack(10.5, OTHER), OTHER)
    assert matcher.deadline_s == pytest.approx(11.1)
    assert [event.at_s for event in matcher.events] == [10.5]


def test_a_second_answer_of_the_same_node_changes_nothing(waiting: tuple[Matcher, MatcherRegistry]) -> None:
    matcher, registry = waiting
    matcher.start(10.0, 1.5)
    first = ack(10.1)
    assert registry.offer(first)
    registry.offer(ack(10.2, status=5))
    assert matcher.events == (first,)
    assert not registry.offer(ack(10.3, OTHER))
