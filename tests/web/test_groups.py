"""Order and numbers of groups over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.group import GroupId
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from tests.web.test_api import get, post, refused, task_done


def changes(host: Host) -> list[frozenset[Scope]]:
    """What listeners are told from now on."""
    told: list[frozenset[Scope]] = []
    host.store.subscribe(lambda change: told.append(change.scopes))
    return told


def shown(client: FlaskClient) -> list[int]:
    return [group["id"] for group in get(client, "groups")["groups"]]


def test_groups_are_shown_in_the_order_that_was_chosen(client: FlaskClient, host: Host) -> None:
    told = changes(host)
    assert post(client, "groups/reorder", {"order": [4, "2", 3.0, 1]}) == {"ok": True}
    assert shown(client) == [0, 4, 2, 3, 1]
    assert told == [{Scope.GROUPS}]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ([1, 2, 3], "invalid_request"),
        ([1, 2, 3, 3], "invalid_request"),
        ([1, 2, 3, 9], "unknown_group_id"),
        ([0, 1, 2, 3, 4], "unknown_group_id"),
        ([1, 2, 3, True], "invalid_request"),
        ([1, 2, 3, 4.5], "invalid_request"),
        ([1, 2, 3, None], "invalid_request"),
        (["one", 2, 3, 4], "invalid_request"),
        ([10**30, 2, 3, 4], "unknown_group_id"),
        (list(range(1, 300)), "invalid_request"),
        ("1234", "invalid_request"),
        ({"1": 2}, "invalid_request"),
        (None, "invalid_request"),
    ],
)
@pytest.mark.parametrize("path", ["groups/reorder", "groups/renumber"])
def test_what_is_no_permutation_changes_nothing(
    client: FlaskClient, host: Host, path: str, order: object, code: str
) -> None:
    before = host.store.snapshot
    refused(client, path, {"order": order}, 400, code)
    refused(client, path, {}, 400, "invalid_request")
    assert host.store.snapshot is before
    assert host.tasks.current() is None


def test_renumbering_is_a_task_that_tells_the_nodes(client: FlaskClient, host: Host) -> None:
    told = changes(host)
    task = post(client, "groups/renumber", {"order": [4, 2, 3, 1], "update_scenes": True})["task"]
    assert task["name"] == "renumber_groups"
    refused(client, "groups/renumber", {"order": [1, 2, 3, 4]}, 409, "task_running")
    result = task_done(client)["result"]
    assert result == {"renumbered_devices": 3, "changed_scenes": 0, "pending": 1, "total": 4}, "one is switched off"
    assert shown(client) == [0, 1, 2, 3, 4]
    names = [group["name"] for group in get(client, "groups")["groups"]]
    assert names == ["Unconfigured", "Pit Wall", "Gate 1", "Gate 2", "Start Line"]
    assert told[0] == {Scope.GROUPS, Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}
    pending = [row for row in get(client, "devices")["devices"] if row["group_push_pending"]]
    assert len(pending) == result["pending"]


def test_references_follow_or_stay_by_a_real_yes_or_no(client: FlaskClient) -> None:
    refused(client, "groups/renumber", {"order": [1, 2, 3, 4], "update_scenes": "yes"}, 400, "invalid_request")


def test_the_two_hundred_and_fifty_fifth_group_has_a_code(client: FlaskClient, host: Host) -> None:
    while len(host.store.snapshot.groups) < 254:
        host.grouping.create("One more")
    refused(client, "groups/create", {"name": "Too many"}, 400, "no_free_group")


def test_a_name_loses_its_control_characters_and_has_a_length(client: FlaskClient, host: Host) -> None:
    group_id = post(client, "groups/create", {"name": " Gate\x00\n\x1b 9 "})["id"]
    assert host.store.snapshot.groups[GroupId(group_id)].name == "Gate 9"
    refused(client, "groups/rename", {"id": group_id, "name": "x" * 65}, 400, "invalid_request")
    refused(client, "groups/rename", {"id": group_id, "name": "\x07"}, 400, "invalid_request")
    for path in ("groups/rename", "groups/delete"):
        refused(client, path, {"id": 0, "name": "Mine"}, 400, "static_group")
