"""Formulas that give many groups the delay they shall have. Source: spec scenes, 10.1 and 13.

A formula is a line over a coordinate of the group: its number, its distance from a centre, or its place in a cycle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import MAX_OFFSET_MS, OffsetMode
from racelink_core.planning.scene.lines import (
    LARGEST,
    NO_DIRECTION,
    Directions,
    Line,
    Places,
    best_line,
    best_line_that,
    directions,
    fits_16_bits,
    is_inner,
    longest_by_step,
    longest_rises,
    missed_by,
    rising_heights,
)
from racelink_core.protocol.bodies import Offset

Points = tuple[tuple[int, int], ...]
"""(group, delay in ms), by ascending group."""


def best_constant(points: Points) -> Offset:
    """The delay that most of the points have."""
    value, _ = Counter(value for _, value in points).most_common(1)[0]
    return Offset(ALL_GROUPS, OffsetMode.EXPLICIT, offset_ms=value)


def straight_formulas(points: Points) -> list[Offset]:
    """The best constant, and a line that fits all points, if there is one: what may be shorter than a given formula."""
    line, _ = best_line(points, 0)
    constant = best_constant(points)
    return [constant] if line is None else [constant, _linear(line)]


def best_formulas(points: Points, misses: int, give_way: Callable[[], None]) -> tuple[Offset, ...]:
    """Of each length the formula that is wrong for the fewest points, `misses` at most, the shorter ones first.

    A longer one is offered only if it is wrong for fewer than every shorter one. `give_way` is called every now and
    then: sixty groups can take ten milliseconds.
    """
    constant = best_constant(points)
    found = [constant]
    misses = min(misses, count_wrong(constant, points) - 1)
    line, misses = best_line(points, misses)
    if line is not None:
        found.append(_linear(line))
    bent = None
    search = _BentLines(points)
    for bend in _bends(points):
        if misses < 0:
            break
        give_way()
        line, misses = search.best(bend, misses)
        if line is not None:
            bent = bend.formula(line)
    return tuple(found) if bent is None else (*found, bent)


@dataclass(frozen=True, slots=True)
class _Bend:
    """A coordinate that turns: around the centre `at`, or after each round of `at` groups."""

    mode: OffsetMode
    at: int

    def parts(self, groups: Sequence[int]) -> int:
        """Of the groups; within each the coordinate rises or falls with the group."""
        at = self.at
        return 2 if self.mode is OffsetMode.VSHAPE else len({group // at for group in groups})

    def turns(self, groups: Sequence[int]) -> tuple[int, int]:
        """Where the first part ends and where the last one begins."""
        at = self.at
        if self.mode is OffsetMode.VSHAPE:
            return at, at
        return (groups[0] // at + 1) * at, groups[-1] // at * at

    def coordinates(self, groups: Sequence[int]) -> list[int]:
        at = self.at
        if self.mode is OffsetMode.VSHAPE:
            return [abs(group - at) for group in groups]
        return [group % at for group in groups]

    def formula(self, line: Line) -> Offset:
        base_ms, step_ms = line
        if self.mode is OffsetMode.VSHAPE:
            return Offset(ALL_GROUPS, self.mode, base_ms=base_ms, step_ms=step_ms, center=self.at)
        return Offset(ALL_GROUPS, self.mode, base_ms=base_ms, step_ms=step_ms, cycle=self.at)


class _BentLines:
    """Finds the best line for one bend after the other.

    More met groups than there are parts are at least two in one part. There they lie on a line over the group itself,
    so that the steps of such lines are all that can be: no bend needs to look at pairs of its own.
    """

    def __init__(self, points: Points) -> None:
        self._groups, self._values = [group for group, _ in points], [value for _, value in points]
        self._monotone = _Monotone(points)
        inner = [point for point in points if is_inner(point)]
        self._inner_groups, self._inner_values = [group for group, _ in inner], [value for _, value in inner]
        longest = longest_by_step(inner)
        both = {step: longest.get(step, 1) + longest.get(-step, 1) for each in longest for step in (each, -each)}
        self._steps = {
            OffsetMode.VSHAPE: _ranked({step: most / 2 for step, most in both.items()}),
            OffsetMode.MODULO: _ranked(longest),
        }

    def best(self, bend: _Bend, misses: int) -> tuple[Line | None, int]:
        """As `best_line`."""
        goes = self._monotone.directions(bend, misses)
        if goes is NO_DIRECTION:
            return None, misses
        places = self._places(bend)
        goes = directions(places, misses, goes)
        if goes is NO_DIRECTION:
            return None, misses
        count, parts = len(self._inner_groups), bend.parts(self._groups)
        if count - misses <= parts:
            return best_line_that(goes, places, misses)
        best = None
        coordinates = bend.coordinates(self._inner_groups)
        for most_in_a_part, step_ms in self._steps[bend.mode]:
            if most_in_a_part * parts < count - misses:
                break
            if not goes.like(step_ms):
                continue
            bases_ms = [value - at * step_ms for at, value in zip(coordinates, self._inner_values, strict=True)]
            if len(set(bases_ms)) > misses + 1:
                continue
            for base_ms, met in Counter(bases_ms).items():
                if met >= count - misses and fits_16_bits((base_ms, step_ms)):
                    missed = missed_by((base_ms, step_ms), places, misses)
                    if missed is not None:
                        best, misses = (base_ms, step_ms), missed - 1
        return best, misses

    def _places(self, bend: _Bend) -> Places:
        return list(zip(bend.coordinates(self._groups), self._values, strict=True))


class _Monotone:
    """In each part that a bend makes of the groups the delays rise all the way, or fall all the way."""

    def __init__(self, points: Points) -> None:
        self._groups = [group for group, _ in points]
        rising = rising_heights(points)
        falling = rising_heights([(group, -value) for group, value in points])
        self._first_rising, self._first_falling = longest_rises(rising), longest_rises(falling)
        self._last_rising, self._last_falling = _longest_from(rising), _longest_from(falling)

    def directions(self, bend: _Bend, misses: int) -> Directions:
        """Of lines over its coordinate. All points of the parts between the first and the last count as met."""
        first_turn, last_turn = bend.turns(self._groups)
        end, begin = bisect_left(self._groups, first_turn), bisect_left(self._groups, last_turn)
        first_rising, first_falling = self._first_rising[end], self._first_falling[end]
        if bend.mode is OffsetMode.VSHAPE:
            first_rising, first_falling = first_falling, first_rising
        fewest_met = len(self._groups) - misses - (begin - end)
        rise = first_rising + self._last_rising[begin] >= fewest_met
        fall = first_falling + self._last_falling[begin] >= fewest_met
        return Directions(rise, fall) if rise or fall else NO_DIRECTION


def _longest_from(heights: Sequence[int]) -> list[int]:
    """As `longest_rises`, of those from each height on."""
    return longest_rises([-height for height in reversed(heights)])[::-1]


def _ranked(most_by_step: Mapping[int, float]) -> list[tuple[float, int]]:
    """(most, step in ms), the most first."""
    return sorted(((most, step_ms) for step_ms, most in most_by_step.items()), reverse=True)


def _bends(points: Points) -> Iterator[_Bend]:
    for center in _centers(points):
        yield _Bend(OffsetMode.VSHAPE, center)
    for cycle in _cycles(points):
        yield _Bend(OffsetMode.MODULO, cycle)


def _linear(line: Line) -> Offset:
    return Offset(ALL_GROUPS, OffsetMode.LINEAR, base_ms=line[0], step_ms=line[1])


def _centers(points: Points) -> range:
    """Those beside all the groups make lines, with a base that is farther out than the delays on the line.

    So they are of use only where a delay exceeds 16 bits itself: between two of the groups every other line fits.
    """
    if any(LARGEST < value < MAX_OFFSET_MS for _, value in points):
        return range(ALL_GROUPS)
    return range(points[0][0], points[-1][0] + 1)


def _cycles(points: Points) -> list[int]:
    """Without a turn among the groups a cycle is a V with its centre where the round begins."""
    first, last = points[0][0], points[-1][0]
    return [cycle for cycle in range(2, last + 1) if first // cycle != last // cycle]


def count_wrong(formula: Offset, points: Points) -> int:
    """How many of the points get another delay from it."""
    found = formula.offsets_ms_for([group for group, _ in points])
    return sum(found_ms != value for found_ms, (_, value) in zip(found, points, strict=True))
