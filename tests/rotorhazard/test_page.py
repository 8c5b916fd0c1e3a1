"""RaceLink's page on RotorHazard's server: its layout, its login, its navigation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RotorHazard]:
    with RotorHazard(tmp_path).running(initialize) as server:
        yield server


def test_the_page_asks_for_rotorhazards_login(server: RotorHazard) -> None:
    browser = server.app.test_client()
    for path in ("/racelink/", "/racelink/api/devices", "/racelink/api/events"):
        refused = browser.get(path)
        assert refused.status_code == 401
        assert 'realm="Login Required"' in refused.headers["WWW-Authenticate"]
    assert browser.get("/racelink/", auth=("admin", "wrong")).status_code == 401
    assert browser.get("/racelink/", auth=server.login).status_code == 200


def test_a_changed_login_holds_at_once_and_an_empty_one_means_open(server: RotorHazard) -> None:
    browser = server.app.test_client()
    server.config["SECRETS"] = {"ADMIN_USERNAME": "chief", "ADMIN_PASSWORD": "other"}
    assert browser.get("/racelink/", auth=("admin", "secret")).status_code == 401
    assert browser.get("/racelink/", auth=("chief", "other")).status_code == 200
    server.config["SECRETS"] = {"ADMIN_USERNAME": "", "ADMIN_PASSWORD": ""}
    assert browser.get("/racelink/").status_code == 200


def test_the_page_is_a_page_of_rotorhazard(server: RotorHazard) -> None:
    answer = server.app.test_client().get("/racelink/", auth=server.login)
    page = answer.get_data(as_text=True)
    assert '<nav id="nav-main">' in page
    assert 'data-release="4.4.1"' in page
    assert 'id="racelink-app"' in page
    assert 'data-base-path="/racelink"' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'id="restart"' not in page
    server.fire("RESTART_REQUIRED")
    assert 'id="restart"' in server.app.test_client().get("/racelink/", auth=server.login).get_data(as_text=True)


def test_every_page_gets_one_entry_in_the_navigation(server: RotorHazard) -> None:
    for path in ("/event", "/racelink/"):
        page = server.app.test_client().get(path, auth=server.login).get_data(as_text=True)
        assert page.count('<a href="/racelink/">RaceLink</a>') == 1
        assert page.index("RaceLink</a>") < page.index('class="extra"')


@pytest.mark.parametrize("stored", [False, "0", "false"])
def test_the_entry_can_be_switched_off(server: RotorHazard, stored: object) -> None:
    server.change_config("RACELINK", "rl_show_tab", stored)
    assert "RaceLink" not in server.app.test_client().get("/event").get_data(as_text=True)


def test_what_is_not_a_page_of_rotorhazard_stays_as_it_is(tmp_path: Path) -> None:
    server = RotorHazard(tmp_path)
    marked = '<nav id="nav-main"><ul>\n<li class="extra">x</li></ul></nav>'
    answers = {
        "/other": Response("<nav><li>no marker</li></nav>"),
        "/text": Response(marked, mimetype="text/plain"),
        "/stream": Response(iter([marked]), mimetype="text/html"),
    }
    server.app.add_url_rule("/<path:name>", "others", lambda name: answers[f"/{name}"])
    with server.running(initialize):
        for path, expected in (("/other", "<nav><li>no marker</li></nav>"), ("/text", marked), ("/stream", marked)):
            assert server.app.test_client().get(path).get_data(as_text=True) == expected
