"""The support bundle: what is in it, and what must not be."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.host import Host
from racelink_core.web import TokenAccess, create_blueprint
from tests.web.conftest import wait_until
from tests.web.test_api import API, post, task_done

TOKEN = "Vq7-very-secret-token-81"


@pytest.fixture
def guarded(tmp_path: Path, shared_data: Path) -> Iterator[tuple[Host, FlaskClient]]:
    """With a token, and a fleet file outside of the data directory."""
    fleet = shared_data / "fleets" / "club-8.json"
    configuration = HostConfiguration(
        data_directory=tmp_path / "data", gateways=(f"sim://{fleet}",), speed=20.0, token=TOKEN
    )
    host = create_host(configuration)
    try:
        app = Flask("test", static_folder=None)
        app.register_blueprint(create_blueprint(host, access=TokenAccess(TOKEN)))
        host.start()
        wait_until(lambda: host.gateways.status().ready)
        yield host, app.test_client()
    finally:
        host.stop()


def files_of(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="racelink-support-')
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_bundle_holds_what_a_helper_asks_for(
    client: FlaskClient, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    post(client, "status", {})
    task_done(client)
    post(client, "commands", {"kind": "blackout", "target": {"kind": "broadcast"}})
    files = files_of(client.get(f"{API}/debug"))
    documents = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert documents["versions.json"]["racelink"]
    assert documents["versions.json"]["gevent"] != "missing"
    assert documents["configuration.json"]["host"]["speed"] == 20.0
    assert documents["configuration.json"]["settings"]["brightness_ceiling"] == 255
    assert documents["problems.json"] == {"problems": []}
    gateway = documents["gateways.json"]["gateways"][0]
    assert (gateway["mac"], gateway["is_connected"]) == (host.gateways.status().gateways[0].mac, True)
    assert len(documents["networks.json"]["devices"]) == len(host.store.snapshot.devices)
    assert len(documents["scenes.json"]["presets"]) == len(host.store.snapshot.presets)
    assert documents["tasks.json"]["tasks"][0]["name"] == "status"
    assert documents["statistics.json"]["hours"]["default"][0]["sent_packets"] > 0
    assert documents["databases.json"]["configuration"] == "ok"
    assert documents["databases.json"]["history"] == "ok"
    history = [json.loads(line) for line in files["history.jsonl"].splitlines()]
    assert "blackout" in {record["kind"] for record in history}
    traffic = [json.loads(line) for line in files["traffic.jsonl"].splitlines()]
    assert [frame["seq"] for frame in traffic] == list(range(1, len(traffic) + 1))
    assert any("STATUS_REPLY" in frame["text"] for frame in traffic)
    assert "blackout by WebUI" in files["log.txt"]
    assert all(name in files["about.txt"] for name in files if name != "about.txt")


def test_the_token_is_nowhere_in_the_bundle(guarded: tuple[Host, FlaskClient], tmp_path: Path) -> None:
    _, client = guarded
    log = logging.getLogger("racelink_core.web.access")
    log.warning("a login with %s was tried, header Authorization: Bearer %s", TOKEN, TOKEN)
    log.warning("password=%s for http://me:%s@host/", "hunter2-planted", "hunter3-planted")
    assert client.get(f"{API}/debug").status_code == 401
    answer = client.get(f"{API}/debug?x={TOKEN}", headers={"Authorization": f"Bearer {TOKEN}"})
    files = files_of(answer)
    everything = "\n".join((*files, *files.values()))
    for secret in (TOKEN, "hunter2-planted", "hunter3-planted"):
        assert secret not in everything
    assert json.loads(files["configuration.json"])["host"]["token"] == "(redacted)"
    assert "a login with (redacted)" in files["log.txt"]


def test_no_name_of_a_file_outside_the_data_directory_is_in_the_bundle(
    guarded: tuple[Host, FlaskClient], tmp_path: Path, shared_data: Path
) -> None:
    _, client = guarded
    logging.getLogger("racelink_core.host").error("%s and '%s/my file.txt'", tmp_path / "private.txt", tmp_path)
    name = "missing" + ".bin"
    try:
        (tmp_path / name).read_bytes()
    except OSError:
        logging.getLogger("racelink_core.host").exception("It failed")
    files = files_of(client.get(f"{API}/debug", headers={"Authorization": f"Bearer {TOKEN}"}))
    everything = "\n".join(files.values())
    for name in (
        "private.txt",
        "my file.txt",
        "missing.bin",
        "club-8.json",
        str(tmp_path),
        str(shared_data),
        str(Path.home()),
    ):
        assert name not in everything
    assert json.loads(files["configuration.json"])["host"]["data_directory"] == "<data>"


def test_a_part_that_cannot_be_made_does_not_cost_the_others(
    client: FlaskClient, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host.store, "check", lambda: 1 / 0)
    files = files_of(client.get(f"{API}/debug"))
    assert files["databases.json"].startswith("This part could not be made: ZeroDivisionError")
    assert json.loads(files["versions.json"])["racelink"]


def test_a_host_that_was_never_started_has_a_bundle_too(idle_client: FlaskClient) -> None:
    files = files_of(idle_client.get(f"{API}/debug"))
    assert files["traffic.jsonl"] == ""
    assert json.loads(files["gateways.json"])["gateways"] == []


def test_a_host_that_has_stopped_says_so(client: FlaskClient, host: Host) -> None:
    host.stop()
    answer = client.get(f"{API}/debug")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "pool_closed"


def test_warnings_are_still_printed_where_nobody_set_up_logging(
    idle_host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging, "lastResort", logging.StreamHandler())
    logging.getLogger("racelink_core.test").warning("seen by both")
    assert "seen by both" in capsys.readouterr().err


def test_lines_of_other_loggers_are_kept_on_request_and_only_while_the_host_runs(idle_host: Host) -> None:
    idle_host.keep_log_of("somewhere.plugin")
    other = logging.getLogger("somewhere.plugin.panels")
    other.warning("heard by the bundle")
    with zipfile.ZipFile(io.BytesIO(idle_host.support.make())) as archive:
        assert "heard by the bundle" in archive.read("log.txt").decode()
    idle_host.stop()
    assert logging.getLogger("somewhere.plugin").handlers == []
