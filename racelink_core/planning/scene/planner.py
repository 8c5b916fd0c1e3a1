"""The planner of scenes: the plain plan, then one pass after the other that keeps the light and saves time on air.

Pure. Source: spec scenes, sections 11 to 14; design, section 6, "Scenes".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import is_

from racelink_core.domain.command import OffsetGroupCommand
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.network import Network
from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile
from racelink_core.domain.scene import Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import GroupsTarget
from racelink_core.planning.addressing import network_of
from racelink_core.planning.scene.blocks import BlockKind, Cost, NetworkFacts, Segment, total
from racelink_core.planning.scene.cleanup import Tidying
from racelink_core.planning.scene.collapse import Takers, sent_to_all, takers_by_block
from racelink_core.planning.scene.cover import covered, told_once
from racelink_core.planning.scene.freeing import freed
from racelink_core.planning.scene.naive import naive_plan
from racelink_core.planning.scene.plan import (
    EVERY_REWRITE,
    ON_PAPER,
    Conditions,
    PlanOptions,
    Rewrite,
    SceneOperation,
    ScenePlan,
)
from racelink_core.planning.scene.settling import Pass, Settled, Settling
from racelink_core.planning.scene.unused_fields import without_unused_fields

Track = tuple[Segment, ...]
_TIDYING = _NO_REPEATS, _NO_REPLACED, _MERGED = "no_repeats", "no_replaced", "merged"
_TO_ALL = "to_all"


@dataclass(frozen=True, slots=True)
class _Pass:
    name: str
    rewrite: Callable[[Track], Track]


@dataclass(frozen=True, slots=True)
class _Rewritten:
    """A track after some passes, and what each of them saved, in ms on air."""

    track: Track
    cost: Cost
    saved_ms: Mapping[str, float]


def plan_scene(
    choreography: Choreography,
    snapshot: Snapshot,
    conditions: Conditions = ON_PAPER,
    options: PlanOptions = EVERY_REWRITE,
) -> ScenePlan:
    """The same inputs give the same packets. Parts that cannot be done are named in `degraded`; the rest is planned."""
    naive = naive_plan(choreography, snapshot, conditions)
    may_start_in_offset = _in_every_container(choreography, snapshot)
    tracks: dict[str, Track] = {}
    saved_ms: dict[str, float] = {}
    for network_id, facts in facts_by_network(snapshot).items():
        track = naive.track(network_id)
        held = may_start_in_offset | _noted(facts, conditions)
        if not options.is_naive:
            done = _cheapest(track, facts, held, options, conditions.give_way)
            track = done.track
            for name, each_ms in done.saved_ms.items():
                saved_ms[name] = saved_ms.get(name, 0.0) + each_ms
        if conditions.notes is not None and network_id in conditions.notes:
            track = freed(track, facts, conditions.notes[network_id])
        tracks[network_id] = track
    rewrites = tuple(Rewrite(name, round(saved, 3)) for name, saved in saved_ms.items() if saved)
    return ScenePlan(choreography.actions, _operations(tracks), naive.degraded, rewrites, naive.network_ids)


def facts_by_network(snapshot: Snapshot) -> dict[str, NetworkFacts]:
    groups: dict[str | None, set[int]] = {}
    one_of_each = {(device.network_id, device.group_id): device for device in snapshot.devices.values()}
    for device in one_of_each.values():
        groups.setdefault(network_of(device, snapshot), set()).add(int(device.group_id))
    lengths: dict[Hashable, tuple[int, ...]] = {}
    return {
        network.id: NetworkFacts(network.id, profile_of(network), frozenset(groups.get(network.id, ())), lengths)
        for network in snapshot.networks.values()
    }


def profile_of(network: Network) -> RadioProfile | None:
    """None: nothing is on air (Ethernet)."""
    return None if network.kind == "ethernet" else network.profile or DEFAULT_PROFILE


def _cheapest(
    track: Track, facts: NetworkFacts, held: frozenset[int], options: PlanOptions, give_way: Callable[[], None]
) -> _Rewritten:
    """Packets to everybody are made before or after the others are tidied up, whichever is cheaper."""
    start = _with_cheapest_offsets(track, facts, options, give_way)
    takers = takers_by_block(start.track, facts, held)
    ways = [_both_ways(segment, each, facts, give_way) for segment, each in zip(start.track, takers, strict=True)]
    late = _joined(start, [late for late, _ in ways], (*_TIDYING, _TO_ALL), facts)
    early = _joined(start, [early for _, early in ways], (_TO_ALL, *_TIDYING), facts)
    return min(late, early, key=lambda done: done.cost)


def _with_cheapest_offsets(
    track: Track, facts: NetworkFacts, options: PlanOptions, give_way: Callable[[], None]
) -> _Rewritten:
    passes = [
        _Pass("told_once", lambda each: told_once(each, facts)),
        _Pass("offset_cover", lambda each: covered(each, facts, give_way)),
    ]
    used_fields = options.used_fields
    if used_fields is not None:
        passes.insert(0, _Pass("unused_fields", lambda each: without_unused_fields(each, used_fields)))
    return _through(passes, _Rewritten(track, total(facts, track), {}), facts, give_way)


def _both_ways(
    segment: Segment, takers: Sequence[Takers], facts: NetworkFacts, give_way: Callable[[], None]
) -> tuple[Settled, Settled]:
    """With packets to everybody made after the others are tidied up, and before. A segment needs no other for it."""
    start = Settled(segment)
    if all(block.kind is not BlockKind.LIGHT for block in segment.blocks):
        return start, start
    settling, tidying = Settling(facts, give_way), Tidying()
    tidy = [
        Pass(_NO_REPEATS, tidying.without_repeats),
        Pass(_NO_REPLACED, tidying.without_replaced),
        Pass(_MERGED, tidying.merged, is_done_at_once=False),
    ]
    to_all = Pass(_TO_ALL, lambda each: sent_to_all(each, takers, facts))
    tidied = settling.settled(tidy, start)
    late = settling.settled([to_all, *tidy], tidied)
    return late, late if tidied is start else settling.settled([to_all, *tidy], start)


def _joined(start: _Rewritten, segments: Sequence[Settled], names: Iterable[str], facts: NetworkFacts) -> _Rewritten:
    track = tuple(each.segment for each in segments)
    saved_ms = {**start.saved_ms, **dict.fromkeys(names, 0.0)}
    for each in segments:
        for name, each_ms in each.saved_ms:
            saved_ms[name] += each_ms
    return _Rewritten(track, total(facts, track), saved_ms)


def _through(
    passes: Iterable[_Pass], start: _Rewritten, facts: NetworkFacts, give_way: Callable[[], None]
) -> _Rewritten:
    """A pass counts only if the track costs no more after it."""
    track, cost, saved_ms = start.track, start.cost, dict(start.saved_ms)
    for each in passes:
        rewritten = each.rewrite(track)
        after = cost if _is_same(rewritten, track) else total(facts, rewritten)
        if after <= cost:
            saved_ms[each.name] = saved_ms.get(each.name, 0.0) + cost.radio_ms - after.radio_ms
            track, cost = rewritten, after
        give_way()
    return _Rewritten(track, cost, saved_ms)


def _is_same(track: Track, other: Track) -> bool:
    """A pass hands back the very segments that it did not change."""
    return all(map(is_, track, other))


def _in_every_container(choreography: Choreography, snapshot: Snapshot) -> frozenset[int]:
    """Who is outside of some container starts out of offset mode (design, section 6, "Scenes")."""
    containers = [action for action in choreography.actions if isinstance(action, OffsetGroupCommand)]
    if not containers:
        return frozenset()
    everyone = frozenset(range(ALL_GROUPS))
    for container in containers:
        if isinstance(container.target, GroupsTarget):
            everyone &= frozenset(container.target.value)
    return everyone


def _noted(facts: NetworkFacts, conditions: Conditions) -> frozenset[int]:
    """Groups that the host knows to have been left in offset mode, or knows nothing of."""
    notes = (conditions.notes or {}).get(facts.network_id)
    if notes is None:
        return frozenset()
    return frozenset(group for group in facts.known_groups if notes.may_be_in_offset((group,)))


def _operations(tracks: dict[str, Track]) -> tuple[SceneOperation, ...]:
    """By action, then by network in store order, then as each network sends them."""
    found = [
        SceneOperation(block.action, network_id, packet, block.child, "; ".join(block.reasons))
        for network_id, track in tracks.items()
        for segment in track
        for block in segment.blocks
        for packet in block.packets
    ]
    return tuple(_stable_by_action(found))


def _stable_by_action(operations: Iterable[SceneOperation]) -> list[SceneOperation]:
    return sorted(operations, key=lambda operation: operation.action)
