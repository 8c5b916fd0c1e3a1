"""How long to wait for a gateway, given how slow its radio is. Source: spec wire, section 19."""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile
from racelink_core.domain.timings import Timings
from racelink_core.planning.airtime import time_on_air_ms

_SLOT_BYTES = 64
_LONGEST_REPLY_BYTES = 19
_LONGEST_QUESTION_BYTES = 12
_FRAGMENT_ON_AIR_BYTES = 16
_MOST_FRAGMENTS = 16
_MOST_JITTER_S = 0.3
_MOST_BACK_OFF_S = 0.2
"""A node answers after at most the one; each time it finds the channel busy, after at most the other (model, B3)."""
_ON_THE_WAY_S = 0.03
"""For the node's and the gateway's main loop and for USB."""


def air_s(lengths_on_air: Iterable[int], profile: RadioProfile | None) -> float:
    """Time on air of a packet with all its fragments, in seconds."""
    return sum(time_on_air_ms(length, profile or DEFAULT_PROFILE) for length in lengths_on_air) / 1000


def outcome_guard_s(timings: Timings, profile: RadioProfile | None) -> float:
    """2.0 s, or 1.5 x the time on air of 64 bytes + 0.5 s where that is more. Counts from the last sign of progress."""
    slot_s = time_on_air_ms(_SLOT_BYTES, profile or DEFAULT_PROFILE) / 1000
    return max(timings.outcome_guard_s, 1.5 * slot_s + timings.outcome_guard_s / 4)


def rejected_give_up_s(timings: Timings, profile: RadioProfile | None, *, behind_stream: bool) -> float:
    """How long a busy slot is tried again. Longer behind a stream whose end was not seen."""
    profile = profile or DEFAULT_PROFILE
    give_up_s = max(timings.rejected_give_up_s, 4 * time_on_air_ms(_SLOT_BYTES, profile) / 1000)
    if behind_stream:
        give_up_s += _MOST_FRAGMENTS * time_on_air_ms(_FRAGMENT_ON_AIR_BYTES, profile) / 1000
    return give_up_s


def slower_reply_s(profile: RadioProfile | None) -> float:
    """What a slow radio adds to the time that a node needs to answer at SF7/125 kHz."""
    if profile is None:
        return 0.0
    slower_ms = time_on_air_ms(_LONGEST_REPLY_BYTES, profile) - time_on_air_ms(_LONGEST_REPLY_BYTES, DEFAULT_PROFILE)
    return max(0.0, slower_ms / 1000)


def answer_s(profile: RadioProfile | None) -> float:
    """By when a node has answered that found the channel free: 0.38 s after its question at SF7/125 kHz."""
    return _MOST_JITTER_S + air_s([_LONGEST_REPLY_BYTES], profile) + _ON_THE_WAY_S


def answer_among_others_s(profile: RadioProfile | None, questions: int) -> float:
    """The same where so many questions are under way and the channel is found busy once."""
    return answer_s(profile) + _MOST_BACK_OFF_S + (questions - 1) * air_s([_LONGEST_QUESTION_BYTES], profile)
