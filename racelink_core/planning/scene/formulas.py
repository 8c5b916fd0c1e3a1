"""Formulas that give many groups the delay they shall have. Source: spec scenes, 10.1 and 13.

A formula is a line over a coordinate of the group: its number, its distance from a centre, or its place in a cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import MAX_OFFSET_MS, OffsetMode
from racelink_core.protocol.bodies import Offset

Points = tuple[tuple[int, int], ...]
"""(group, delay in ms), by ascending group."""

_SMALLEST, _LARGEST = -32768, 32767
_ALL_PAIRS_UP_TO = 8
"""With so few groups every pair is tried, so that nothing better exists; with more, neighbours are."""
_LINES_PER_COORDINATE = 2
_Line = tuple[int, int]


def constants(points: Points) -> Iterator[Offset]:
    """The same delay for all."""
    for value in dict.fromkeys(value for _, value in points):
        yield Offset(ALL_GROUPS, OffsetMode.EXPLICIT, offset_ms=value)


def linear_formulas(points: Points) -> list[Offset]:
    return [
        Offset(ALL_GROUPS, OffsetMode.LINEAR, base_ms=base_ms, step_ms=step_ms)
        for base_ms, step_ms in _lines(points, lambda group: group)
    ]


@lru_cache(maxsize=256)
def fitting_formulas(points: Points, misses: int) -> tuple[Offset, ...]:
    """Formulas that are wrong for at most `misses` of the points, the shorter ones first.

    Once a linear one fits all, no longer one is offered.
    """
    short = [
        formula for formula in (*constants(points), *linear_formulas(points)) if _is_close(formula, points, misses)
    ]
    if any(_is_close(formula, points, 0) for formula in short):
        return tuple(short)
    long = (formula for formula in (*_vshapes(points), *_modulos(points)) if _is_close(formula, points, misses))
    return (*short, *long)


def _vshapes(points: Points) -> Iterator[Offset]:
    for center in range(ALL_GROUPS):
        for base_ms, step_ms in _lines(points, lambda group, center=center: abs(group - center)):  # type: ignore[misc]
            yield Offset(ALL_GROUPS, OffsetMode.VSHAPE, base_ms=base_ms, step_ms=step_ms, center=center)


def _modulos(points: Points) -> Iterator[Offset]:
    for cycle in range(2, ALL_GROUPS):
        for base_ms, step_ms in _lines(points, lambda group, cycle=cycle: group % cycle):  # type: ignore[misc]
            yield Offset(ALL_GROUPS, OffsetMode.MODULO, base_ms=base_ms, step_ms=step_ms, cycle=cycle)


def _lines(points: Points, coordinate: Callable[[int], int]) -> Sequence[_Line]:
    """Lines through at least two of the points, those through most first."""
    places = [(coordinate(group), value) for group, value in points]
    inner = [(at, value) for at, value in places if 0 < value < MAX_OFFSET_MS]
    votes: Counter[_Line] = Counter()
    reach = len(inner) if len(inner) <= _ALL_PAIRS_UP_TO else 2
    for index, (at, value) in enumerate(inner):
        for other_at, other_value in inner[index + 1 : index + 1 + reach]:
            if at != other_at and (other_value - value) % (other_at - at) == 0:
                step_ms = (other_value - value) // (other_at - at)
                _vote(votes, value - at * step_ms, step_ms)
    if len(inner) < len(places):
        _vote_for_clamped(votes, places, inner)
    if len(places) <= _ALL_PAIRS_UP_TO:
        return list(votes)
    return [line for line, _ in votes.most_common(_LINES_PER_COORDINATE)]


def _vote_for_clamped(votes: Counter[_Line], places: Sequence[_Line], inner: Sequence[_Line]) -> None:
    """Delays of 0 and 65535 ms are also met from beyond: the steeper, the more of them."""
    for at, value in inner:
        for step_ms in _steepest_through(at, value):
            _vote(votes, value - at * step_ms, step_ms)
    for at, value in places:
        if value in (0, MAX_OFFSET_MS):
            for step_ms in (_SMALLEST, _LARGEST):
                base_ms = min(max((value or 0) - at * step_ms, _SMALLEST), _LARGEST)
                _vote(votes, base_ms, step_ms)


def _steepest_through(at: int, value: int) -> tuple[int, ...]:
    """Steps whose base still fits into 16 bits."""
    if at == 0:
        return (_SMALLEST, _LARGEST) if value <= _LARGEST else ()
    lowest = max(-((_LARGEST - value) // at), _SMALLEST)
    highest = min((value - _SMALLEST) // at, _LARGEST)
    return (lowest, highest)


def _vote(votes: Counter[_Line], base_ms: int, step_ms: int) -> None:
    if _SMALLEST <= base_ms <= _LARGEST and _SMALLEST <= step_ms <= _LARGEST:
        votes[base_ms, step_ms] += 1


def _is_close(formula: Offset, points: Points, misses: int) -> bool:
    for group, value in points:
        if formula.offset_ms_for(group) != value:
            if not misses:
                return False
            misses -= 1
    return True
