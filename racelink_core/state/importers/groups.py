"""Older group lists: a group's number was its place in the list. Source: spec services, section 15.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP, UNCONFIGURED, Group, GroupId
from racelink_core.state.importers.fields import FieldReader
from racelink_core.state.importers.findings import Findings

_BUILT_IN = ("all wled nodes", "all wled devices", "unconfigured")
"""Records of older hosts that were no groups; today these are the selector 255 and group 0."""


@dataclass(frozen=True, slots=True)
class OlderGroups:
    """number_of: what became of each place in the list. is_known False: there was no list at all."""

    groups: tuple[Group, ...] = ()
    number_of: Mapping[int, GroupId] = field(default_factory=dict)
    unknown: Mapping[str, Any] = field(default_factory=dict)
    is_known: bool = True


def read_groups(records: Sequence[Any], networks: frozenset[str], findings: Findings) -> OlderGroups:
    """The first built-in record takes place 0, wherever it stood; what stood before it moves up by one."""
    built_in = [place for place, record in enumerate(records) if _is_built_in(record)]
    end_of_moved = built_in[0] if built_in else len(records)
    groups: list[Group] = []
    number_of: dict[int, GroupId] = {}
    unknown: dict[str, Any] = {}
    for place, record in enumerate(records):
        if place in built_in:
            number_of[place] = UNCONFIGURED
            continue
        number = place + 1 if place < end_of_moved else place
        if not isinstance(record, dict):
            findings.leave_out("group", f"group {place}", "It is no record. Its devices are in Unconfigured.")
            number_of[place] = UNCONFIGURED
            continue
        if number > LAST_GROUP:
            findings.leave_out("group", record.get("name"), f"Its number {number} is above {LAST_GROUP}.")
            number_of[place] = UNCONFIGURED
            continue
        group, extra = _read_group(record, number, networks, findings)
        groups.append(group)
        number_of[place] = group.id
        if extra:
            unknown[str(number)] = extra
        if number != place:
            findings.change(
                "group",
                group.name,
                f"It has number {number} now ({place} before, which stands for Unconfigured). "
                "Check what refers to it by number: RotorHazard's bindings and scenes.",
            )
    return OlderGroups(tuple(groups), number_of, unknown)


def groups_without_list(numbers: Sequence[int], findings: Findings) -> OlderGroups:
    """Devices keep together although nobody knows what their groups were called."""
    groups = []
    for number in sorted({number for number in numbers if FIRST_GROUP <= number <= LAST_GROUP}):
        groups.append(Group(id=GroupId(number), name=f"Group {number}", display_order=number))
        findings.change("group", f"Group {number}", "Its name was not stored with the devices.")
    return OlderGroups(tuple(groups), {UNCONFIGURED: UNCONFIGURED, **{each.id: each.id for each in groups}}, {}, False)


def _is_built_in(record: object) -> bool:
    name = record.get("name") if isinstance(record, dict) else None
    return isinstance(name, str) and name.strip().lower() in _BUILT_IN


def _read_group(
    record: Mapping[str, Any], number: int, networks: frozenset[str], findings: Findings
) -> tuple[Group, dict[str, Any]]:
    name = FieldReader(record, "group", f"group {number}", findings).text("name")
    fields = FieldReader(record, "group", name or f"group {number}", findings)
    fields.raw("name")
    if not name:
        name = f"Group {number}"
        fields.changed(f"It had no name and is called {name}.")
    network_id = fields.raw("network_id")
    if network_id is not None and network_id not in networks:
        fields.changed("Its network is not there; the first device decides again.")
        network_id = None
    group = Group(id=GroupId(number), name=name, network_id=network_id, display_order=number)
    return group, fields.unknown("static_group", "dev_type", "device_type")
