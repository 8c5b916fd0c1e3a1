"""Lines through many places, each a coordinate and a delay. Source: spec scenes, 10.1 and 13."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isqrt
from typing import NamedTuple

from racelink_core.domain.offset import MAX_OFFSET_MS

Line = tuple[int, int]
"""Base and step, ms."""
Places = Sequence[tuple[int, int]]
"""(coordinate, delay in ms) of each point."""
SMALLEST, LARGEST = -32768, 32767
_MORE_THAN_MISSED = 6
_MORE_THAN_A_COORDINATE = 256


class Directions(NamedTuple):
    """Of the lines that could miss few enough places."""

    rise: bool
    fall: bool

    def like(self, step_ms: int) -> bool:
        """Whether a line with this step is one of them."""
        return self.rise if step_ms > 0 else self.fall


EVERY_DIRECTION, NO_DIRECTION = Directions(True, True), Directions(False, False)


def best_line(places: Places, misses: int) -> tuple[Line | None, int]:
    """The line that misses the fewest places, and how many a better one may miss at most; None if none is as good.

    No level one: a constant is shorter. Among more than `misses` + 1 coordinates a line meets at least two.
    """
    goes = directions(places, misses) if misses >= 0 else NO_DIRECTION
    return (None, misses) if goes is NO_DIRECTION else best_line_that(goes, places, misses)


def best_line_that(goes: Directions, places: Places, misses: int) -> tuple[Line | None, int]:
    """As `best_line`, of those that rise or fall, as `directions` tells."""
    counts = Counter(places)
    inner = {place: count for place, count in counts.items() if is_inner(place)}
    some = set(list(dict.fromkeys(at for at, _ in inner))[: misses + _MORE_THAN_MISSED])
    tried = {place: count for place, count in inner.items() if place[0] in some}
    fewest_met = sum(tried.values()) - misses
    fewest_pairs = fewest_met - 1  # met places in two coordinates make no fewer
    candidates = {line for line, pairs in _votes(tried).items() if pairs >= fewest_pairs}
    if len(inner) < len(counts) and sum(inner.values()) - max(inner.values(), default=0) <= misses:
        candidates.update(_beyond_the_limits(list(counts)))
    best = None
    for line in candidates:
        missed = missed_by(line, places, misses) if goes.like(line[1]) and fits_16_bits(line) else None
        if missed is not None:
            best, misses = line, missed - 1
            if misses < 0:
                break
    return best, misses


def is_inner(place: tuple[int, int]) -> bool:
    return 0 < place[1] < MAX_OFFSET_MS


def directions(places: Places, misses: int, of: Directions = EVERY_DIRECTION) -> Directions:
    """Along a line that is not level the delays rise all the way, or fall all the way."""
    fewest_met = len(places) - misses
    rise = of.rise and _longest_fall([(at, -value) for at, value in places]) >= fewest_met
    fall = of.fall and _longest_fall(places) >= fewest_met
    return Directions(rise, fall) if rise or fall else NO_DIRECTION


def _longest_fall(places: Places) -> int:
    """How many places at most a falling line could meet: of those with the same coordinate only one delay."""
    backwards = sorted(places, reverse=True)
    return longest_rises(rising_heights([(-at, value) for at, value in backwards]))[-1]


def rising_heights(places: Places) -> list[int]:
    """A line that rises meets places of growing heights: of delays at the limits many, of any other delay one."""
    return [value * _MORE_THAN_A_COORDINATE - (at if 0 < abs(value) < MAX_OFFSET_MS else 0) for at, value in places]


def longest_rises(heights: Iterable[int]) -> list[int]:
    """Of the first heights, none to all of them: how many at most grow from each to the next, or stay the same."""
    lowest_ends: list[int] = []  # of rises by their length
    found = [0]
    for height in heights:
        if not lowest_ends or height >= lowest_ends[-1]:
            lowest_ends.append(height)
        else:
            lowest_ends[bisect_right(lowest_ends, height)] = height
        found.append(len(lowest_ends))
    return found


def _votes(counts: Mapping[tuple[int, int], int]) -> dict[Line, int]:
    """How many pairs of places each line goes through that is not level."""
    votes: dict[Line, int] = {}
    places = [(at, value, count) for (at, value), count in counts.items()]
    for index, (at, value, count) in enumerate(places):
        for other_at, other_value, other_count in places[index + 1 :]:
            rise_ms, run = other_value - value, other_at - at
            if run and rise_ms and not rise_ms % run:
                step_ms = rise_ms // run
                line = (value - at * step_ms, step_ms)
                votes[line] = votes.get(line, 0) + count * other_count
    return votes


def _beyond_the_limits(places: Places) -> Iterator[Line]:
    """Delays of 0 and 65535 ms are also met from beyond: the steeper the line, the more of them."""
    for at, value in places:
        if 0 < value < MAX_OFFSET_MS:
            for step_ms in _steepest_through(at, value):
                yield value - at * step_ms, step_ms
        else:
            for step_ms in (SMALLEST, LARGEST):
                yield min(max(value - at * step_ms, SMALLEST), LARGEST), step_ms


def _steepest_through(at: int, value: int) -> tuple[int, ...]:
    """Steps whose base still fits into 16 bits."""
    if at == 0:
        return (SMALLEST, LARGEST)
    return (max(-((LARGEST - value) // at), SMALLEST), min((value - SMALLEST) // at, LARGEST))


def fits_16_bits(line: Line) -> bool:
    return SMALLEST <= line[0] <= LARGEST and SMALLEST <= line[1] <= LARGEST


def missed_by(line: Line, places: Places, most: int) -> int | None:
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


def longest_by_step(points: Places) -> dict[int, int]:
    """How many groups at most are on one line, for each step of a line through two of them; none of them is level."""
    longest: dict[int, int] = {}
    for (_, step_ms), pairs in _votes({place: 1 for place in points if is_inner(place)}).items():
        on_line = (1 + isqrt(1 + 8 * pairs)) // 2
        if on_line > longest.get(step_ms, 0):
            longest[step_ms] = on_line
    return longest
