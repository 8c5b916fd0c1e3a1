"""Does a choreography stay within the networks that it is pinned to? Source: spec scenes, section 14."""

from __future__ import annotations

from collections.abc import Iterator

from racelink_core.domain.command import OffsetGroupCommand, SyncCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import GroupId
from racelink_core.domain.scene import Choreography, Delay, ExplicitScope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import DeviceTarget, GroupsTarget, Target


class UnknownNetworks(RaceLinkError):
    """A scene is to be pinned to networks that do not exist; nothing was changed."""

    code = "unknown_network_id"

    def __init__(self, network_ids: tuple[str, ...]) -> None:
        super().__init__(f"There is no network {', '.join(network_ids)}. Choose among the networks that there are.")
        self.network_ids = network_ids


class SceneScopeViolation(RaceLinkError):
    """A target lies outside of the networks that the scene is pinned to; nothing was changed.

    offending_action_index  counts from 0, also called `action_index`; `child_index`: within an offset group
    """

    code = "scope_violation"

    def __init__(self, what: str, network_id: str, action_index: int, child_index: int | None) -> None:
        place = f"Action {action_index + 1}" + ("" if child_index is None else f", part {child_index + 1},")
        super().__init__(
            f"{place} is for {what} on network {network_id}, which the scene leaves out. "
            "Add that network to the scene, or choose another target."
        )
        self.network_id, self.child_index = network_id, child_index
        self.offending_action_index = self.action_index = action_index


def check_scope(choreography: Choreography, snapshot: Snapshot) -> None:
    """Raises UnknownNetworks or SceneScopeViolation. Targets that nobody knows violate nothing."""
    scope = choreography.network_scope
    if not isinstance(scope, ExplicitScope):
        return
    unknown = tuple(network_id for network_id in scope.network_ids if network_id not in snapshot.networks)
    if unknown:
        raise UnknownNetworks(unknown)
    for action_index, child_index, target in _targets(choreography):
        for what, network_id in _networks_of(target, snapshot):
            if network_id is not None and network_id not in scope.network_ids:
                raise SceneScopeViolation(what, network_id, action_index, child_index)


def _targets(choreography: Choreography) -> Iterator[tuple[int, int | None, Target]]:
    for index, action in enumerate(choreography.actions):
        if isinstance(action, Delay | SyncCommand):
            continue
        yield index, None, action.target
        if isinstance(action, OffsetGroupCommand):
            for child_index, child in enumerate(action.actions):
                yield index, child_index, child.target


def _networks_of(target: Target, snapshot: Snapshot) -> Iterator[tuple[str, str | None]]:
    if isinstance(target, GroupsTarget):
        for number in target.value:
            group = snapshot.groups.get(GroupId(number))
            if group is not None:
                yield f"group {group.name}", group.network_id
    elif isinstance(target, DeviceTarget):
        device = snapshot.devices.get(target.value)
        if device is not None:
            yield f"device {device.name}", device.network_id
