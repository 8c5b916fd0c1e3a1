"""Which networks a scene is for. Source: spec scenes, section 14."""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.command import OffsetGroupCommand, SyncCommand
from racelink_core.domain.group import GroupId
from racelink_core.domain.scene import Action, Choreography, Delay, ExplicitScope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, Target
from racelink_core.planning.addressing import network_of


def scene_network_ids(choreography: Choreography, snapshot: Snapshot) -> tuple[str, ...]:
    """In store order. A scene of syncs and delays alone is for every network; an explicit scope may be empty."""
    scope = choreography.network_scope
    if isinstance(scope, ExplicitScope):
        return _in_store_order(scope.network_ids, snapshot)
    found: set[str] = set()
    for action in choreography.actions:
        found |= action_network_ids(action, snapshot)
        if len(found) == len(snapshot.networks):
            break
    return _in_store_order(found, snapshot) if found else tuple(snapshot.networks)


def action_network_ids(action: Action, snapshot: Snapshot) -> frozenset[str]:
    """The networks that an action's targets reach by themselves; none for sync and delay."""
    if isinstance(action, Delay | SyncCommand):
        return frozenset()
    found = target_network_ids(action.target, snapshot)
    if isinstance(action, OffsetGroupCommand):
        for child in action.actions:
            if not isinstance(child.target, BroadcastTarget):
                found |= target_network_ids(child.target, snapshot)
    return found


def target_network_ids(target: Target, snapshot: Snapshot) -> frozenset[str]:
    if isinstance(target, BroadcastTarget):
        return frozenset(snapshot.networks)
    if isinstance(target, DeviceTarget):
        device = snapshot.devices.get(target.value)
        return frozenset() if device is None else _existing((network_of(device, snapshot),), snapshot)
    groups = (snapshot.groups.get(GroupId(value)) for value in target.value)
    return _existing((group.network_id for group in groups if group is not None), snapshot)


def _existing(network_ids: Iterable[str | None], snapshot: Snapshot) -> frozenset[str]:
    return frozenset(each for each in network_ids if each is not None and each in snapshot.networks)


def _in_store_order(network_ids: Iterable[str], snapshot: Snapshot) -> tuple[str, ...]:
    wanted = set(network_ids)
    return tuple(network_id for network_id in snapshot.networks if network_id in wanted)
