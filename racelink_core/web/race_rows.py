"""What the API says about race events and what is bound to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.race_binding import RaceBinding
from racelink_core.domain.race_event import RACE_EVENTS, ColourSource
from racelink_core.domain.race_filter import RaceFilter
from racelink_core.domain.reaction_problem import problem_of_reaction
from racelink_core.domain.snapshot import Snapshot

_TOPICS: Mapping[str, str] = {
    "RACE_SCHEDULE": "Before the race and its start",
    "RACE_INITIAL_PASS": "During the race",
    "RACE_FINISH": "End of the race",
    "LAP_DELETE": "Laps and results",
    "HEAT_SET": "Heats, classes and pilots",
    "FREQUENCY_SET": "Frequencies, formats and levels",
    "MESSAGE_STANDARD": "The timer itself",
}
"""By the first event of each topic: events stand in the order of a race."""
_COLOURS: tuple[ColourSource, ...] = ("event", "leader")
_COLOURS_OF_SEAT: tuple[ColourSource, ...] = ("pilot", "team", "seat", "event", "leader")


class RaceEventRow(FrozenModel):
    """An event that can be bound.

    topic          events of one topic stand together
    has_seat, has_lap, has_moment  whether it says it: only then it can be limited to one, or fired at the moment
    colour_sources whose colours it may have, the most useful first
    """

    name: str
    label: str
    topic: str
    has_seat: bool
    has_lap: bool
    has_moment: bool
    colour_sources: tuple[ColourSource, ...]


class ReactionProblemRow(FrozenModel):
    code: str
    text: str


class RaceBindingRow(FrozenModel):
    """`reaction`: a command, `run_scene` or `stop_scene`, told apart by `kind`; only what is set.

    problem    why it does nothing at present, such as a scene that was deleted; null: nothing is wrong
    overtaken  how often since the start a newer event came before its turn, so that only that was sent
    """

    id: int
    name: str
    event: str
    event_label: str
    only: RaceFilter
    reaction: dict[str, Any]
    colour_from: ColourSource | None
    to_seat: bool
    at_moment: bool
    is_on: bool
    problem: ReactionProblemRow | None
    overtaken: int


def race_event_rows() -> tuple[RaceEventRow, ...]:
    rows: list[RaceEventRow] = []
    topic = ""
    for name, kind in RACE_EVENTS.items():
        topic = _TOPICS.get(name, topic)
        rows.append(
            RaceEventRow(
                name=name,
                label=kind.label,
                topic=topic,
                has_seat=kind.has_seat,
                has_lap=kind.has_lap,
                has_moment=kind.has_moment,
                colour_sources=_COLOURS_OF_SEAT if kind.has_seat else _COLOURS,
            )
        )
    return tuple(rows)


def race_binding_row(binding: RaceBinding, snapshot: Snapshot, overtaken: int) -> RaceBindingRow:
    problem = problem_of_reaction(binding.reaction, snapshot)
    return RaceBindingRow(
        id=binding.id,
        name=binding.name,
        event=binding.event,
        event_label=RACE_EVENTS[binding.event].label,
        only=binding.only,
        reaction=binding.reaction.model_dump(mode="json", by_alias=True, exclude_none=True),
        colour_from=binding.colour_from,
        to_seat=binding.to_seat,
        at_moment=binding.at_moment,
        is_on=binding.is_on,
        problem=None if problem is None else ReactionProblemRow(code=problem.code, text=problem.text),
        overtaken=overtaken,
    )
