"""Groups. A group is the same if it is called the same; its number stays where that is possible."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.group import UNCONFIGURED, Group, GroupId
from racelink_core.domain.scene_references import NewIds
from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.configuration_transfer.records import named_records
from racelink_core.services.configuration_transfer.taking import Taking
from racelink_core.services.race_references import race_follows_groups
from racelink_core.services.scene_references import follow_groups
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices


def written(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Without the network, which the members decide."""
    return [group.model_dump(mode="json", exclude={"network_id"}) for group in snapshot.groups.values()]


def read(value: object) -> list[Group]:
    """Raises InvalidConfiguration."""
    groups = named_records(Group, value, "groups", lambda group: group.id)
    return [group.model_copy(update={"network_id": None}) for group in groups]


def take(groups: list[Group], taking: Taking) -> None:
    """Raises NoFreeGroup."""
    if taking.replaces:
        _replace(groups, taking)
    else:
        _merge(groups, taking)


def _merge(groups: list[Group], taking: Taking) -> None:
    here, tally = taking.draft.groups, taking.tally("groups")
    last = max((each.display_order for each in here.values()), default=0)
    new = [group for group in groups if group.id not in taking.groups]
    for group in sorted(new, key=lambda each: each.id in here):
        number = group.id if group.id not in here else taking.draft.next_group_id()
        order = last + 1 + new.index(group)
        here[number] = group.model_copy(update={"id": number, "display_order": order})
        taking.groups[group.id] = number
    tally.added += [group.name for group in new]
    tally.same += len(groups) - len(new)
    for group in groups:
        _say_other_number(group, taking.groups[group.id], taking)


def _replace(groups: list[Group], taking: Taking) -> None:
    """The document's groups with their numbers; what is here and stays follows its group to its new number."""
    draft, tally = taking.draft, taking.tally("groups")
    before = dict(draft.groups)
    was = {number: old for number, old in taking.groups.items() if number != UNCONFIGURED}
    draft.groups.clear()
    for group in groups:
        present = before.get(was.get(group.id, UNCONFIGURED))
        draft.groups[group.id] = wanted = group.model_copy(
            update={"network_id": None if present is None else present.network_id}
        )
        if present is None:
            tally.added.append(group.name)
        elif present == wanted:
            tally.same += 1
        else:
            tally.replaced.append(group.name)
            if present.id != group.id:
                reason = f"It has number {group.id} now, and had {present.id}. Check RotorHazard's bindings to it."
                taking.findings.change("group", group.name, reason)
    now: dict[int, GroupId] = {old: GroupId(number) for number, old in was.items()}
    for group in before.values():
        if group.id not in now:
            taking.removed("groups", group.name)
    taking.groups = {UNCONFIGURED: UNCONFIGURED, **{group.id: group.id for group in groups}}
    _follow(draft, {old: now.get(old) for old in before if now.get(old) != old})


def _say_other_number(group: Group, number: GroupId, taking: Taking) -> None:
    if number != group.id:
        reason = f"It has number {number} here, and had {group.id} there. Check RotorHazard's bindings to it."
        taking.findings.change("group", group.name, reason)


def _follow(draft: Draft, new_ids: NewIds) -> None:
    """Whatever names a group."""
    for device in in_slices(tuple(draft.devices.values())):
        if device.group_id in new_ids:
            number = new_ids[device.group_id]
            moved = {"group_id": GroupId(number or UNCONFIGURED), "group_push_pending": True}
            draft.devices[device.mac] = device.model_copy(update=moved)
    follow_groups(draft, new_ids)
    race_follows_groups(draft, new_ids)
