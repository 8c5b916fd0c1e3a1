"""Where the race is: told by the race timer's plugin, asked by whatever has to stand back.

Standalone no race is ever on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin, Priority

_log = logging.getLogger(__name__)
_FREED_WITHIN_S = 2.0
"""System seconds; as long as a slow gateway may need for a few packets."""
STAGED = "A race is staging, and automation never overrides it."


class RacePhase(str, Enum):
    """STAGING: from the order to stage until the start. RUNNING: from there until it is stopped, saved or cleared."""

    NONE = "none"
    STAGING = "staging"
    RUNNING = "running"


class RaceIsOn(RaceLinkError):
    """Automation came while a race is on; nothing was sent."""

    code = "race_is_on"

    def __init__(self, who: str) -> None:
        super().__init__(
            f"A race is on, and automation ({who}) never overrides it. Do it by hand, or again when the race is over."
        )


class StartIsArmed(RaceLinkError):
    """A SYNC would fire what waits for the start of the race; nothing was sent."""

    code = "start_is_armed"

    def __init__(self) -> None:
        super().__init__(
            "Lamps wait for the start of the race, and a SYNC would fire them before it. "
            "Do it after the start, or abort the race."
        )


@dataclass(eq=False, slots=True)
class ArmedStart:
    """Lamps wait, or are about to wait, for the SYNC of a start.

    is_given_up  it will not come; the lamps are being freed
    over         no lamp waits any more
    """

    is_given_up: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class RaceWatch:
    """Every method returns at once, `admit` mostly.

    armed_start  the start that lamps wait for
    """

    def __init__(self) -> None:
        self.armed_start: ArmedStart | None = None
        self._phase = RacePhase.NONE
        self._listeners: list[Callable[[RacePhase], None]] = []

    @property
    def phase(self) -> RacePhase:
        return self._phase

    @property
    def is_on(self) -> bool:
        """From staging to the end."""
        return self._phase is not RacePhase.NONE

    def staged(self) -> None:
        """Also when a race is staged anew."""
        self._enter(RacePhase.STAGING)

    def started(self) -> None:
        self._enter(RacePhase.RUNNING)

    def ended(self) -> None:
        """Aborted, stopped, saved or cleared; may be told several times."""
        self._enter(RacePhase.NONE)

    def subscribe(self, listener: Callable[[RacePhase], None]) -> Callable[[], None]:
        """Called with the phase whenever one is told, also the same again: be quick. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def admit(self, origin: Origin, *, has_sync: bool) -> None:
        """Before anything of a command or scene is sent. `has_sync`: it fires what is armed.

        Waits a moment where lamps are just being freed from a start that was given up.
        Raises RaceIsOn or StartIsArmed.
        """
        if self.is_on and origin.priority <= Priority.AUTOMATION:
            raise RaceIsOn(origin.name)
        start = self.armed_start
        if has_sync and start is not None and not (start.is_given_up and start.over.wait(_FREED_WITHIN_S)):
            raise StartIsArmed

    def _enter(self, phase: RacePhase) -> None:
        self._phase = phase
        for listener in tuple(self._listeners):
            try:
                listener(phase)
            except Exception:  # noqa: BLE001 - who only watches must not stand in the way of a race
                _log.exception("Somebody who watches the race failed")
