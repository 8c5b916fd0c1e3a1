from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.planning.airtime_budget import WINDOW_S, AirtimeBudget
from racelink_core.planning.questions import MOST_ANSWERS_AT_ONCE, asks_group, content_ms, question_ms
from racelink_core.protocol.bodies import GetStatus, Preset

SLOW = DEFAULT_PROFILE.model_copy(update={"sf": 12})


def test_a_question_is_itself_and_its_answers() -> None:
    assert question_ms(1, DEFAULT_PROFILE) == pytest.approx(41.2 + 46.3, abs=0.1)
    assert question_ms(0, DEFAULT_PROFILE) == content_ms([GetStatus(3)], DEFAULT_PROFILE)
    assert content_ms([Preset(1, 0, 3, 9)] * 2, DEFAULT_PROFILE) == 2 * content_ms(
        [Preset(1, 0, 3, 9)], DEFAULT_PROFILE
    )
    assert content_ms([], DEFAULT_PROFILE) == 0


@pytest.mark.parametrize("profile", [DEFAULT_PROFILE, SLOW])
def test_a_group_is_asked_at_once_when_that_is_cheaper(profile: object) -> None:
    assert asks_group(5, 5, profile)  # type: ignore[arg-type]
    assert asks_group(2, 2, profile)  # type: ignore[arg-type]
    assert not asks_group(1, 1, profile), "a single lamp is asked by itself"  # type: ignore[arg-type]
    assert not asks_group(2, 5, profile), "three would answer whom nobody asked"  # type: ignore[arg-type]


@given(st.integers(2, 300))
def test_many_are_never_asked_at_once(members: int) -> None:
    assert asks_group(members, members, DEFAULT_PROFILE) is (members <= MOST_ANSWERS_AT_ONCE)


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.floats(0, 120), st.floats(1, 500)), max_size=60),
)
def test_in_no_time_is_more_spent_than_the_share_and_one_window(
    percent: int, wishes: list[tuple[float, float]]
) -> None:
    share, now_s, spent_ms = percent / 100, 0.0, 0.0
    budget = AirtimeBudget(share, now_s)
    for wait_s, wish_ms in wishes:
        now_s += wait_s
        if budget.wait_s(wish_ms, now_s) <= 0 and wish_ms <= budget.most_ms:
            budget.spend(wish_ms, now_s)
            spent_ms += wish_ms
        assert spent_ms <= share * (now_s + WINDOW_S) * 1000 + 0.001


def test_what_was_overdrawn_is_saved_up_again() -> None:
    budget = AirtimeBudget(0.05, 0.0)
    budget.spend(4000, 0.0)
    assert budget.left_ms(0.0) == pytest.approx(-1000)
    assert budget.wait_s(500, 0.0) == pytest.approx(30)
    assert budget.wait_s(500, 30.0) == pytest.approx(0)
    assert budget.left_ms(1e6) == pytest.approx(3000)
    assert budget.wait_s(9000, 1e6) == 0, "more than it holds goes when it is full"


def test_a_smaller_share_takes_away_what_is_beyond_it() -> None:
    budget = AirtimeBudget(0.5, 0.0)
    budget.change_share(0.05, 1.0)
    assert budget.left_ms(1.0) == pytest.approx(3000)
    budget.spend(1000, 1.0)
    budget.change_share(0.5, 1.0)
    assert budget.left_ms(2.0) == pytest.approx(2500)
