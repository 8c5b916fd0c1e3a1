"""When a SYNC has to be written so that the light changes at a given moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from racelink_core.services.scene_runner.timed_fire import guards_at_s, lead_s, write_at_s

moments = st.floats(0, 1e6)
airs_s = st.floats(0.001, 2.0)
overheads_ms = st.floats(0.0, 50.0)


@given(moments, airs_s, overheads_ms)
def test_what_is_written_then_is_shown_at_the_wanted_moment(shown_s: float, air_s: float, overhead_ms: float) -> None:
    written_s = write_at_s(shown_s, air_s, overhead_ms)
    assert abs(written_s + lead_s(air_s, overhead_ms) - shown_s) < 1e-6
    assert air_s <= lead_s(air_s, overhead_ms) <= air_s + overhead_ms / 1000


def test_several_gateways_write_at_moments_of_their_own_and_are_seen_together() -> None:
    quick, slow = (0.041, 4.0), (0.144, 14.0)
    writes = [write_at_s(100.0, *each) for each in (quick, slow)]
    assert writes[0] > writes[1]
    seen = [write + lead_s(*each) for write, each in zip(writes, (quick, slow), strict=True)]
    assert abs(seen[0] - seen[1]) < 1e-9


@given(moments, st.floats(0, 100), airs_s, overheads_ms)
def test_the_gateways_own_sync_is_kept_away_while_there_is_room(
    now_s: float, wait_s: float, air_s: float, overhead_ms: float
) -> None:
    last_s, room_s = now_s + wait_s, 2 * (air_s + overhead_ms / 1000)
    guards = list(guards_at_s(last_s, now_s, air_s, overhead_ms, guard_s=25.0))
    if wait_s < room_s - 1e-6:
        assert guards == []
        return
    if wait_s > room_s + 1e-6:
        assert guards[0] == now_s
        assert guards[-1] + air_s + overhead_ms / 1000 <= last_s + 1e-6
        assert last_s - guards[-1] < 25.0 + room_s + 1e-6


@given(moments, st.floats(10, 60), st.floats(10, 60))
def test_when_guards_are_sent_tells_nobody_when_the_light_will_change(
    now_s: float, one_wait_s: float, other_wait_s: float
) -> None:
    one, other = (list(guards_at_s(now_s + wait_s, now_s, 0.04, 10.0, 25.0)) for wait_s in (one_wait_s, other_wait_s))
    both = min(len(one), len(other))
    assert one[:both] == other[:both]
