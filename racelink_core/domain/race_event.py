"""What happens in a race, in our own words: the typed form of a race timer's events (design 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.effect import Colour

ColourSource = Literal["event", "pilot", "leader", "team", "seat"]
"""Whose colour: the one that the event itself carries, its pilot's, the leading pilot's, its team's, its seat's."""


def _nothing() -> None:
    return None


def _no_colour(_source: ColourSource) -> Colour | None:
    return None


@dataclass(frozen=True, slots=True)
class RaceEvent:
    """One event. What it does not say is None; seats count from 0.

    name        a key of RACE_EVENTS
    lap_number  of the pass that the event is about; 0 is the first pass, which begins the first lap
    moment_s    when what is announced will happen, on the system's monotonic clock: the start, or the tone
    hides_start the pilots must not know the moment before it has come
    class_id, colour_of   asked when needed, as it costs the timer a look into its database; None if there is none
    """

    name: str
    seat: int | None = None
    pilot_id: int | None = None
    lap_number: int | None = None
    is_late_lap: bool = False
    heat_id: int | None = None
    team: str | None = None
    moment_s: float | None = None
    hides_start: bool = False
    class_id: Callable[[], int | None] = _nothing
    colour_of: Callable[[ColourSource], Colour | None] = _no_colour


@dataclass(frozen=True, slots=True)
class RaceEventKind:
    """`has_seat`, `has_lap`, `has_moment`: whether events of this kind say it."""

    label: str
    has_seat: bool = False
    has_lap: bool = False
    has_moment: bool = False


RACE_EVENTS: Mapping[str, RaceEventKind] = {
    "RACE_SCHEDULE": RaceEventKind("Race is scheduled"),
    "RACE_SCHEDULE_CANCEL": RaceEventKind("Scheduled race is cancelled"),
    "RACE_STAGE": RaceEventKind("Race is staged", has_moment=True),
    "RACE_STAGE_TONE": RaceEventKind("Staging tone", has_moment=True),
    "RACE_START": RaceEventKind("Race starts"),
    "RACE_ABORT": RaceEventKind("Race is aborted while staging"),
    "RACE_INITIAL_PASS": RaceEventKind("First pass of the race", has_seat=True),
    "RACE_FIRST_PASS": RaceEventKind("First pass of a pilot", has_seat=True),
    "RACE_LAP_RECORDED": RaceEventKind("Pilot passes the gate", has_seat=True, has_lap=True),
    "CROSSING_ENTER": RaceEventKind("Pilot enters the gate", has_seat=True),
    "CROSSING_EXIT": RaceEventKind("Pilot leaves the gate", has_seat=True),
    "RACE_PILOT_LEADING": RaceEventKind("Pilot leads", has_seat=True),
    "RACE_PILOT_DONE": RaceEventKind("Pilot is done", has_seat=True),
    "RACE_WIN": RaceEventKind("Race is won", has_seat=True),
    "RACE_FINISH": RaceEventKind("Race time is over"),
    "RACE_STOP": RaceEventKind("Race is stopped"),
    "LAP_DELETE": RaceEventKind("Lap is deleted", has_seat=True),
    "LAP_RESTORE_DELETED": RaceEventKind("Deleted lap is restored", has_seat=True),
    "RACE_LAPS_REPLACE": RaceEventKind("Laps are replaced by marshaling", has_seat=True),
    "LAPS_SAVE": RaceEventKind("Race is saved"),
    "LAPS_DISCARD": RaceEventKind("Race is discarded"),
    "LAPS_CLEAR": RaceEventKind("Race is cleared"),
    "LAPS_RESAVE": RaceEventKind("Saved race is corrected"),
    "RACE_ALTER": RaceEventKind("Saved race is moved to another heat"),
    "HEAT_SET": RaceEventKind("Heat is chosen"),
    "HEAT_ADD": RaceEventKind("Heat is added"),
    "HEAT_ALTER": RaceEventKind("Heat is changed"),
    "HEAT_DELETE": RaceEventKind("Heat is deleted"),
    "HEAT_DUPLICATE": RaceEventKind("Heat is copied"),
    "HEAT_GENERATE": RaceEventKind("Heats are generated"),
    "ROUNDS_COMPLETE": RaceEventKind("All rounds of a class are done"),
    "CLASS_ADD": RaceEventKind("Race class is added"),
    "CLASS_ALTER": RaceEventKind("Race class is changed"),
    "CLASS_DELETE": RaceEventKind("Race class is deleted"),
    "CLASS_DUPLICATE": RaceEventKind("Race class is copied"),
    "PILOT_ADD": RaceEventKind("Pilot is added"),
    "PILOT_ALTER": RaceEventKind("Pilot is changed"),
    "PILOT_DELETE": RaceEventKind("Pilot is deleted"),
    "FREQUENCY_SET": RaceEventKind("Frequency of a seat is set", has_seat=True),
    "PROFILE_ADD": RaceEventKind("Frequency set is added"),
    "PROFILE_ALTER": RaceEventKind("Frequency set is changed"),
    "PROFILE_DELETE": RaceEventKind("Frequency set is deleted"),
    "PROFILE_SET": RaceEventKind("Frequency set is chosen"),
    "RACE_FORMAT_ADD": RaceEventKind("Race format is added"),
    "RACE_FORMAT_ALTER": RaceEventKind("Race format is changed"),
    "RACE_FORMAT_DELETE": RaceEventKind("Race format is deleted"),
    "RACE_FORMAT_SET": RaceEventKind("Race format is chosen"),
    "ENTER_AT_LEVEL_SET": RaceEventKind("Enter level of a seat is set", has_seat=True),
    "EXIT_AT_LEVEL_SET": RaceEventKind("Exit level of a seat is set", has_seat=True),
    "MIN_FIRST_CROSSING_SET": RaceEventKind("Minimum first crossing is set"),
    "MIN_LAP_TIME_SET": RaceEventKind("Minimum lap time is set"),
    "MIN_LAP_BEHAVIOR_SET": RaceEventKind("Short lap behaviour is set"),
    "MESSAGE_STANDARD": RaceEventKind("Message is shown"),
    "MESSAGE_INTERRUPT": RaceEventKind("Alert is shown"),
    "CLUSTER_JOIN": RaceEventKind("Timer joins a cluster"),
    "CACHE_CLEAR": RaceEventKind("Results are dropped"),
    "CACHE_READY": RaceEventKind("Results are ready"),
    "CACHE_FAIL": RaceEventKind("Results cannot be built"),
    "DATABASE_BACKUP": RaceEventKind("Event is backed up"),
    "DATABASE_DELETE_BACKUP": RaceEventKind("Backup is deleted"),
    "DATABASE_RESTORE": RaceEventKind("Event is restored"),
    "DATABASE_RESET": RaceEventKind("Event is reset"),
    "DATABASE_IMPORT": RaceEventKind("Event data is imported"),
    "DATABASE_EXPORT": RaceEventKind("Event data is exported"),
    "OPTION_SET": RaceEventKind("Option is changed"),
    "CONFIG_SET": RaceEventKind("Server setting is changed"),
    "LED_MANUAL": RaceEventKind("Timer's own LEDs are set by hand"),
    "LED_EFFECT_SET": RaceEventKind("Effect of the timer's own LEDs is chosen"),
    "LED_BRIGHTNESS_SET": RaceEventKind("Brightness of the timer's own LEDs is set"),
    "RESTART_REQUIRED": RaceEventKind("Timer must be restarted"),
    "STARTUP": RaceEventKind("Timer has started"),
    "SHUTDOWN": RaceEventKind("Timer shuts down"),
}
"""By the constant's name in RotorHazard, in the order of a race. Those that only register something are left out.

Source: the recorded events.
"""
