"""What will keep lamps from showing a scene, though every packet of it is sent. Pure.

Source: spec scenes, N5, 10.2 and 9.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.command import OffsetGroupCommand, StartblockCommand
from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNote, OffsetNotes
from racelink_core.domain.scene import Action
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import GroupsTarget
from racelink_core.planning.addressing import network_of
from racelink_core.planning.scene.blocks import is_in_offset_mode
from racelink_core.planning.scene.plan import SceneOperation, ScenePlan
from racelink_core.protocol.bodies import Control, Offset, Preset, Stream
from racelink_core.protocol.radio_packet import RadioPacket

_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class SceneWarning:
    """`code` is stable; `detail` says what to do. `child`: of the action's container."""

    action: int
    code: str
    detail: str
    child: int | None = None


def find_warnings(
    plan: ScenePlan,
    snapshot: Snapshot,
    notes: Mapping[str, OffsetNotes],
    is_online: Callable[[Mac], bool | None],
    give_way: Callable[[], None] = lambda: None,
) -> tuple[SceneWarning, ...]:
    """By action. `notes`: offset mode before the scene, by network id. `is_online` None: nobody knows yet."""
    fleet = _Fleet(snapshot, notes)
    found: list[SceneWarning] = []
    for index, action in enumerate(plan.actions):
        operations = plan.of_action(index)
        reached: dict[Mac, Device] = {}
        for operation in operations:
            devices = [device for device in fleet.reached(operation) if _is_meant(device, operation, action)]
            found += _dropped(operation, devices, fleet)
            fleet.follow(operation)
            reached |= {device.mac: device for device in devices}
        is_degraded = any(each.action == index for each in plan.degraded)
        if isinstance(action, StartblockCommand) and not operations and not is_degraded:
            found.append(
                SceneWarning(index, "no_capable_device", "No starting block is in the target. Choose another target.")
            )
        if any(isinstance(each.packet.body, Control | Preset | Stream) for each in operations):
            found += _cannot_react(index, list(reached.values()), is_online)
        give_way()
    return tuple(dict.fromkeys(found))


def _is_meant(device: Device, operation: SceneOperation, action: Action) -> bool:
    """Others hear what goes to everybody for an offset group's own groups, and are right to ignore it."""
    if operation.child is None or not isinstance(action, OffsetGroupCommand):
        return True
    return not isinstance(action.target, GroupsTarget) or device.group_id in action.target.value


class _Fleet:
    """Who hears what, and which groups are in offset mode after what they were told so far."""

    def __init__(self, snapshot: Snapshot, notes: Mapping[str, OffsetNotes]) -> None:
        self._members: dict[tuple[str, int], list[Device]] = {}
        for device in snapshot.devices.values():
            network_id = network_of(device, snapshot)
            if network_id is not None:
                self._members.setdefault((network_id, device.group_id), []).append(device)
        self._in_offset = {
            place: note is OffsetNote.OFFSET
            for place in self._members
            if (note := notes[place[0]].of(place[1]) if place[0] in notes else OffsetNote.UNKNOWN)
            is not OffsetNote.UNKNOWN
        }

    def reached(self, operation: SceneOperation) -> list[Device]:
        packet = operation.packet
        places = self._places(operation.network_id, packet)
        devices = [device for place in places for device in self._members[place]]
        if packet.receiver.is_broadcast:
            return devices
        return [device for device in devices if device.radio_address == packet.receiver]

    def is_in_offset(self, network_id: str, group_id: int) -> bool | None:
        """None: nobody knows."""
        return self._in_offset.get((network_id, group_id))

    def follow(self, operation: SceneOperation) -> None:
        body = operation.packet.body
        if isinstance(body, Offset) and operation.packet.receiver.is_broadcast:
            for place in self._places(operation.network_id, operation.packet):
                self._in_offset[place] = body.mode is not OffsetMode.NONE

    def _places(self, network_id: str, packet: RadioPacket) -> Iterator[tuple[str, int]]:
        group_id = getattr(packet.body, "group_id", ALL_GROUPS)
        for place in self._members:
            if place[0] == network_id and group_id in (ALL_GROUPS, place[1]):
                yield place


def _dropped(operation: SceneOperation, devices: Iterable[Device], fleet: _Fleet) -> Iterator[SceneWarning]:
    """Lamps in offset mode drop what is not for it, and the other way round."""
    if not isinstance(operation.packet.body, Control | Preset):
        return
    needs_offset = is_in_offset_mode(operation.packet)
    deaf = [
        device for device in devices if fleet.is_in_offset(operation.network_id, device.group_id) is (not needs_offset)
    ]
    if not deaf:
        return
    if needs_offset:
        sentence = f"{_names(deaf)} will not react: the flag offset mode is set, but no offset group was run before."
        yield SceneWarning(operation.action, "not_in_offset_mode", sentence, operation.child)
    else:
        sentence = (
            f"{_names(deaf)} will not react: an offset group before has put them into offset mode. End it first, by "
            "an offset group with the mode none."
        )
        yield SceneWarning(operation.action, "left_in_offset_mode", sentence, operation.child)


def _cannot_react(
    action: int, devices: list[Device], is_online: Callable[[Mac], bool | None]
) -> Iterator[SceneWarning]:
    if not any(device.type.capabilities for device in devices):
        sentence = "No device that can show this is in the target. Discover devices, or choose another target."
        yield SceneWarning(action, "no_capable_device", sentence)
        return
    offline = [device for device in devices if is_online(device.mac) is False]
    if offline:
        which = "Every device of the target" if len(offline) == len(devices) else _names(offline)
        verb = "is" if len(offline) in (1, len(devices)) else "are"
        yield SceneWarning(action, "offline", f"{which} {verb} offline. Switch on what shall take part.")


def _names(devices: list[Device]) -> str:
    names = [device.name or device.mac for device in devices[:_MOST_NAMES]]
    more = len(devices) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
