"""Lamps of seats and colours of teams over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.race_filter import MAX_SEATS
from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.scope import Scope
from racelink_core.domain.seat import MAX_TEAMS, Seat, first_team_colours
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_core.host import Host
from racelink_core.web.live_sources import TOKENS
from tests.web.test_api import API, get, post
from tests.web.test_groups import changes
from tests.web.test_scenes import asked

LAMP = "F412FA5A0101"
GATES = {"kind": "groups", "value": [1, 2]}
ONE = {"kind": "device", "value": LAMP}


@pytest.fixture
def venue(idle_host: Host) -> Host:
    """Two groups and a lamp in the first."""
    with idle_host.store.transaction() as draft:
        for number in (1, 2):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Gate {number}")
        draft.devices[Mac(LAMP)] = Device(mac=Mac(LAMP), name="Lamp", group_id=GroupId(1))
    return idle_host


def give(client: FlaskClient, *seats: tuple[int, dict[str, Any]], status: int = 200) -> Any:
    body = {"seats": [{"index": index, "target": target} for index, target in seats]}
    return asked(client, "PUT", "race/seats", body, status)


def test_at_first_no_seat_has_lamps(idle_client: FlaskClient) -> None:
    assert get(idle_client, "race/seats") == {"ok": True, "seats": [], "count": MAX_SEATS}


def test_seats_have_groups_or_one_device_and_pages_hear_of_it(venue: Host, idle_client: FlaskClient) -> None:
    told = changes(venue)
    answer = give(idle_client, (2, ONE), (0, GATES))
    seats = [{"index": 0, "target": GATES}, {"index": 2, "target": ONE}]
    assert answer["seats"] == get(idle_client, "race/seats")["seats"] == seats, "in the order of seats"
    assert told == [{Scope.SEATS}]
    assert TOKENS[Scope.SEATS] == ("race",)
    assert give(idle_client, (1, GATES))["seats"] == [{"index": 1, "target": GATES}], "the others have none any more"
    assert give(idle_client)["seats"] == []


def test_the_timer_says_how_many_seats_there_are_and_none_with_lamps_is_hidden(
    venue: Host, idle_client: FlaskClient
) -> None:
    venue.race_timer = lambda: RaceTimer(seats=4)
    assert get(idle_client, "race/seats")["count"] == 4
    assert give(idle_client, (5, GATES))["count"] == 6


@pytest.mark.parametrize(
    ("seats", "status", "code"),
    [
        ([(0, {"kind": "groups", "value": [1, 9]})], 400, "unknown_group_id"),
        ([(0, {"kind": "groups", "value": [0]})], 400, "unknown_group_id"),
        ([(0, {"kind": "device", "value": "AABBCCDDEEFF"})], 404, "not_found"),
        ([(0, GATES), (0, ONE)], 400, "invalid_request"),
        ([(MAX_SEATS, GATES)], 400, "invalid_request"),
        ([(-1, GATES)], 400, "invalid_request"),
        ([(0, {"kind": "broadcast"})], 400, "invalid_request"),
        ([(0, {"kind": "groups", "value": []})], 400, "invalid_request"),
        ([(0, {"kind": "device", "value": "lamp"})], 400, "invalid_request"),
        ([(index % MAX_SEATS, GATES) for index in range(MAX_SEATS + 1)], 400, "invalid_request"),
    ],
)
def test_what_cannot_be_lit_is_refused_whole(
    venue: Host, idle_client: FlaskClient, seats: list[tuple[int, dict[str, Any]]], status: int, code: str
) -> None:
    give(idle_client, (3, ONE))
    before = venue.store.snapshot
    answer = give(idle_client, *seats, status=status)
    assert (answer["ok"], answer["detail"]["code"]) == (False, code)
    assert answer["error"]
    assert venue.store.snapshot is before


def test_a_list_has_to_be_given(venue: Host, idle_client: FlaskClient) -> None:
    for path in ("race/seats", "race/team-colours"):
        assert asked(idle_client, "PUT", path, {}, 400)["detail"]["code"] == "invalid_request"


def test_seats_that_have_not_changed_are_not_sent_again(idle_client: FlaskClient) -> None:
    for path in ("race/seats", "race/team-colours"):
        tag = idle_client.get(f"{API}/{path}").headers["ETag"]
        assert idle_client.get(f"{API}/{path}", headers={"If-None-Match": tag}).status_code == 304


def test_lamps_that_are_deleted_leave_their_seats(venue: Host, idle_client: FlaskClient) -> None:
    give(idle_client, (0, {"kind": "groups", "value": [2]}), (1, GATES), (2, ONE))
    assert post(idle_client, "groups/delete", {"id": 2})["emptied_seats"] == 1
    assert asked(idle_client, "DELETE", f"devices/{LAMP}")["emptied_seats"] == 1
    assert venue.store.snapshot.seats == {1: Seat(index=1, target=GroupsTarget(value=(1,)))}


def test_a_device_that_lights_no_seat_empties_none(venue: Host, idle_client: FlaskClient) -> None:
    with venue.store.transaction() as draft:
        draft.devices[Mac("F412FA5A0102")] = Device(mac=Mac("F412FA5A0102"), name="Other")
    give(idle_client, (0, GATES), (2, ONE))
    assert asked(idle_client, "DELETE", "devices/F412FA5A0102")["emptied_seats"] == 0
    assert venue.store.snapshot.seats[2].target == DeviceTarget(value=Mac(LAMP))


def test_teams_have_colours_from_the_beginning_and_others_can_be_chosen(venue: Host, idle_client: FlaskClient) -> None:
    first = [{"team": each.team, "colour": list(each.colour)} for each in first_team_colours()]
    assert get(idle_client, "race/team-colours")["team_colours"] == first
    told = changes(venue)
    colours = [{"team": "Red", "colour": [255, 0, 0]}, {"team": "A", "colour": [0, 0, 0]}]
    assert asked(idle_client, "PUT", "race/team-colours", {"team_colours": colours})["team_colours"] == colours
    assert get(idle_client, "race/team-colours")["team_colours"] == colours
    assert told == [{Scope.SETTINGS}]


@pytest.mark.parametrize(
    "colours",
    [
        [("A", [1, 2, 3]), ("a", [1, 2, 3])],
        [("", [1, 2, 3])],
        [("A" * 17, [1, 2, 3])],
        [("A", [1, 2])],
        [("A", [1, 2, 256])],
        [("A", "#ff0000")],
        [(f"T{number}", [1, 2, 3]) for number in range(MAX_TEAMS + 1)],
    ],
)
def test_colours_that_make_no_sense_are_refused(
    venue: Host, idle_client: FlaskClient, colours: list[tuple[str, Any]]
) -> None:
    before = venue.store.snapshot
    body = {"team_colours": [{"team": team, "colour": colour} for team, colour in colours]}
    answer = asked(idle_client, "PUT", "race/team-colours", body, 400)
    assert answer["detail"]["code"] == "invalid_request"
    assert venue.store.snapshot is before
