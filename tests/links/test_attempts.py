"""The policy of connection attempts, on a clock that stands until it is moved."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.timings import Timings
from racelink_core.links.attempts import AttemptRefused, Attempts
from racelink_core.runtime.clock import SystemClock

PORT = "serial:///dev/ttyUSB0"
STEADY = Timings(backoff_jitter=0.0)


class StandingClock(SystemClock):
    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


def _policy(timings: Timings = STEADY, seed: int = 0) -> tuple[Attempts, StandingClock]:
    clock = StandingClock()
    return Attempts(clock, timings, Random(seed)), clock


def _fail(attempts: Attempts) -> None:
    with pytest.raises(OSError, match="no answer"), attempts.attempt(PORT):
        raise OSError("no answer")


def test_a_new_address_is_due_at_once() -> None:
    attempts, clock = _policy()
    assert attempts.next_at_s(PORT) <= clock.now_s
    assert attempts.is_due(PORT)


def test_failures_are_retried_after_2_5_10_20_30_and_again_30_seconds() -> None:
    attempts, clock = _policy()
    waited_s = []
    for _ in range(7):
        _fail(attempts)
        waited_s.append(attempts.next_at_s(PORT) - clock.now_s)
        clock.now_s = attempts.next_at_s(PORT)
    assert waited_s == [2, 5, 10, 20, 30, 30, 30]
    assert attempts.failures(PORT) == 7


def test_a_second_attempt_in_flight_is_refused() -> None:
    attempts, _ = _policy()
    with attempts.attempt(PORT):
        assert attempts.is_in_flight(PORT)
        assert not attempts.is_due(PORT)
        with pytest.raises(AttemptRefused, match="already"), attempts.attempt(PORT):
            pytest.fail("two attempts at once")
        with attempts.attempt("serial:///dev/ttyUSB1") as other:
            other.success()
    assert not attempts.is_in_flight(PORT)


def test_an_attempt_without_a_word_has_failed() -> None:
    attempts, _ = _policy()
    with attempts.attempt(PORT):
        pass
    assert attempts.failures(PORT) == 1


def test_attempts_keep_their_distance_even_after_success_and_reset() -> None:
    attempts, clock = _policy()
    with attempts.attempt(PORT) as attempt:
        clock.now_s += 0.5
        attempt.success()
    assert attempts.failures(PORT) == 0
    attempts.reset(PORT)
    with pytest.raises(AttemptRefused, match=r"again in 1\.5 s"), attempts.attempt(PORT):
        pytest.fail("too early")
    clock.now_s += 1.5
    with attempts.attempt(PORT) as attempt:
        attempt.success()


def test_an_address_that_is_not_ours_is_left_alone_for_long() -> None:
    attempts, clock = _policy()
    with attempts.attempt(PORT) as attempt:
        attempt.not_ours()
    assert attempts.is_cooling_down(PORT)
    assert attempts.next_at_s(PORT) == clock.now_s + STEADY.cool_down_s
    clock.now_s += STEADY.cool_down_s
    assert not attempts.is_cooling_down(PORT)
    assert attempts.is_due(PORT)


@pytest.mark.parametrize("address", [PORT, None])
def test_a_retry_by_hand_forgets_failures_and_cool_down(address: str | None) -> None:
    attempts, clock = _policy()
    for _ in range(4):
        _fail(attempts)
        clock.now_s = attempts.next_at_s(PORT)
    with attempts.attempt(PORT) as attempt:
        attempt.not_ours()
    clock.now_s += 2
    attempts.reset(address)
    assert attempts.is_due(PORT)
    assert attempts.failures(PORT) == 0
    assert not attempts.is_cooling_down(PORT)


def test_a_reset_does_not_let_a_second_attempt_in() -> None:
    attempts, _ = _policy()
    with attempts.attempt(PORT):
        attempts.reset()
        assert attempts.is_in_flight(PORT)


@given(st.integers(), st.integers(1, 12))
def test_jitter_spreads_the_wait_and_never_undercuts_the_minimum_interval(seed: int, failures: int) -> None:
    timings = Timings()
    attempts, clock = _policy(timings, seed)
    for number in range(failures):
        _fail(attempts)
        wait_s = attempts.next_at_s(PORT) - clock.now_s
        planned_s = (2, 5, 10, 20, 30)[min(number, 4)]
        assert max(timings.attempt_min_interval_s, planned_s * 0.8) - 1e-6 <= wait_s <= planned_s * 1.2 + 1e-6
        clock.now_s = attempts.next_at_s(PORT)
