"""When a SYNC has to be written so that the light changes at a given moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from racelink_core.services.scene_runner.timed_fire import AUTOSYNC_S, guard_at_s, lead_s, write_at_s

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
    write_s = now_s + wait_s
    at_s = guard_at_s(write_s, now_s, air_s, overhead_ms, guard_s=25.0)
    if at_s is None:
        assert wait_s < 2 * (air_s + overhead_ms / 1000) + 25.0
        return
    assert now_s <= at_s
    assert write_s - at_s <= max(25.0, 0.0) + 1e-6 < AUTOSYNC_S
    assert at_s + air_s + overhead_ms / 1000 <= write_s + 1e-6
