"""Passes over one segment, again and again until nothing changes: what one takes away, another may have waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from racelink_core.planning.scene.blocks import NetworkFacts, Segment


@dataclass(frozen=True, slots=True)
class Pass:
    """`rewrite` hands back the very segment if there is nothing to do.

    is_done_at_once  it finds nothing in what it has made
    """

    name: str
    rewrite: Callable[[Segment], Segment]
    is_done_at_once: bool = True


@dataclass(frozen=True, slots=True)
class Settled:
    """A segment after some passes, and what they saved one by one: name of the pass, ms on air."""

    segment: Segment
    saved_ms: tuple[tuple[str, float], ...] = ()


class Settling:
    """Of one segment. No pass does the same work twice.

    give_way  called before each pass
    """

    def __init__(self, facts: NetworkFacts, give_way: Callable[[], None]) -> None:
        self._facts = facts
        self._give_way = give_way
        self._made: dict[tuple[str, int], tuple[Segment, Segment]] = {}
        """By pass and identity; the segment is held, so that no other takes its place."""

    def settled(self, passes: Sequence[Pass], start: Settled) -> Settled:
        segment, saved_ms = start.segment, list(start.saved_ms)
        unchanged = 0
        for each in cycle(passes):
            rewritten = self._through(each, segment)
            if rewritten is not segment:
                saved_ms.append((each.name, self._radio_ms(segment) - self._radio_ms(rewritten)))
                segment, unchanged = rewritten, 0
                continue
            unchanged += 1
            if unchanged == len(passes):
                break
        return start if segment is start.segment else Settled(segment, tuple(saved_ms))

    def _through(self, each: Pass, segment: Segment) -> Segment:
        """A pass counts only if the segment costs no more after it."""
        known = self._made.get((each.name, id(segment)))
        if known is None:
            self._give_way()
            rewritten = each.rewrite(segment)
            if rewritten is not segment and self._facts.cost_of(rewritten) > self._facts.cost_of(segment):
                rewritten = segment
            known = self._made[each.name, id(segment)] = (segment, rewritten)
            if each.is_done_at_once:
                self._made[each.name, id(rewritten)] = (rewritten, rewritten)
        return known[1]

    def _radio_ms(self, segment: Segment) -> float:
        return self._facts.cost_of(segment).radio_ms
