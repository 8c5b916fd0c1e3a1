"""Asking lamps how they are at the least time on air: one by one, or a small group at once.

Source: spec gateway-and-node-model, B3 and C6. Of many answers at once some collide, and a node hears nothing until its
answer is out; so only small groups are asked together.
"""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import Body, GetStatus
from racelink_core.protocol.radio_packet import HEADER_BYTES
from racelink_core.protocol.replies import StatusReply

MOST_ANSWERS_AT_ONCE = 5
"""So many fit into the 250 ms of jitter; of more, nodes back off again and again, deaf all the while."""
_LOST_PER_RIVAL = 0.03
"""Share of the answers that each further one costs: in the simulator 4 at once lose 11 %, 10 lose 26 %."""
_QUESTION_BYTES = HEADER_BYTES + len(GetStatus(0).to_bytes())
_ANSWER_BYTES = HEADER_BYTES + len(StatusReply(0, 0, 0, 0, 0, 0, 0).to_bytes())


def question_ms(answers: int, profile: RadioProfile) -> float:
    """Time on air of one GET_STATUS and so many answers to it."""
    return time_on_air_ms(_QUESTION_BYTES, profile) + answers * time_on_air_ms(_ANSWER_BYTES, profile)


def content_ms(bodies: Iterable[Body], profile: RadioProfile) -> float:
    """Time on air of these packets."""
    return sum(time_on_air_ms(HEADER_BYTES + len(body.to_bytes()), profile) for body in bodies)


def asks_group(wanted: int, members: int, profile: RadioProfile) -> bool:
    """Whether one question to a group costs less time on air than one to each of its `wanted` members.

    members   how many will answer: all of the group that can hear it, wanted or not
    """
    if wanted < 2 or members > MOST_ANSWERS_AT_ONCE:
        return False
    missed = wanted * _LOST_PER_RIVAL * (members - 1)
    return question_ms(members, profile) + missed * question_ms(1, profile) < wanted * question_ms(1, profile)
