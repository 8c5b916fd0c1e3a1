"""No OFFSET cover of the same form is cheaper: at most one packet to everybody, then at most one per group.

The search here knows nothing of the planner's: it asks of every subset of the groups whether one formula fits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.planning.scene.blocks import Cost, NetworkFacts, summed
from racelink_core.planning.scene.cover import cheapest_cover
from racelink_core.planning.scene.told_offsets import NONE, ToldOffsets
from racelink_core.protocol.offset import Offset
from racelink_core.protocol.radio_packet import RadioPacket

INT16 = range(-32768, 32768)
GROUPS = st.integers(1, 40)
FORMULA_BYTES = {
    OffsetMode.EXPLICIT: Offset(255, OffsetMode.EXPLICIT),
    OffsetMode.LINEAR: Offset(255, OffsetMode.LINEAR),
    OffsetMode.VSHAPE: Offset(255, OffsetMode.VSHAPE),
    OffsetMode.MODULO: Offset(255, OffsetMode.MODULO),
}


def exhaustive_cost(wanted: dict[int, int], told: ToldOffsets, facts: NetworkFacts) -> Cost:
    everyone = {group: told.kept(group) for group in facts.known_groups} | wanted
    best = single_packets({group: value for group, value in wanted.items() if told[group] != value}, facts)
    leave = facts.cost([RadioPacket(BROADCAST, Offset(255, OffsetMode.NONE))])
    wrong = {group: value for group, value in everyone.items() if value != NONE}
    best = min(best, summed([leave, single_packets(wrong, facts)]))
    delayed = sorted(group for group, value in everyone.items() if value > NONE)
    for count in range(1, len(delayed) + 1):
        for subset in combinations(delayed, count):
            fitted = {group: everyone[group] for group in subset}
            rest = {group: value for group, value in everyone.items() if group not in fitted}
            for mode, body in FORMULA_BYTES.items():
                if any(has_line(fitted, coordinate) for coordinate in coordinates(mode)):
                    cost = summed([facts.cost([RadioPacket(BROADCAST, body)]), single_packets(rest, facts)])
                    best = min(best, cost)
    return best


def single_packets(values: dict[int, int], facts: NetworkFacts) -> Cost:
    return facts.cost(
        RadioPacket(BROADCAST, Offset(group, OffsetMode.NONE if value == NONE else OffsetMode.EXPLICIT))
        for group, value in values.items()
    )


def coordinates(mode: OffsetMode) -> Iterator[Callable[[int], int] | None]:
    if mode is OffsetMode.EXPLICIT:
        yield None
    elif mode is OffsetMode.LINEAR:
        yield lambda group: group
    elif mode is OffsetMode.VSHAPE:
        yield from (lambda group, at=center: abs(group - at) for center in range(255))
    else:
        yield from (lambda group, at=cycle: group % at for cycle in range(1, 256))


def has_line(values: dict[int, int], coordinate: Callable[[int], int] | None) -> bool:
    """Whether base + coordinate * step, clamped at 0 from below, gives every group its value."""
    if coordinate is None:
        return len(set(values.values())) == 1
    places = {(coordinate(group), value) for group, value in values.items()}
    inner = sorted(place for place in places if place[1] > 0)
    if not inner:
        return True
    at, value = inner[0]
    for other_at, other_value in inner[1:]:
        if other_at == at:
            return False
        step_ms, remainder = divmod(other_value - value, other_at - at)
        return not remainder and line_fits(value - at * step_ms, step_ms, places)
    return any(line_fits(value - at * step_ms, step_ms, places) for step_ms in steep_steps(at, value, places))


def steep_steps(at: int, value: int, places: set[tuple[int, int]]) -> Iterator[int]:
    """Every step at which a line through one point begins to meet another, and the limits of 16 bits."""
    yield from (0, INT16[0], INT16[-1])
    for other_at, _ in places:
        if other_at != at:
            exact = value // (at - other_at)
            yield from range(exact - 1, exact + 2)


def line_fits(base_ms: int, step_ms: int, places: set[tuple[int, int]]) -> bool:
    if base_ms not in INT16 or step_ms not in INT16:
        return False
    return all(max(base_ms + at * step_ms, 0) == value for at, value in places)


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[int, int], ToldOffsets, NetworkFacts]:
    """At most six groups, of which some take part and some were told something earlier."""
    known = draw(st.lists(GROUPS, min_size=1, max_size=6, unique=True))
    delays = st.sampled_from((0, 0, 100, 200, 300, 400, 600, 1000)) | st.integers(0, 3000)
    wanted = {group: draw(delays) for group in draw(st.lists(st.sampled_from(known), min_size=1, unique=True))}
    told = ToldOffsets()
    for group in draw(st.lists(st.sampled_from(known), unique=True)):
        body = Offset(group, OffsetMode.EXPLICIT, offset_ms=draw(st.sampled_from((0, 100, 300))))
        told.after([RadioPacket(BROADCAST, body)])
    return wanted, told, NetworkFacts("a", DEFAULT_PROFILE, frozenset(known))


def case_of(wanted: dict[int, int]) -> tuple[dict[int, int], ToldOffsets, NetworkFacts]:
    """Everybody takes part, and nobody was told anything."""
    return wanted, ToldOffsets(), NetworkFacts("a", DEFAULT_PROFILE, frozenset(wanted))


@settings(max_examples=60, deadline=None)
@given(cases())
@example(case_of({group: 100 * group for group in range(1, 7)}))
@example(case_of({15: 3000, 16: 0, 17: 0, 18: 0, 19: 0, 20: 0}))
@example(case_of({200: 100, 201: 400, 202: 700, 203: 1000}))
@example(case_of({10: 40000, 11: 50000, 12: 60000, 13: 5}))
@example(case_of({1: 36067, 7: 35467, 10: 35167, 19: 34267, 26: 60000, 27: 33467}))
def test_an_exhaustive_search_finds_no_cheaper_cover(
    case: tuple[dict[int, int], ToldOffsets, NetworkFacts],
) -> None:
    wanted, told, facts = case
    cover = cheapest_cover(wanted, told, facts)
    assert cover.cost <= exhaustive_cost(wanted, told, facts)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_cover_gives_every_group_what_it_shall_have(
    case: tuple[dict[int, int], ToldOffsets, NetworkFacts],
) -> None:
    wanted, told, facts = case
    shall = {group: told.kept(group) for group in facts.known_groups} | wanted
    packets = cheapest_cover(wanted, told, facts).packets
    assert [packet.body.group_id for packet in packets[1:]].count(255) == 0
    told.after(packets)
    assert {group: told.kept(group) for group in facts.known_groups} == shall
