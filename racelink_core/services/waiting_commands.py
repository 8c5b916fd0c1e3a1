"""Commands that are on their way, and may be taken back: what an abort, stop or blackout makes pointless.

Source: issue text "Race rules for priority"; design 3.3.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from racelink_core.domain.command import Command, SyncCommand
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.gateway.cancellation import Cancellation


@dataclass(eq=False, slots=True)
class Waiting:
    """is_timed  for a moment to come, not only for its turn
    slot      of those that wait in one, only the newest is sent
    why       it was taken back; None: it was not
    """

    command: Command
    priority: Priority
    is_timed: bool
    slot: Hashable | None = None
    cancellation: Cancellation = field(default_factory=Cancellation)
    why: str | None = None

    def take_back(self, why: str) -> None:
        """Returns at once; the packet that is on its way is the last."""
        self.why = self.why or why
        if self.is_timed:
            # The port process is asked whether it has written it already.
            threading.Thread(target=self.cancellation.cancel, name="rl-take-back", daemon=True).start()
        else:
            self.cancellation.cancel()


class WaitingCommands:
    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    @contextmanager
    def added(
        self, command: Command, origin: Origin, *, is_timed: bool, slot: Hashable | None = None
    ) -> Iterator[Waiting]:
        """For as long as it may be taken back; what waits in the same slot for its turn is, now."""
        waiting = Waiting(command, origin.priority, is_timed, slot)
        for each in tuple(self._waiting):
            if slot is not None and each.slot == slot and not each.is_timed:
                each.take_back("The next one came before it was sent.")
        self._waiting.append(waiting)
        try:
            yield waiting
        finally:
            self._waiting.remove(waiting)

    def make_way(self, newer: Waiting, by: str, snapshot: Snapshot) -> None:
        """Drops what a race event or automation sent to some of the same lamps: later it would undo the newer one.

        What an operator ordered by hand is never dropped.
        """
        for each in tuple(self._waiting):
            is_automatic = each.priority is Priority.RACE_EVENT or each.priority <= Priority.AUTOMATION
            if is_automatic and _share_lamps(each.command, newer.command, snapshot):
                each.take_back(f"{by} came before it was sent. Send it again if it is still wanted.")

    def forget_moments(self, why: str) -> None:
        """Nothing is shown any more at a moment that was announced."""
        for each in tuple(self._waiting):
            if each.is_timed:
                each.take_back(why)


def _share_lamps(first: Command, second: Command, snapshot: Snapshot) -> bool:
    first_target, second_target = _target_of(first), _target_of(second)
    if isinstance(first_target, BroadcastTarget) or isinstance(second_target, BroadcastTarget):
        return True
    if isinstance(first_target, DeviceTarget) and isinstance(second_target, DeviceTarget):
        return first_target.value == second_target.value
    return bool(_groups_of(first_target, snapshot) & _groups_of(second_target, snapshot))


def _target_of(command: Command) -> Target:
    return BroadcastTarget() if isinstance(command, SyncCommand) else command.target


def _groups_of(target: DeviceTarget | GroupsTarget, snapshot: Snapshot) -> set[int]:
    if isinstance(target, GroupsTarget):
        return set(target.value)
    device = snapshot.devices.get(target.value)
    return set() if device is None else {device.group_id}
