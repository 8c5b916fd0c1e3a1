"""What is sent for a command: the one list that sending, estimating and testing share (design 3.2).

Source: spec scenes, section 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from racelink_core.domain.command import Command, OffsetGroupCommand
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.domain.scene import Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.brightness import DEFAULT_SYNC_BRIGHTNESS, within_ceiling
from racelink_core.planning.draft import draft
from racelink_core.planning.offset_mode import leaving_offset_mode
from racelink_core.planning.operation import Degradation, WireOperation
from racelink_core.planning.scene.plan import Conditions
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.protocol.radio_packet import RadioPacket

__all__ = ["DEFAULT_SYNC_BRIGHTNESS", "Degradation", "Plan", "WireOperation", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """`operations` in the order of sending; each network sends its own in that order.

    degraded   parts of the command that cannot be done; the rest is planned all the same
    """

    operations: tuple[WireOperation, ...]
    degraded: tuple[Degradation, ...] = ()

    @property
    def network_ids(self) -> tuple[str, ...]:
        """Every network that sends something, in the order of first use."""
        return tuple(dict.fromkeys(network for operation in self.operations for network in operation.network_ids))

    def packets(self, network_id: str) -> tuple[RadioPacket, ...]:
        return tuple(operation.packet for operation in self.operations if network_id in operation.network_ids)


def plan(
    command: Command,
    snapshot: Snapshot,
    notes: Mapping[str, OffsetNotes],
    sync_brightness: Mapping[str, int] | None = None,
) -> Plan:
    """Pure: the same inputs give the same packets.

    notes             what is known about offset mode, by network id; a network without notes is unknown
    sync_brightness   brightness of the last PRESET, by network id (design 3.17); DEFAULT_SYNC_BRIGHTNESS before any

    The passes after the first each turn a list of operations into one that shows the same and fits better.
    """
    if isinstance(command, OffsetGroupCommand):
        return _plan_container(command, snapshot, notes)
    operations, degraded = draft(command, snapshot, sync_brightness or {})
    operations = leaving_offset_mode(operations, notes)
    operations = within_ceiling(operations, snapshot.settings.brightness_ceiling)
    return Plan(operations, degraded)


def _plan_container(command: OffsetGroupCommand, snapshot: Snapshot, notes: Mapping[str, OffsetNotes]) -> Plan:
    """An offset group by itself is a scene of one action."""
    known = {network_id: notes.get(network_id, NOTHING_KNOWN) for network_id in snapshot.networks}
    scene = plan_scene(Choreography(actions=(command,)), snapshot, Conditions(notes=known))
    operations = (WireOperation((operation.network_id,), operation.packet) for operation in scene.operations)
    degraded = (Degradation(problem.code, problem.detail) for problem in scene.degraded)
    return Plan(tuple(operations), tuple(degraded))
