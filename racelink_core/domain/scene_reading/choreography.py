"""Everything that a run needs, from JSON in any accepted form. Source: spec scenes, sections 3, 4, 5 and 14."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from racelink_core.domain.scene import (
    MAX_ACTIONS,
    Action,
    AutoScope,
    Choreography,
    ExplicitScope,
    NetworkScope,
)
from racelink_core.domain.scene_reading.actions import read_action
from racelink_core.domain.scene_reading.place import Fields, Place, ReadingWarning, Warnings, shown
from racelink_core.domain.scene_reading.values import boolean

_MOST_NETWORKS = 64
_LONGEST_NETWORK_ID = 64


class ReadChoreography(NamedTuple):
    choreography: Choreography
    warnings: tuple[ReadingWarning, ...]


class ReadActions(NamedTuple):
    actions: tuple[Action, ...]
    warnings: tuple[ReadingWarning, ...]


def read_choreography(raw: Fields, *, is_saving: bool, give_way: Callable[[], None] | None = None) -> ReadChoreography:
    """`actions`, `stop_on_error` and `network_scope` of an object; other fields are not looked at.

    is_saving  somebody chose it now: nothing is guessed and no remains of deleted groups are taken
    give_way   called after every action and child

    Raises ChoreographyInvalid.
    """
    actions, warnings = read_actions(raw.get("actions"), is_saving=is_saving, give_way=give_way)
    choreography = Choreography(
        actions=actions,
        stop_on_error=read_stop_on_error(raw.get("stop_on_error")),
        network_scope=read_network_scope(raw.get("network_scope")),
    )
    return ReadChoreography(choreography, warnings)


def read_actions(value: object, *, is_saving: bool, give_way: Callable[[], None] | None = None) -> ReadActions:
    """None: no action. As `read_choreography`."""
    warnings = Warnings()
    place = Place(is_saving=is_saving, tell=warnings)
    if give_way is not None:
        place = replace(place, give_way=give_way)
    actions = []
    for index, each in enumerate(place.at("actions").items([] if value is None else value, MAX_ACTIONS)):
        actions.append(read_action(place.of_action(index), each))
        place.give_way()
    return ReadActions(tuple(actions), tuple(warnings.found))


def read_stop_on_error(value: object) -> bool:
    """What makes no sense means yes, the cautious choice."""
    found = boolean(value)
    return True if found is None else found


def read_network_scope(value: object) -> NetworkScope:
    """None: automatic. Raises ChoreographyInvalid; a list without any network is never widened to all of them."""
    if value is None:
        return AutoScope()
    place = Place(is_saving=True, tell=Warnings(), path="network_scope")
    scope = place.fields(value)
    if scope.get("mode", "auto") == "auto":
        return AutoScope()
    if scope["mode"] != "explicit":
        place.at("mode").fail(f"expected auto or explicit, got {shown(scope['mode'])}")
    listed = place.at("network_ids").items(scope.get("network_ids", []), _MOST_NETWORKS)
    if not listed:
        place.at("network_ids").fail("choose at least one network, or let the targets decide", "missing")
    for index, network_id in enumerate(listed):
        is_text = isinstance(network_id, str) and network_id.isprintable()
        if not is_text or not 1 <= len(network_id) <= _LONGEST_NETWORK_ID:
            place.at("network_ids").at(index).fail(f"expected the id of a network, got {shown(network_id)}")
    return ExplicitScope(network_ids=tuple(listed))
