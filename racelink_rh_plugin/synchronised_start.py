"""The effect that lights the start at the very moment that RotorHazard announces when it stages a race."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from racelink_core.domain.command import Command, RlEffectCommand, RlPresetCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin
from racelink_core.domain.race_event import RaceEvent

if TYPE_CHECKING:
    from racelink_core.host import Host

_ANNOUNCES_START = "RACE_STAGE"


class NoStartMoment(RaceLinkError):
    """Bound to an event that does not say when the race starts; nothing was sent."""

    code = "no_start_moment"

    def __init__(self) -> None:
        super().__init__(
            "only the event “Race Stage” says when the race starts. Bind the synchronised start to that one, and use "
            "“RaceLink: group preset” here."
        )


def order_start(host: Host, command: Command, event: RaceEvent, origin: Origin, tell: Callable[[str], None]) -> None:
    """Returns at once. `tell` is called later, with a sentence, if the lamps did not follow or were late.

    Raises NoStartMoment or NoRaceStages.
    """
    if event.name != _ANNOUNCES_START or event.moment_s is None:
        raise NoStartMoment
    assert isinstance(command, RlPresetCommand | RlEffectCommand)
    host.synchronised_start.order(command, host.clock.from_system(event.moment_s), origin, tell)
