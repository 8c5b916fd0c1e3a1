"""Formulas that give many groups the delay they shall have. Source: spec scenes, 10.1 and 13.

A formula is a line over a coordinate of the group: its number, its distance from a centre, or its place in a cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isqrt

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import MAX_OFFSET_MS, OffsetMode
from racelink_core.protocol.bodies import Offset

Points = tuple[tuple[int, int], ...]
"""(group, delay in ms), by ascending group."""

_SMALLEST, _LARGEST = -32768, 32767
_MORE_THAN_MISSED = 6
_Line = tuple[int, int]
"""Base and step, ms."""
_Places = Sequence[tuple[int, int]]
"""(coordinate, delay in ms) of each point."""


def best_constant(points: Points) -> Offset:
    """The delay that most of the points have."""
    value, _ = Counter(value for _, value in points).most_common(1)[0]
    return Offset(ALL_GROUPS, OffsetMode.EXPLICIT, offset_ms=value)


def straight_formulas(points: Points) -> list[Offset]:
    """The best constant, and a line that fits all points, if there is one: what may be shorter than a given formula."""
    line, _ = _best_line(points, 0)
    constant = best_constant(points)
    return [constant] if line is None else [constant, _linear(line)]


def best_formulas(points: Points, misses: int, give_way: Callable[[], None]) -> tuple[Offset, ...]:
    """Of each length the formula that is wrong for the fewest points, `misses` at most, the shorter ones first.

    A longer one is offered only if it is wrong for fewer than every shorter one. `give_way` is called every now and
    then: sixty groups can take ten milliseconds.
    """
    constant = best_constant(points)
    found = [constant]
    misses = min(misses, _wrong(constant, points) - 1)
    line, misses = _best_line(points, misses)
    if line is not None:
        found.append(_linear(line))
    bent = None
    longest = _longest_by_step(points)
    by_step = {step: longest.get(step, 1) + longest.get(-step, 1) for each in longest for step in (each, -each)}
    for center in _centers(points):
        give_way()
        line, misses = _best_bent([(abs(group - center), value) for group, value in points], misses, by_step, 2)
        if line is not None:
            bent = Offset(ALL_GROUPS, OffsetMode.VSHAPE, base_ms=line[0], step_ms=line[1], center=center)
    for cycle in _cycles(points):
        give_way()
        rounds = len({group // cycle for group, _ in points})
        by_step = {step: rounds * most for step, most in longest.items()}
        line, misses = _best_bent([(group % cycle, value) for group, value in points], misses, by_step, rounds)
        if line is not None:
            bent = Offset(ALL_GROUPS, OffsetMode.MODULO, base_ms=line[0], step_ms=line[1], cycle=cycle)
    return tuple(found) if bent is None else (*found, bent)


def _linear(line: _Line) -> Offset:
    return Offset(ALL_GROUPS, OffsetMode.LINEAR, base_ms=line[0], step_ms=line[1])


def _centers(points: Points) -> range:
    """Those beside all the groups make lines, with a base that is farther out than the delays on the line.

    So they are of use only where a delay exceeds 16 bits itself: between two of the groups every other line fits.
    """
    if any(_LARGEST < value < MAX_OFFSET_MS for _, value in points):
        return range(ALL_GROUPS)
    return range(points[0][0], points[-1][0] + 1)


def _cycles(points: Points) -> list[int]:
    """Without a turn among the groups a cycle is a V with its centre where the round begins."""
    first, last = points[0][0], points[-1][0]
    return [cycle for cycle in range(2, last + 1) if first // cycle != last // cycle]


def _longest_by_step(points: Points) -> dict[int, int]:
    """How many groups at most are on one line, for each step of a line through two of them; none of them is level."""
    longest: dict[int, int] = {}
    for (_, step_ms), pairs in _votes({place: 1 for place in points if _is_inner(place)}).items():
        on_line = (1 + isqrt(1 + 8 * pairs)) // 2
        if on_line > longest.get(step_ms, 0):
            longest[step_ms] = on_line
    return longest


def _best_bent(places: _Places, misses: int, most_by_step: Mapping[int, int], parts: int) -> tuple[_Line | None, int]:
    """As `_best_line`, for places whose coordinate turns: in each of its `parts` it rises or falls with the group.

    most_by_step  how many groups at most a line of this step meets
    More than `parts` met groups are at least two in one part, so that their step is one of those.
    """
    inner = [place for place in places if _is_inner(place)]
    if len(inner) - misses <= parts:
        return _best_line(places, misses)
    best = None
    for step_ms, most in most_by_step.items():
        if most < len(inner) - misses or not _SMALLEST <= step_ms <= _LARGEST:
            continue
        bases_ms = [value - at * step_ms for at, value in inner]
        if len(set(bases_ms)) > misses + 1:
            continue
        for base_ms, met in Counter(bases_ms).items():
            if met >= len(inner) - misses and _SMALLEST <= base_ms <= _LARGEST:
                missed = _missed((base_ms, step_ms), places, misses)
                if missed is not None:
                    best, misses = (base_ms, step_ms), missed - 1
    return best, misses


def _best_line(places: _Places, misses: int) -> tuple[_Line | None, int]:
    """The line that misses the fewest places, and how many a better one may miss at most; None if none is as good.

    No level one: `best_constant` is shorter. Among more than `misses` + 1 coordinates a line meets at least two.
    """
    counts = Counter(places)
    if misses < 0 or not _could_fit(counts, misses):
        return None, misses
    inner = {place: count for place, count in counts.items() if _is_inner(place)}
    some = set(list(dict.fromkeys(at for at, _ in inner))[: misses + _MORE_THAN_MISSED])
    tried = {place: count for place, count in inner.items() if place[0] in some}
    fewest_met = sum(tried.values()) - misses
    fewest_pairs = fewest_met - 1  # met places in two coordinates make no fewer
    candidates = {line for line, pairs in _votes(tried).items() if pairs >= fewest_pairs}
    if len(inner) < len(counts) and sum(inner.values()) - max(inner.values(), default=0) <= misses:
        candidates.update(_beyond_the_limits(list(counts)))
    best = None
    for line in candidates:
        missed = _missed(line, places, misses) if _fits_16_bits(line) else None
        if missed is not None:
            best, misses = line, missed - 1
            if misses < 0:
                break
    return best, misses


def _is_inner(place: tuple[int, int]) -> bool:
    return 0 < place[1] < MAX_OFFSET_MS


def _could_fit(counts: Mapping[tuple[int, int], int], misses: int) -> bool:
    """Places with the same coordinate and different delays cannot all be met."""
    most: dict[int, int] = {}
    for (at, _), count in counts.items():
        if count > most.get(at, 0):
            most[at] = count
    return sum(counts.values()) - sum(most.values()) <= misses


def _votes(counts: Mapping[tuple[int, int], int]) -> dict[_Line, int]:
    """How many pairs of places each line goes through that is not level."""
    votes: dict[_Line, int] = {}
    places = [(at, value, count) for (at, value), count in counts.items()]
    for index, (at, value, count) in enumerate(places):
        for other_at, other_value, other_count in places[index + 1 :]:
            rise_ms, run = other_value - value, other_at - at
            if run and rise_ms and not rise_ms % run:
                step_ms = rise_ms // run
                line = (value - at * step_ms, step_ms)
                votes[line] = votes.get(line, 0) + count * other_count
    return votes


def _beyond_the_limits(places: _Places) -> Iterator[_Line]:
    """Delays of 0 and 65535 ms are also met from beyond: the steeper the line, the more of them."""
    for at, value in places:
        if 0 < value < MAX_OFFSET_MS:
            for step_ms in _steepest_through(at, value):
                yield value - at * step_ms, step_ms
        else:
            for step_ms in (_SMALLEST, _LARGEST):
                yield min(max(value - at * step_ms, _SMALLEST), _LARGEST), step_ms


def _steepest_through(at: int, value: int) -> tuple[int, ...]:
    """Steps whose base still fits into 16 bits."""
    if at == 0:
        return (_SMALLEST, _LARGEST)
    return (max(-((_LARGEST - value) // at), _SMALLEST), min((value - _SMALLEST) // at, _LARGEST))


def _fits_16_bits(line: _Line) -> bool:
    return _SMALLEST <= line[0] <= _LARGEST and _SMALLEST <= line[1] <= _LARGEST


def _missed(line: _Line, places: _Places, most: int) -> int | None:
    """How many places the line misses; None if more than `most`."""
    base_ms, step_ms = line
    missed = 0
    for at, value in places:
        delay_ms = base_ms + at * step_ms
        if delay_ms != value and (0 < value < MAX_OFFSET_MS or min(max(delay_ms, 0), MAX_OFFSET_MS) != value):
            missed += 1
            if missed > most:
                return None
    return missed


def _wrong(formula: Offset, points: Points) -> int:
    return sum(formula.offset_ms_for(group) != value for group, value in points)
