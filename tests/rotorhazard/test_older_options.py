"""The first start inside RotorHazard takes over what an older plugin left in its option table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import status_of, until

MAC = "AABBCCDDEE01"
DEVICES = [{"addr": MAC, "name": "Gate", "groupId": 1, "dev_type": 10}]
GROUPS = [{"name": "All WLED Nodes", "static_group": 1}, {"name": "Gates", "static_group": 0}]
STATE = json.dumps({"schema_version": 1, "devices": DEVICES, "groups": GROUPS})
_NO_SUCH_PORT = "/dev/racelink-is-not-here"


def server_with(data_dir: Path, **options: str) -> RotorHazard:
    """Its database holds these options already."""
    server = RotorHazard(data_dir, RACELINK={"rl_comms_port": _NO_SUCH_PORT})
    server.rhapi.db._stored.update(options)
    return server


def look(server: RotorHazard, path: str) -> dict[str, Any]:
    answer = server.app.test_client().get(f"/racelink/api/{path}", auth=server.login).get_json()
    assert answer["ok"]
    return dict(answer)


@pytest.mark.parametrize(
    "options",
    [
        {"rl_state_v1": STATE, "rl_device_config": "shown", "rl_groups_config": "shown"},
        {"rl_device_config": json.dumps(DEVICES), "rl_groups_config": json.dumps(GROUPS)},
        {"rl_device_config": repr(DEVICES), "rl_groups_config": repr(GROUPS)},
    ],
)
def test_the_first_start_takes_the_options_over_and_leaves_them_as_they_are(
    tmp_path: Path, options: dict[str, str]
) -> None:
    server = server_with(tmp_path, psi_comms_port="/dev/ttyUSB0", **options)
    before = dict(server.rhapi.db._stored)
    with server.running(initialize):
        (device,) = look(server, "devices")["devices"]
        assert (device["name"], device["groupId"]) == ("Gate", 1)
        report = look(server, "import/report")["report"]
        assert report["trigger"] == "first_start"
        assert "psi_comms_port" in [each["what"] for each in report["left_out"]]
        until(lambda: "Taken over from an older RaceLink" in status_of(server), "the news in the panel")
    assert {key: server.rhapi.db._stored[key] for key in before} == before
    assert not server.rhapi.db.was_damaged
    assert server.events.errors == []


def test_a_second_start_takes_nothing_and_a_request_finds_nothing_new(tmp_path: Path) -> None:
    with server_with(tmp_path, rl_state_v1=STATE).running(initialize):
        pass
    server = server_with(tmp_path, rl_state_v1=STATE.replace("Gate", "Late"))
    with server.running(initialize):
        (device,) = look(server, "devices")["devices"]
        assert device["name"] == "Gate"
        assert look(server, "import/report")["notices"] == []
        answer = server.app.test_client().post(
            "/racelink/api/import/old", auth=server.login, json={"source": "options", "on_conflict": "replace"}
        )
        assert answer.status_code == 200
        (device,) = look(server, "devices")["devices"]
        assert device["name"] == "Late"


def test_what_cannot_be_read_is_told_and_the_server_starts(tmp_path: Path) -> None:
    server = server_with(tmp_path, rl_state_v2="{broken")
    with server.running(initialize):
        assert look(server, "devices")["devices"] == []
        (notice,) = look(server, "import/report")["notices"]
        assert "rl_state_v2" in notice
    assert server.rhapi.db._stored["rl_state_v2"] == "{broken"
    assert server.events.errors == []


def test_a_server_without_older_options_starts_as_ever(tmp_path: Path) -> None:
    with server_with(tmp_path).running(initialize) as server:
        answer = look(server, "import/report")
        assert (answer["report"], answer["notices"]) == (None, [])
