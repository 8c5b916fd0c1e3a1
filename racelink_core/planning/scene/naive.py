"""The plain plan of a scene: one packet per target, no rewrites. Every other plan is measured against it.

Source: spec scenes, sections 10.2, 11 and 14.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.command import ChildCommand, OffsetGroupCommand, StartblockCommand, SyncCommand
from racelink_core.domain.group import ALL_GROUPS, GroupId
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_choice import (
    ExplicitOffset,
    FormulaOffset,
    ModuloOffset,
    NoOffset,
    OffsetChoice,
    VshapeOffset,
)
from racelink_core.domain.scene import Action, Choreography, Delay, ExplicitScope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.planning.addressing import Addressee, resolve
from racelink_core.planning.brightness import DEFAULT_SYNC_BRIGHTNESS, limited
from racelink_core.planning.draft import Appearance, appearance_of
from racelink_core.planning.operation import Degradation
from racelink_core.planning.scene.blocks import Block, BlockKind, Segment
from racelink_core.planning.scene.plan import ActionDegradation, Conditions
from racelink_core.planning.scene.scope import scene_network_ids
from racelink_core.planning.startblock import slot_streams
from racelink_core.protocol.bodies import Offset, Preset, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER
from racelink_core.protocol.group_body import for_groups
from racelink_core.protocol.radio_packet import RadioPacket

_NO_NETWORK = "None of the networks that this scene is limited to exists any more. Choose others in the scene."


@dataclass(frozen=True, slots=True)
class NaivePlan:
    """`segments`: the same number for every network, split at each delay and before and after each sync."""

    network_ids: tuple[str, ...]
    segments: tuple[tuple[Block, ...], ...]
    degraded: tuple[ActionDegradation, ...]

    def track(self, network_id: str) -> tuple[Segment, ...]:
        return tuple(
            Segment(tuple(block for block in segment if block.network_id == network_id)) for segment in self.segments
        )


def naive_plan(choreography: Choreography, snapshot: Snapshot, conditions: Conditions) -> NaivePlan:
    writer = _Writer(choreography, snapshot, conditions)
    for index, action in enumerate(choreography.actions):
        writer.add(index, action)
        conditions.give_way()
    return NaivePlan(writer.network_ids, tuple(tuple(each) for each in writer.segments), tuple(writer.degraded))


@dataclass
class _Writer:
    choreography: Choreography
    snapshot: Snapshot
    conditions: Conditions
    segments: list[list[Block]] = field(default_factory=lambda: [[]])
    degraded: list[ActionDegradation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network_ids = scene_network_ids(self.choreography, self.snapshot)
        attached = self.conditions.attached
        self._reachable = tuple(each for each in self.network_ids if attached is None or each in attached)
        self._sync_brightness = dict(self.conditions.sync_brightness)

    def add(self, index: int, action: Action) -> None:
        if isinstance(action, Delay):
            self.segments.append([])
        elif isinstance(action, SyncCommand):
            self._sync(index)
        elif isinstance(action, StartblockCommand):
            self._startblock(index, action)
        elif isinstance(action, OffsetGroupCommand):
            self._container(index, action)
        else:
            appearance = self._appearance(index, action)
            if appearance is not None:
                self._light(index, appearance, action.target)

    # Plain actions

    def _sync(self, index: int) -> None:
        self._require_scope(index)
        self.segments.append([])
        for network_id in self._reachable:
            brightness = self._sync_brightness.get(network_id, DEFAULT_SYNC_BRIGHTNESS)
            body = limited(Sync(0, brightness, SYNC_TRIGGER), self.snapshot.settings.brightness_ceiling)
            self._add(Block(BlockKind.SYNC, index, network_id, (RadioPacket(BROADCAST, body),)))
        self.segments.append([])

    def _startblock(self, index: int, action: StartblockCommand) -> None:
        entries = action.params.entries
        streams, problems = slot_streams(
            action.target, self.conditions.heat if entries is None else entries, self.snapshot
        )
        self._degrade(index, (each for each in problems if each.code != "no_startblock"))
        for stream in streams:
            packets = tuple(stream.packet_to(device.radio_address) for device in stream.devices)
            self._add(Block(BlockKind.STREAM, index, stream.network_id, packets))

    def _light(self, index: int, appearance: Appearance, target: Target) -> None:
        addressees, problems = resolve(target, self.snapshot)
        self._degrade(index, _worth_saying(problems))
        if isinstance(target, BroadcastTarget) and not self._require_scope(index):
            return
        self._send(index, None, appearance, self._in_scope(addressees, self._reachable))

    # Containers

    def _container(self, index: int, action: OffsetGroupCommand) -> None:
        target = action.target
        if isinstance(target, BroadcastTarget) and not self._require_scope(index):
            return
        participants, problems = resolve(target, self.snapshot)
        self._degrade(index, _worth_saying(problems))
        participants = self._in_scope(participants, self._reachable)
        self._offsets(index, action.offset, participants)
        for number, child in enumerate(action.actions):
            self._child(index, number, child, action, participants)

    def _offsets(self, index: int, offset: OffsetChoice, participants: Sequence[Addressee]) -> None:
        formula = None if isinstance(offset, NoOffset | ExplicitOffset) else formula_body(offset)
        for network_id, own in _by_network(participants).items():
            packets = tuple(RadioPacket(BROADCAST, offset_body(offset, each.group_id)) for each in own)
            meant = frozenset([int(each.group_id) for each in own])
            self._add(Block(BlockKind.OFFSET, index, network_id, packets, meant=meant, formula=formula))

    def _child(
        self,
        index: int,
        number: int,
        child: ChildCommand,
        container: OffsetGroupCommand,
        participants: Sequence[Addressee],
    ) -> None:
        appearance = self._appearance(index, child, number)
        if appearance is None:
            return
        appearance = appearance.in_offset_mode(not isinstance(container.offset, NoOffset))
        if isinstance(child.target, BroadcastTarget):
            addressees: Sequence[Addressee] = participants
        else:
            addressees, problems = resolve(child.target, self.snapshot)
            problems = (*_worth_saying(problems), *self._strangers(child.target, container))
            self._degrade(index, problems, number)
            addressees = () if self._strangers(child.target, container) else addressees
        self._send(index, number, appearance, addressees)

    def _strangers(self, target: Target, container: OffsetGroupCommand) -> tuple[Degradation, ...]:
        """A single device may have left the container's groups since the scene was saved."""
        if not isinstance(target, DeviceTarget) or not isinstance(container.target, GroupsTarget):
            return ()
        device = self.snapshot.devices.get(target.value)
        if device is None or device.group_id in container.target.value:
            return ()
        sentence = f"{device.name} is in none of the groups of this offset group. Choose a device that is."
        return (Degradation("target_not_found", sentence),)

    # Common steps

    def _appearance(self, index: int, command: ChildCommand, child: int | None = None) -> Appearance | None:
        appearance = appearance_of(command, self.snapshot)
        if isinstance(appearance, Degradation):
            self._degrade(index, (appearance,), child)
            return None
        return appearance

    def _send(self, index: int, child: int | None, appearance: Appearance, addressees: Sequence[Addressee]) -> None:
        body = limited(appearance.body(ALL_GROUPS), self.snapshot.settings.brightness_ceiling)
        for network_id, own in _by_network(addressees).items():
            bodies = for_groups(body, [each.group_id for each in own])
            packets = tuple(RadioPacket(each.receiver, told) for each, told in zip(own, bodies, strict=True))
            if isinstance(body, Preset):
                self._sync_brightness[network_id] = body.brightness
            meant = frozenset([int(each.group_id) for each in own if each.receiver == BROADCAST])
            self._add(Block(BlockKind.LIGHT, index, network_id, packets, child, meant, is_alike=True))

    def _add(self, block: Block) -> None:
        if block.packets:
            self.segments[-1].append(block)

    def _in_scope(self, addressees: Iterable[Addressee], network_ids: tuple[str, ...]) -> tuple[Addressee, ...]:
        """What goes to everyone stays within the scene's networks; groups and devices are where they are."""
        return tuple(
            Addressee(network_ids, each.receiver, each.group_id) if each.group_id == ALL_GROUPS else each
            for each in addressees
        )

    def _require_scope(self, index: int) -> bool:
        if self.network_ids or not isinstance(self.choreography.network_scope, ExplicitScope):
            return True
        self._degrade(index, (Degradation("scope_resolved_empty", _NO_NETWORK),))
        return False

    def _degrade(self, index: int, problems: Iterable[Degradation], child: int | None = None) -> None:
        for problem in problems:
            if child is not None:
                detail = f"{problem.detail} ({problem.code})"
                self.degraded.append(ActionDegradation(index, "child_degraded", detail, child))
            else:
                self.degraded.append(ActionDegradation(index, problem.code, problem.detail))


