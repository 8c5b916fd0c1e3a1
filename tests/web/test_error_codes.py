"""Each code that a route may answer: it comes, with its status, it is described, and nothing has changed."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import LAST_GROUP, Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.host import Host
from racelink_core.state.errors import StoreBusy, StoreFull, StoreNotSaved
from racelink_core.state.store import Store
from racelink_core.web import OpenAccess, create_blueprint
from racelink_core.web.api import whole_api
from racelink_core.web.openapi import Operation, codes_by_status, operations_of

HERE, TWIN, THERE, LOST = "3C610555202E", "AABBCC55202E", "3C6105DA39AC", "3C6105000001"
TO_ALL = {"kind": "broadcast"}
CONFIGURATION = {"format": "racelink-configuration", "schema_version": 1, "parts": {}}


@pytest.fixture
def venue(idle_host: Host) -> Host:
    """Two networks with a group each, two devices with one ending, and one device without a network."""
    with idle_host.store.transaction() as draft:
        draft.networks["other"] = Network(id="other", name="Other")
        for number, network in ((1, "default"), (2, "other"), (3, None)):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Group {number}", network_id=network)
        for mac, number, network_id in (
            (HERE, 1, "default"),
            (TWIN, 1, "default"),
            (THERE, 2, "other"),
            (LOST, 0, None),
        ):
            draft.devices[Mac(mac)] = Device(
                mac=Mac(mac), name=mac, dev_type=11, group_id=GroupId(number), network_id=network_id
            )
    return idle_host


def app_of(host: Host) -> Flask:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    return app


def asked(host: Host, label: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """Status and answer; every code has to be among those that the operation is described with."""
    method, path = label.split(" ")
    app = app_of(host)
    answer = app.test_client().open(f"/racelink/api/{path}", method=method, json=body)
    assert answer.json is not None
    if not answer.json["ok"]:
        described, _ = operations_of(whole_api(host, "standalone"))
        operation = _operation(described, method, f"/api/{path}")
        code = answer.json["detail"]["code"]
        assert answer.json["error"]
        assert code in {200: operation.description.not_done, **codes_by_status(operation)}[answer.status_code]
    return answer.status_code, answer.json


def _operation(described: list[Operation], method: str, path: str) -> Operation:
    exact = [each for each in described if each.method == method and each.path == path]
    folder = path.rpartition("/")[0] + "/{"
    return (exact or [each for each in described if each.method == method and each.path.startswith(folder)])[0]


def command(**fields: Any) -> dict[str, Any]:
    return {"kind": "wled_preset", "target": TO_ALL, "params": {"presetId": 1, "brightness": 1}} | fields


@pytest.mark.parametrize(
    ("label", "body", "status", "code", "detail"),
    [
        ("POST devices/update-meta", {"macs": [HERE, THERE], "groupId": 1}, 400, "devices_span_multiple_networks",
         {"network_ids": ["default", "other"]}),
        ("POST devices/update-meta", {"macs": [THERE], "groupId": 1}, 400, "group_network_mismatch",
         {"group_id": 1, "group_network_id": "default", "device_network_id": "other"}),
        ("POST devices/update-meta", {"macs": [HERE], "groupId": 9}, 400, "unknown_group_id", {"group_ids": [9]}),
        ("POST devices/update-meta", {"macs": ["55202E"], "name": "x"}, 400, "ambiguous_address",
         {"candidates": [HERE, TWIN]}),
        ("POST devices/update-meta", {"macs": ["ABCDEF"], "name": "x"}, 404, "not_found",
         {"kind": "device", "id": "ABCDEF"}),
        ("POST devices/update-meta", {"macs": ["FFFFFFFFFFFF"], "name": "x"}, 400, "not_unicast", {}),
        ("POST status", {"macs": ["55202E"]}, 400, "ambiguous_address", {}),
        ("POST status", {"groupId": 9}, 404, "not_found", {"kind": "group", "id": 9}),
        ("POST status", {}, 503, "unavailable", {}),
        ("POST discover", {"targetGroupId": 9}, 404, "not_found", {"kind": "group", "id": 9}),
        ("POST discover", {}, 503, "unavailable", {}),
        ("POST devices/control", {"groupId": 9, "flags": 0, "presetId": 1, "brightness": 1}, 404, "not_found", {}),
        ("POST devices/control", {"macs": ["55202E"], "flags": 0, "presetId": 1, "brightness": 1}, 400,
         "ambiguous_address", {}),
        ("POST devices/indicate", {"macs": ["55202E"]}, 400, "ambiguous_address", {}),
        ("POST devices/indicate", {"macs": ["FFFFFF"]}, 400, "not_unicast", {}),
        ("POST devices/indicate", {"macs": [HERE]}, 503, "unavailable", {}),
        ("DELETE devices/55202E", None, 400, "ambiguous_address", {"candidates": [HERE, TWIN]}),
        ("DELETE devices/FFFFFF", None, 400, "not_unicast", {}),
        ("DELETE devices/xyz", None, 400, "invalid_request", {}),
        ("DELETE devices/ABCDEF", None, 404, "not_found", {"kind": "device"}),
        ("POST groups/rename", {"id": 0, "name": "x"}, 400, "static_group", {"group_id": 0}),
        ("POST groups/rename", {"id": 9, "name": "x"}, 404, "not_found", {"kind": "group", "id": 9}),
        ("POST groups/delete", {"id": 0}, 400, "static_group", {"group_id": 0}),
        ("POST groups/delete", {"id": 9}, 404, "not_found", {"kind": "group", "id": 9}),
        ("POST groups/reorder", {"order": [1, 2, 9]}, 400, "unknown_group_id", {"group_ids": [9]}),
        ("POST groups/reorder", {"order": [1, 2, 2]}, 400, "invalid_request", {}),
        ("POST groups/renumber", {"order": [9]}, 400, "unknown_group_id", {"group_ids": [9]}),
        ("POST groups/renumber", {"order": [1]}, 400, "invalid_request", {}),
        ("GET networks/none", None, 404, "not_found", {"kind": "network", "id": "none"}),
        ("GET rl-presets/none", None, 404, "not_found", {"id": "none"}),
        ("POST commands", command(), 503, "unavailable", {}),
        ("POST commands", command(target={"kind": "groups", "value": [9]}), 400, "target_not_found", {}),
        ("POST commands", command(target={"kind": "groups", "value": [3]}), 400, "group_empty", {}),
        ("POST commands", command(target={"kind": "device", "value": "AABBCCDDEEFF"}), 400, "target_not_found", {}),
        ("POST commands", {"kind": "rl_preset", "target": TO_ALL, "params": {"presetId": 99}}, 400,
         "preset_not_found", {}),
        ("POST configuration/import", {"document": {}}, 400, "not_a_configuration", {}),
        ("POST configuration/import", {"document": CONFIGURATION | {"schema_version": 2}}, 400,
         "configuration_too_new", {"version": 2}),
        ("POST configuration/import", {"document": CONFIGURATION | {"parts": {"devices": 5}}}, 400,
         "invalid_configuration", {"path": "parts.devices"}),
        ("POST configuration/import", {"document": CONFIGURATION, "parts": ["scenes"]}, 400, "invalid_request", {}),
        ("POST task/cancel", {}, 200, "no_task", {}),
        ("POST gateway/retry", {}, 200, "unavailable", {}),
        ("POST gateway/query-state", {}, 503, "unavailable", {}),
        ("POST gateways/reconnect/cancel", {"gateway_mac": "AABBCCDDEEFF"}, 404, "not_found", {"id": "AABBCCDDEEFF"}),
    ],
)  # fmt: skip
def test_each_code_comes_with_its_status_and_values(  # noqa: PLR0917
    venue: Host, label: str, body: Any, status: int, code: str, detail: dict[str, Any]
) -> None:
    before = venue.store.snapshot
    found, answer = asked(venue, label, body)
    assert (found, answer["detail"]["code"]) == (status, code)
    assert answer["detail"] | detail == answer["detail"]
    assert venue.store.snapshot is before
    assert venue.tasks.current() is None


def test_when_every_group_number_is_taken_there_is_no_other_group(idle_host: Host) -> None:
    with idle_host.store.transaction() as draft:
        for number in range(1, LAST_GROUP + 1):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Group {number}")
    status, answer = asked(idle_host, "POST groups/create", {"name": "One more"})
    assert (status, answer["detail"]["code"]) == (400, "no_free_group")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreFull("/data"), 500, "store_full"),
        (StoreNotSaved("/data", "the disk is gone"), 500, "store_not_saved"),
        (StoreBusy(5.0), 503, "store_busy"),
    ],
)
def test_what_cannot_be_saved_is_said(
    venue: Host, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    @contextmanager
    def transaction(store: Store) -> Any:
        raise error
        yield

    monkeypatch.setattr(Store, "transaction", transaction)
    for label, body in (
        ("POST groups/create", {"name": "New"}),
        ("POST groups/rename", {"id": 1, "name": "New"}),
        ("POST groups/reorder", {"order": [3, 2, 1]}),
        ("POST devices/update-meta", {"macs": [HERE], "name": "New"}),
        (f"DELETE devices/{HERE}", None),
        ("PUT networks/default", {"name": "New"}),
        ("PUT settings", {"eth_autosync_interval_s": 45}),
    ):
        found, answer = asked(venue, label, body)
        assert (found, answer["detail"]["code"]) == (status, code), label


def test_a_host_that_has_stopped_saves_nothing_any_more(venue: Host) -> None:
    venue.stop()
    status, answer = asked(venue, "POST groups/create", {"name": "Late"})
    assert (status, answer["detail"]["code"]) == (503, "store_closed")


def test_a_host_without_its_directory_says_that_nothing_is_saved(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    host = Host(HostConfiguration(data_directory=tmp_path / "file"))
    try:
        status, answer = asked(host, "POST save", {})
        assert (status, answer["detail"]["code"]) == (500, "nothing_saved")
    finally:
        host.stop()
