"""RaceLink's configuration in RotorHazard's lists of exporters and importers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.services.configuration_transfer.service import ConfigurationTransfer
from racelink_rh_plugin import data_transfer, initialize
from racelink_rh_plugin.data_transfer import NAME
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.modules import DataImporter
from tests.rotorhazard.rig import until

_NO_SUCH_PORT = "/dev/racelink-is-not-here"
GROUPS = {
    "format": "racelink-configuration",
    "schema_version": 1,
    "racelink": "0.1.0",
    "parts": {"groups": [{"id": 3, "name": "Gates <b>"}], "settings": {"brightness_ceiling": 90}},
}
DO = {"rl_import_try": False}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RotorHazard]:
    monkeypatch.setattr(data_transfer, "_AFTER_RELOAD_S", 0.01)
    server = RotorHazard(tmp_path, RACELINK={"rl_comms_port": _NO_SUCH_PORT})
    with server.running(initialize):
        yield server
    assert server.events.errors == []
    assert not server.rhapi.db.was_damaged


def take(server: RotorHazard, document: Any, **form: Any) -> tuple[bool, str]:
    """As from the settings page; the answer, and what is said."""
    data = document if isinstance(document, bytes | str) else json.dumps(document).encode()
    server.ui.messages.clear()
    answer = server.importers[NAME].run_import(server.rhapi, data, form)
    until(lambda: server.ui.messages, "a message")
    return answer, server.ui.messages[-1]


def look(server: RotorHazard, path: str) -> dict[str, Any]:
    return dict(server.app.test_client().get(f"/racelink/api/{path}", auth=server.login).get_json())


def group_names(server: RotorHazard) -> list[str]:
    return [each["name"] for each in look(server, "groups")["groups"] if each["id"]]


def test_the_export_is_the_file_that_the_import_takes(server: RotorHazard) -> None:
    take(server, GROUPS, **DO)
    file = server.exporters[NAME].export(server.rhapi)
    assert (file["encoding"], file["ext"]) == ("application/json", "json")
    assert json.loads(file["data"])["parts"]["groups"] == [{"id": 3, "name": "Gates <b>", "display_order": 1}]
    answer, message = take(server, file["data"], **DO)
    assert answer is True
    assert "all of it is here already" in message


def test_an_untouched_form_only_tells(server: RotorHazard) -> None:
    answer, message = take(server, GROUPS)
    assert answer is True
    assert message.endswith("Groups: 1 added; Settings: 1 changed. Nothing was changed.")
    assert group_names(server) == []


def test_the_form_says_how_and_which_parts(server: RotorHazard) -> None:
    take(server, GROUPS | {"parts": {"groups": [{"id": 1, "name": "Old"}]}}, **DO)
    importer: DataImporter = server.importers[NAME]
    names = {field.name for field in importer.settings}
    assert names == set(importer.default_args)
    assert {"rl_import_groups", "rl_import_devices", "rl_import_seats", "rl_import_mode", "rl_import_try"} <= names
    form = {"rl_import_try": "0", "rl_import_mode": "replace", "rl_import_settings": "0"}
    _, message = take(server, GROUPS, **form)
    assert "Groups: 1 added, 1 removed" in message
    assert "Settings" not in message
    assert group_names(server) == ["Gates <b>"]


def test_what_is_said_is_escaped(server: RotorHazard) -> None:
    document = GROUPS | {"parts": {"groups": [{"id": 3, "name": "<img src=x>"}, {"id": 4, "name": "B"}]}}
    take(server, GROUPS, **DO)
    _, message = take(server, document, **DO)
    assert "<img" not in message
    assert "&lt;img" in message


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"\xff\xfe", "It is not JSON"),
        (b"[1]", "It is no JSON object"),
        (b'{"format": NaN}', "It is not JSON"),
        (b"x" * ((4 << 20) + 1), "more than 4 MiB"),
        ({"pilots": []}, "no configuration"),
        (GROUPS | {"schema_version": 7}, "Update RaceLink here"),
        (GROUPS | {"parts": {"groups": [{"id": 0, "name": "x"}]}}, "parts.groups[0].id"),
        (GROUPS | {"parts": 5}, "parts: expected an object"),
    ],
)
def test_other_files_are_refused_in_words(server: RotorHazard, document: Any, words: str) -> None:
    answer, message = take(server, document, **DO)
    assert answer is False
    assert words in message
    assert group_names(server) == []


def test_what_went_well_is_said_once_the_pages_have_loaded_anew(
    server: RotorHazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_transfer, "_AFTER_RELOAD_S", 1.0)
    server.ui.messages.clear()
    assert server.importers[NAME].run_import(server.rhapi, json.dumps(GROUPS), DO) is True
    assert server.ui.messages == []
    until(lambda: server.ui.messages, "the report")


def test_no_row_and_no_option_of_the_timer_is_touched(server: RotorHazard) -> None:
    before = dict(server.rhapi.db._stored)
    take(server, GROUPS, **DO)
    server.exporters[NAME].export(server.rhapi)
    assert server.rhapi.db._stored == before


def test_nothing_is_raised_into_the_timer(server: RotorHazard, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(ConfigurationTransfer, "take", broken)
    monkeypatch.setattr(ConfigurationTransfer, "export", broken)
    answer, message = take(server, GROUPS)
    assert (answer, message) == (False, "RaceLink: The configuration was not imported. The server log says why.")
    assert server.exporters[NAME].export(server.rhapi) is None
    assert "not exported" in server.ui.messages[-1]
