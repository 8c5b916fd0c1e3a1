"""Colours that RotorHazard's LED effects ask for, on their way to the lamps: the newest wins.

LED effects come in storms, such as two for each gate crossing. RotorHazard waits for a running effect before the next
one, so an effect only leaves its colour here. A greenlet hands it to the dispatcher: one packet at a time, and what a
newer colour of the same lamps has replaced meanwhile is never sent.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import Colour, EffectParameters
from racelink_core.domain.group import GroupId
from racelink_core.domain.origin import Origin
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.target import BroadcastTarget, GroupsTarget

from .values import DEFAULT_BRIGHTNESS

_log = logging.getLogger(__name__)
_SOLID = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """`group_id` None: all lamps."""

    group_id: GroupId | None
    colour: Colour
    origin: Origin

    @property
    def command(self) -> RlEffectCommand:
        target = BroadcastTarget() if self.group_id is None else GroupsTarget(value=(self.group_id,))
        return RlEffectCommand(
            target=target, params=EffectParameters(mode=_SOLID, color1=self.colour, brightness=DEFAULT_BRIGHTNESS)
        )


class LedColours:
    """send  hands a command to the dispatcher and waits for its outcome
    say   gets a sentence when lamps do not follow: once until they do again
    """

    def __init__(
        self,
        send: Callable[[RlEffectCommand, Origin], CommandResult],
        say: Callable[[str], None],
        *,
        pace_s: float = 0.2,
        after_failure_s: float = 5.0,
    ) -> None:
        """pace_s           between two colours for the same lamps; what comes meanwhile replaces what waits
        after_failure_s  the same when the one before could not be sent
        """
        self._send, self._say, self._pace_s, self._after_failure_s = send, say, pace_s, after_failure_s
        self._waiting: dict[GroupId | None, Wanted] = {}
        self._lock = threading.Lock()
        self._workers: set[GroupId | None] = set()
        self._failing: set[GroupId | None] = set()
        self._stopped = threading.Event()

    def show(self, wanted: Wanted) -> None:
        """Returns at once."""
        with self._lock:
            self._waiting[wanted.group_id] = wanted
            if wanted.group_id in self._workers or self._stopped.is_set():
                return
            self._workers.add(wanted.group_id)
        threading.Thread(target=self._work, args=(wanted.group_id,), name="rl-led-effect", daemon=True).start()

    @property
    def is_idle(self) -> bool:
        return not self._workers

    def stop(self) -> None:
        """What waits is dropped. Harmless twice."""
        self._stopped.set()

    def _work(self, group_id: GroupId | None) -> None:
        """Ends when nothing new has come for these lamps."""
        while (wanted := self._next(group_id)) is not None:
            self._stopped.wait(self._pace_s if self._is_sent(wanted) else self._after_failure_s)

    def _next(self, group_id: GroupId | None) -> Wanted | None:
        with self._lock:
            wanted = None if self._stopped.is_set() else self._waiting.pop(group_id, None)
            if wanted is None:
                self._workers.discard(group_id)
            return wanted

    def _is_sent(self, wanted: Wanted) -> bool:
        try:
            result = self._send(wanted.command, wanted.origin)
        except Exception:  # noqa: BLE001 - the edge of a worker: the next colour must find another one
            _log.exception("A colour of RotorHazard's LED effects was not sent")
            return False
        is_fine = result.ok or result.status is CommandStatus.OVERTAKEN
        if is_fine:
            self._failing.discard(wanted.group_id)
        elif wanted.group_id not in self._failing:
            self._failing.add(wanted.group_id)
            self._say(f"The lamps do not follow RotorHazard's LED effects: {result.detail or result.status.value}")
        return is_fine
