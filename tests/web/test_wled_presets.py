"""Files of WLED presets over HTTP: kept under names of ours, one of them in use."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from racelink_core.state.wled_preset_files import FOLDER
from tests.web.conftest import client_of
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes
from tests.web.test_scenes import asked

PRESETS = {
    "0": {},
    "2": {"n": " Idle \n"},
    "10": {"n": ""},
    "1": {"n": "Warm\x07up"},
    "x": {"n": "no"},
    "3": 5,
    "251": {},
}
NAMED = [
    {"value": 1, "label": "Warmup"},
    {"value": 2, "label": "Idle"},
    {"value": 10, "label": "Preset ID 10"},
]


def upload(client: FlaskClient, content: Any, name: str = "presets.json", status: int = 200) -> Any:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer = client.post(f"{API}/presets/upload", data={"file": (io.BytesIO(raw), name)})
    assert answer.status_code == status, answer.text
    return answer.json


def folder_of(host: Host) -> Path:
    assert host.store.directory is not None
    return host.store.directory / FOLDER


def test_the_first_file_is_in_use_at_once_and_names_the_presets(idle_host: Host, idle_client: FlaskClient) -> None:
    assert get(idle_client, "presets/list") == {"ok": True, "files": [], "current": ""}
    told = changes(idle_host)
    answer = upload(idle_client, PRESETS, "../../evil.json")
    name = answer["file"]["name"]
    assert name.startswith("presets_")
    assert len(answer["file"]["sha256"]) == 64
    assert [file["name"] for file in answer["files"]] == [name]
    assert answer["current"] == name
    assert [path.name for path in folder_of(idle_host).iterdir()] == [name]
    assert set().union(*told) >= {Scope.WLED_PRESETS}
    options = get(idle_client, "options")["presets"]
    assert options[:3] == NAMED
    assert (options[3], len(options)) == ({"value": 3, "label": "Preset 3"}, 250)
    kinds = {kind["kind"]: kind for kind in get(idle_client, "scenes/editor-schema")["kinds"]}
    offered = kinds["wled_preset"]["ui"]["presetId"]["options"]
    assert [(each["value"], each["label"]) for each in offered] == [
        ("1", "Warmup"),
        ("2", "Idle"),
        ("10", "Preset ID 10"),
    ]


def test_another_file_is_used_when_it_is_chosen_and_after_the_first_is_gone(
    idle_host: Host, idle_client: FlaskClient
) -> None:
    first = upload(idle_client, PRESETS)["current"]
    second = upload(idle_client, {"5": {"n": "Five"}})["file"]["name"]
    assert second != first
    assert get(idle_client, "presets/list")["current"] == first
    told = changes(idle_host)
    chosen = post(idle_client, "presets/select", {"name": second})
    assert chosen == {"ok": True, "current": second, "presets": [{"value": 5, "label": "Five"}]}
    assert set().union(*told) >= {Scope.WLED_PRESETS}
    left = asked(idle_client, "DELETE", f"presets/{second}")
    assert ([file["name"] for file in left["files"]], left["current"]) == ([first], first)
    assert get(idle_client, "options")["presets"][0]["label"] == "Warmup"
    assert asked(idle_client, "DELETE", f"presets/{first}")["current"] == ""
    assert get(idle_client, "options")["presets"][0] == {"value": 1, "label": "Preset 1"}


@pytest.mark.parametrize("content", [b"", b"no json", [1], "text", b"\xff\xfe"])
def test_what_is_no_file_of_presets_is_not_kept(idle_host: Host, idle_client: FlaskClient, content: Any) -> None:
    answer = upload(idle_client, content, status=400)
    assert answer["detail"]["code"] == "not_a_preset_file"
    assert not folder_of(idle_host).exists()


def test_what_is_too_large_or_no_file_is_refused(idle_client: FlaskClient) -> None:
    assert upload(idle_client, b" " * ((1 << 20) + 1), status=413)["detail"]["code"] == "too_large"
    refused(idle_client, "presets/upload", {}, 415, "unsupported_media_type")
    empty = idle_client.post(f"{API}/presets/upload", data={"other": "x"}, content_type="multipart/form-data")
    assert empty.json is not None
    assert (empty.status_code, empty.json["detail"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../racelink.sqlite", "/etc/passwd", "x.json", ".hidden.json", "a\x00b"]
)
def test_only_files_of_the_list_can_be_named(idle_host: Host, idle_client: FlaskClient, name: str) -> None:
    upload(idle_client, PRESETS)
    (folder_of(idle_host) / ".hidden.json").write_text("{}")
    status, code = (404, "not_found") if name.strip() else (400, "invalid_request")
    refused(idle_client, "presets/select", {"name": name}, status, code)
    if name.isprintable() and name.strip("./"):
        assert asked(idle_client, "DELETE", f"presets/{name}", status=404)["detail"]["code"] == "not_found"
    assert (folder_of(idle_host) / ".hidden.json").exists()


def test_a_file_that_was_spoilt_cannot_be_chosen_and_the_one_in_use_stays(
    idle_host: Host, idle_client: FlaskClient
) -> None:
    current = upload(idle_client, PRESETS)["current"]
    (folder_of(idle_host) / "spoilt.json").write_text("{")
    refused(idle_client, "presets/select", {"name": "spoilt.json"}, 400, "not_a_preset_file")
    assert get(idle_client, "presets/list")["current"] == current
    assert get(idle_client, "options")["presets"][0]["label"] == "Warmup"


def test_there_is_a_limit_to_the_number_of_files(idle_host: Host, idle_client: FlaskClient) -> None:
    folder_of(idle_host).mkdir()
    for number in range(100):
        (folder_of(idle_host) / f"{number}.json").write_text("{}")
    assert upload(idle_client, PRESETS, status=400)["detail"]["code"] == "too_many_preset_files"


def test_a_folder_that_cannot_be_written_has_a_code(idle_host: Host, idle_client: FlaskClient) -> None:
    folder_of(idle_host).write_text("in the way")
    assert upload(idle_client, PRESETS, status=500)["detail"]["code"] == "preset_files_unusable"


def test_at_a_start_the_chosen_file_is_used_or_the_newest_that_can_be_read(tmp_path: Path) -> None:
    def started(*, spoil: str | None = None) -> tuple[str, str]:
        host = create_host(HostConfiguration(data_directory=tmp_path))
        try:
            if spoil is not None:
                (folder_of(host) / spoil).write_text("{")
            host.wled_presets.start()
            client = client_of(host)
            current = get(client, "presets/list")["current"]
            return current, get(client, "options")["presets"][0]["label"]
        finally:
            host.stop()

    host = create_host(HostConfiguration(data_directory=tmp_path))
    try:
        client = client_of(host)
        first = upload(client, PRESETS)["current"]
        second = upload(client, {"1": {"n": "One"}})["file"]["name"]
    finally:
        host.stop()
    assert started() == (first, "Warmup")
    assert started(spoil=first) == (second, "One")
    assert started(spoil=second) == ("", "Preset 1")
