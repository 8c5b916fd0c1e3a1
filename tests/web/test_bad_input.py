"""What does not fit is refused whole: a code, a field, and nothing changed. For every route that takes a body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint
from racelink_core.web.api import configuration
from racelink_core.web.api.scene_transfer import MAX_DOCUMENT_BYTES
from racelink_core.web.requests import MAX_BODY_BYTES

GATE, START = "3C610555202E", "3C6105DA39AC"
TARGET = {"kind": "broadcast"}
WLED_PRESET = {"kind": "wled_preset", "target": TARGET, "params": {"presetId": 3, "brightness": 9}}
EMPTY_CONFIGURATION = {"format": "racelink-configuration", "schema_version": 1, "parts": {}}
GOOD: dict[str, dict[str, Any]] = {
    "POST /api/commands": WLED_PRESET,
    "POST /api/configuration/import": {"document": EMPTY_CONFIGURATION, "parts": None, "dryRun": True},
    "POST /api/config": {"mac": GATE, "option": 4, "data0": 1, "data1": 0, "data2": 0, "data3": 0},
    "POST /api/devices/control": {"groupId": 1, "flags": 0, "presetId": 1, "brightness": 1},
    "POST /api/devices/indicate": {"macs": [GATE], "indicator_type": 4},
    "POST /api/devices/update-meta": {"macs": [GATE], "groupId": 1, "name": "Gate"},
    "POST /api/discover": {"targetGroupId": 1, "newGroupName": "New"},
    "POST /api/gateways/reconnect/cancel": {"all": True},
    "POST /api/groups/create": {"name": "New", "dev_type": 11},
    "POST /api/groups/delete": {"id": 1},
    "POST /api/groups/force": {"skipOffline": False},
    "POST /api/groups/rename": {"id": 1, "name": "Other"},
    "POST /api/groups/renumber": {"order": [2, 1], "update_scenes": True},
    "POST /api/groups/reorder": {"order": [2, 1]},
    "POST /api/race/bindings": {
        "name": "Dark",
        "event": "RACE_LAP_RECORDED",
        "reaction": {"kind": "blackout", "target": TARGET},
        "only": {"seat": 1},
        "colour_from": "pilot",
        "to_seat": True,
        "at_moment": False,
        "is_on": True,
    },
    "POST /api/specials/config": {"mac": GATE, "key": "wled_bri", "value": 3},
    "POST /api/specials/config/import": {"mac": GATE, "key": "wled_bri", "value": 3},
    "POST /api/specials/get": {"mac": GATE, "key": "wled_bri"},
    "POST /api/status": {"groupId": 1},
    "PUT /api/networks/default": {"name": "Field"},
    "PUT /api/settings": {"eth_autosync_interval_s": 30},
}
"""By operation: a body in which one field at a time is spoilt. For what is not here, the field stands alone."""
MOST_BYTES = {
    "POST /api/configuration/import": configuration.MAX_DOCUMENT_BYTES,
    "POST /api/scenes/import": MAX_DOCUMENT_BYTES,
}
"""Where more than usual may be sent."""
ADDRESSES = {"mac", "macs", "selection", "gateway_mac"}
CLAMPED = {"duration_sec"}
HUGE = 10**30
NO_NUMBERS = (True, False, 1.5, "x", "", "1.5", "٣", [], {}, HUGE, "9" * 400, float("1e300"))
NO_ADDRESSES = ("", "12", "GGGGGG", "FFFFFF", "FF:FF:FF:FF:FF:FF", "A" * 41, "3C6105\x00", 5, True, {}, "3C61055520")
NO_NAMES = (5, True, [], {}, "", "   ", "\n\t\x00", "x" * 65, "\u200b", "\ud800")


@pytest.fixture
def known(idle_host: Host) -> Host:
    """Two groups and two devices, and no gateway: what is not refused by its form would be refused for that."""
    with idle_host.store.transaction() as draft:
        for number in (1, 2):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Gate {number}", display_order=number)
        for mac in (GATE, START):
            draft.devices[Mac(mac)] = Device(mac=Mac(mac), name=mac, dev_type=11, network_id="default")
    return idle_host


def app_of(host: Host) -> Flask:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    return app


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation with a JSON body, and the schema of that."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                address = path.replace("{network_id}", "default")
                yield f"{method.upper()} {address}", resolved(content["application/json"]["schema"], document)


def spoilt(name: str, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Any]:
    """Values that do not fit a field; none for a field that takes anything, such as free parameters."""
    choices = [resolved(each, document) for each in schema.get("anyOf", [schema])]
    if {"type": "null"} not in choices:
        yield None
    kinds = [each for each in choices if each != {"type": "null"}]
    if len(kinds) > 1:
        return
    choice = kinds[0]
    kind = choice.get("type")
    if kind == "integer" and name not in CLAMPED:
        yield from NO_NUMBERS
        yield from (choice[bound] + step for bound, step in (("minimum", -1), ("maximum", 1)) if bound in choice)
    elif kind == "boolean":
        yield from ("yes", 1, 0, [], {})
    elif kind == "string" and name in ADDRESSES:
        yield from NO_ADDRESSES
    elif kind == "string" and name.lower().endswith("name"):
        yield from NO_NAMES
    elif kind == "string":
        yield from (5, True, [], {}, "", "x" * 500)
    elif kind == "array":
        yield from ("text", 5, {}, True)
        if choice.get("minItems"):
            yield []
        if "maxItems" in choice:
            yield [GATE if name in ADDRESSES else 1] * (choice["maxItems"] + 1)
        if name in ADDRESSES:
            yield from ([value] for value in NO_ADDRESSES)
        elif choice.get("items", {}).get("type") == "integer":
            yield from ([value] for value in NO_NUMBERS)


@pytest.mark.parametrize("label", GOOD)
def test_one_bad_value_is_named_and_changes_nothing(known: Host, label: str) -> None:
    client = app_of(known).test_client()
    document = client.get("/racelink/api/openapi.json").json or {}
    schema = dict(bodies(document))[label]
    method, path = label.split(" ")
    before = known.store.snapshot
    accepted = []
    for name, field in schema.get("properties", {}).items():
        for value in spoilt(name, field, document):
            answer = client.open(f"/racelink{path}", method=method, json=GOOD[label] | {name: value})
            refused = answer.status_code in (400, 404) and answer.json is not None and answer.json["ok"] is False
            if not refused or known.store.snapshot is not before:
                accepted.append((name, value, answer.status_code, answer.text[:200]))
    assert not accepted
    assert known.tasks.current() is None


def test_bad_values_are_refused_by_every_other_route_too(known: Host) -> None:
    client = app_of(known).test_client()
    document = client.get("/racelink/api/openapi.json").json or {}
    accepted = []
    for label, schema in bodies(document):
        method, path = label.split(" ")
        for name, field in schema.get("properties", {}).items() if label not in GOOD else ():
            for value in spoilt(name, field, document):
                before = known.store.snapshot
                answer = client.open(f"/racelink{path}", method=method, json={name: value})
                if answer.status_code != 400 or known.store.snapshot is not before:
                    accepted.append((label, name, value, answer.status_code, answer.text[:200]))
    assert not accepted


@pytest.mark.parametrize("value", [*NO_NUMBERS, None, -1, 256])
def test_numbers_deep_inside_a_command_are_checked_too(known: Host, value: Any) -> None:
    client = app_of(known).test_client()
    brightness = () if value is None else (WLED_PRESET | {"params": {"presetId": 3, "brightness": value}},)
    for bad in (
        *brightness,
        WLED_PRESET | {"target": {"kind": "groups", "value": [value]}},
        {"kind": "rl_preset", "target": TARGET, "params": {"presetId": value if value not in (None, 256) else -256}},
        {"kind": "locate", "target": TARGET, "seconds": value},
    ):
        answer = client.post("/racelink/api/commands", json=bad)
        assert answer.status_code == 400, bad
        assert (answer.json or {})["detail"]["code"] in ("invalid_request", "preset_not_found"), bad


def test_a_body_of_the_wrong_kind_is_refused_by_every_route(known: Host) -> None:
    client = app_of(known).test_client()
    before = known.store.snapshot
    for label, _ in bodies(client.get("/racelink/api/openapi.json").json or {}):
        method, path = label.split(" ")
        too_much = "x" * (MOST_BYTES.get(label, MAX_BODY_BYTES))
        for raw, kind, status, code in (
            ("{", "application/json", 400, "invalid_json"),
            ("[]", "application/json", 400, "invalid_json"),
            ('{"a": 1}', "text/plain", 415, "unsupported_media_type"),
            (f'{{"a": "{too_much}"}}', "application/json", 413, "too_large"),
        ):
            answer = client.open(f"/racelink{path}", method=method, data=raw, content_type=kind)
            assert answer.status_code == status, label
            assert (answer.json or {})["detail"]["code"] == code, label
    assert known.store.snapshot is before
