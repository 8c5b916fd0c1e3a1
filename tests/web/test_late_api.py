"""The API is registered after the page: when the host starts, or when somebody asks first."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint, late_api
from racelink_core.web.description import description_of
from racelink_core.web.late_api import LateApi
from racelink_core.web.routes import Routes
from tests.web.conftest import client_of, wait_until

API = "/racelink/api"
_LOADED = """
import sys, tempfile
from pathlib import Path
from gevent import monkey
monkey.patch_all()
from flask import Flask
from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.web import OpenAccess, create_blueprint

with tempfile.TemporaryDirectory() as folder:
    host = create_host(HostConfiguration(data_directory=Path(folder)))
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    client = app.test_client()
    client.get("/racelink/")
    print(sum(name.startswith("racelink_core.web.api.") for name in sys.modules))
    client.get("/racelink/api/health")
    print(sum(name.startswith("racelink_core.web.api.") for name in sys.modules))
    host.stop()
"""


def late_api_of(host: Host) -> LateApi:
    return LateApi(host, "standalone", "", others=lambda routes: None)


def test_the_page_is_there_before_any_module_of_the_api() -> None:
    """In a process of its own, since this one has loaded all of them."""
    said = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    before, after = map(int, said.stdout.split())
    assert before == 0
    assert after >= 30


def test_the_api_is_registered_when_the_host_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[Routes] = []

    def part(routes: Routes, _host: Host) -> None:
        registered.append(routes)

    monkeypatch.setattr(late_api, "parts", lambda _mode: iter([part]))
    host = create_host(HostConfiguration(data_directory=tmp_path, gateways=("sim://demo",)))
    try:
        api = late_api_of(host)
        assert registered == []
        host.start()
        wait_until(lambda: registered)
        assert [api.routes()] == registered
    finally:
        host.stop()


def test_a_started_host_has_no_model_of_the_api_left_to_build(tmp_path: Path) -> None:
    host = create_host(HostConfiguration(data_directory=tmp_path, gateways=("sim://demo",)))
    try:
        api = late_api_of(host)
        host.start()
        described = [description_of(rule.endpoint) for rule in api.routes().rules()]
        sent = [each.body for each in described if each is not None and each.body is not None]
        assert len(sent) > 30
        wait_until(lambda: all(model.__pydantic_complete__ for model in sent))
    finally:
        host.stop()


def test_who_asks_while_the_api_is_registered_waits_for_all_of_it(
    idle_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, begun = threading.Event(), threading.Event()

    def slow(_routes: Routes, _host: Host) -> None:
        begun.set()
        may_go_on.wait()

    def fast(routes: Routes, _host: Host) -> None:
        routes.get("/api/late")(lambda: "here")

    monkeypatch.setattr(late_api, "parts", lambda _mode: iter([slow, fast]))
    client, answers = client_of(idle_host), []
    askers = [threading.Thread(target=lambda: answers.append(client.get(f"{API}/late").text)) for _ in range(2)]
    for asker in askers:
        asker.start()
    begun.wait()
    assert answers == []
    may_go_on.set()
    for asker in askers:
        asker.join()
    assert answers == ["here", "here"]


def test_a_failed_registration_is_said_and_tried_again(idle_host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(late_api, "parts", lambda _mode: iter([lambda *_: 1 / 0]))
        client = client_of(idle_host)
        answer = client.get(f"{API}/health")
        assert (answer.status_code, answer.json and answer.json["detail"]["code"]) == (500, "internal")
    assert client.get(f"{API}/health").status_code == 200


def test_streams_of_an_api_that_came_after_the_end_of_the_host_are_closed(tmp_path: Path) -> None:
    host = create_host(HostConfiguration(data_directory=tmp_path))
    client = client_of(host)
    host.stop()
    answer = client.get(f"{API}/events")
    assert answer.status_code == 503


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/api/devices", {"GET", "HEAD", "OPTIONS"}),
        ("/api/commands", {"POST", "OPTIONS"}),
        ("/api/devices/AABBCC", {"DELETE", "OPTIONS"}),
    ],
)
def test_an_address_says_what_it_takes(idle_host: Host, address: str, methods: set[str]) -> None:
    answer = client_of(idle_host).options(f"/racelink{address}")
    assert answer.status_code == 200
    assert set(answer.allow) == methods


def test_nobody_can_write_to_a_page(idle_host: Host) -> None:
    client = client_of(idle_host)
    for address in ("/", "/scenes", "/static/app/main.js"):
        assert client.post(f"/racelink{address}").status_code == 405
    assert client.options("/racelink/nowhere").status_code == 404


def test_below_another_prefix_and_script_every_address_is_found(idle_host: Host) -> None:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(idle_host, access=OpenAccess(), url_prefix="/"))
    client = app.test_client()
    assert client.get("/api/health").status_code == 200
    moved = client.get("/api", environ_overrides={"SCRIPT_NAME": "/below"})
    assert (moved.status_code, moved.location) == (308, "http://localhost/below/api/")