def offset_body(offset: OffsetChoice, group_id: GroupId) -> Offset:
    """What a group is told; everyone (255) is told the formula. Raises TypeError for a list and everyone."""
    if isinstance(offset, NoOffset):
        return Offset(group_id, OffsetMode.NONE)
    if group_id != ALL_GROUPS:
        return Offset(group_id, OffsetMode.EXPLICIT, offset_ms=offset.offset_ms_for(group_id))
    if isinstance(offset, ExplicitOffset):
        raise TypeError("explicit offsets need a list of groups")
    return formula_body(offset)


def formula_body(offset: FormulaOffset) -> Offset:
    """The formula, for everyone."""
    last = {}
    if isinstance(offset, VshapeOffset):
        last = {"center": offset.center}
    elif isinstance(offset, ModuloOffset):
        last = {"cycle": offset.cycle}
    return Offset(ALL_GROUPS, offset.wire_mode, base_ms=offset.base_ms, step_ms=offset.step_ms, **last)


def _by_network(addressees: Iterable[Addressee]) -> dict[str, list[Addressee]]:
    found: dict[str, list[Addressee]] = {}
    for addressee in addressees:
        for network_id in addressee.network_ids:
            found.setdefault(network_id, []).append(addressee)
    return found


def _worth_saying(problems: Iterable[Degradation]) -> tuple[Degradation, ...]:
    """A group without members is nothing wrong: there is nobody to be told."""
    return tuple(problem for problem in problems if problem.code != "group_empty")
