"""The lamps of each seat, and bindings of our own to race events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from racelink_core.domain.configuration_document import InvalidConfiguration, read_record
from racelink_core.domain.configuration_matching import matching_names
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.race_binding import MAX_BINDINGS, RaceBinding
from racelink_core.domain.race_references import binding_with_new_groups, binding_with_preset, seat_with_new_groups
from racelink_core.domain.reaction_problem import problem_of_reaction
from racelink_core.domain.seat import Seat
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.turns import Turns
from racelink_core.services.configuration_transfer.records import Known, placed
from racelink_core.services.configuration_transfer.taking import Taking
from racelink_core.services.race_bindings import check_fit


def written_seats(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [seat.model_dump(mode="json") for seat in snapshot.seats.values()]


def written_bindings(snapshot: Snapshot) -> list[dict[str, Any]]:
    """They name presets by key, as scenes do."""

    def by_key(reference: int | str) -> int | str:
        preset = snapshot.find_preset(reference)
        return reference if preset is None else f"RL:{preset.key}"

    return [
        binding_with_preset(binding, by_key).model_dump(mode="json", by_alias=True, exclude_none=True)
        for binding in Turns().between(snapshot.race_bindings.values())
    ]


def read_seats(value: object) -> list[Seat]:
    """Raises InvalidConfiguration."""
    known = Known()
    seats = []
    for path, stored in placed(value, "seats"):
        seat = read_record(Seat, stored, path)
        known.add(seat.index, path)
        seats.append(seat)
    return seats


def read_bindings(value: object) -> list[RaceBinding]:
    """Raises InvalidConfiguration."""
    known = Known()
    bindings = []
    for path, stored in placed(value, "race_bindings"):
        binding = read_record(RaceBinding, stored, path)
        known.add(binding.id, path)
        try:
            check_fit(binding)
        except InvalidValue as error:
            raise InvalidConfiguration(f"{path}.{error.field}", error.problem) from error
        bindings.append(binding)
    if len(bindings) > MAX_BINDINGS:
        raise InvalidConfiguration("parts.race_bindings", f"at most {MAX_BINDINGS}, got {len(bindings)}")
    return bindings


def take_seats(seats: list[Seat], taking: Taking) -> None:
    here, tally, new_ids = taking.draft.seats, taking.tally("seats"), taking.new_group_ids()
    if taking.replaces:
        for index in here.keys() - {seat.index for seat in seats}:
            del here[index]
            taking.removed("seats", _seat_name(index))
    for seat in seats:
        name = _seat_name(seat.index)
        wanted = seat_with_new_groups(seat, new_ids)
        if wanted is None:
            taking.findings.leave_out("seat", name, "Its groups are not here. Import the groups, too.")
        elif here.get(seat.index) == wanted:
            tally.same += 1
        else:
            (tally.replaced if seat.index in here else tally.added).append(name)
            here[seat.index] = wanted


def take_bindings(bindings: list[RaceBinding], taking: Taking) -> None:
    """A binding is the same if it is called the same; of several, the first is the first."""
    here, tally = taking.draft.race_bindings, taking.tally("race_bindings")
    matched = matching_names(_names(bindings), _names(here.values()))
    if taking.replaces:
        for binding in tuple(here.values()):
            if binding.id not in matched.values():
                del here[binding.id]
                taking.removed("race_bindings", binding.name)
    new_ids = taking.new_group_ids()
    for binding in Turns().between(sorted(bindings, key=lambda each: (each.display_order, each.id))):
        present = here.get(matched.get(binding.id, 0))
        if present is None and len(here) >= MAX_BINDINGS:
            reason = f"There are {MAX_BINDINGS} race bindings already."
            taking.findings.leave_out("race_binding", binding.name, reason)
            continue
        wanted = binding_with_preset(binding_with_new_groups(binding, new_ids), taking.preset_of)
        wanted = wanted.model_copy(update=_place(binding, present, taking))
        if wanted == present:
            tally.same += 1
        else:
            (tally.added if present is None else tally.replaced).append(binding.name)
            here[wanted.id] = wanted


def _place(binding: RaceBinding, present: RaceBinding | None, taking: Taking) -> dict[str, int]:
    """Its id and its order; what comes new to others comes after them."""
    here = taking.draft.race_bindings
    if present is not None:
        order = binding.display_order if taking.replaces else present.display_order
        return {"id": present.id, "display_order": order}
    last = max((each.display_order for each in here.values()), default=0)
    return {
        "id": binding.id if binding.id not in here else taking.draft.next_race_binding_id(),
        "display_order": binding.display_order if taking.replaces else last + 1,
    }


def say_what_bindings_miss(taking: Taking, before: Snapshot) -> None:
    """Of what changed, and of everything where something else may be gone."""
    draft = taking.draft
    now = Snapshot(devices=draft.devices, groups=draft.groups, presets=draft.presets, scenes=draft.scenes)
    for binding in Turns().between(draft.race_bindings.values()):
        if taking.replaces or before.race_bindings.get(binding.id) != binding:
            problem = problem_of_reaction(binding.reaction, now)
            if problem is not None:
                taking.findings.change("race_binding", binding.name, problem.text)


def say_what_seats_lost(taking: Taking, before: Snapshot) -> None:
    """Of seats that nobody asked to remove."""
    for index in before.seats.keys() - taking.draft.seats.keys():
        if not taking.is_removed("seats", name := _seat_name(index)):
            taking.findings.change("seat", name, "Its lamps or groups were removed, so that it has none now.")


def _names(bindings: Iterable[RaceBinding]) -> dict[int, str]:
    """By id, in their order."""
    return {each.id: each.name for each in sorted(bindings, key=lambda each: (each.display_order, each.id))}


def _seat_name(index: int) -> str:
    return f"Seat {index + 1}"
