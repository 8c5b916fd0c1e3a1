"""Who gets in, and from where."""

from __future__ import annotations

from base64 import b64encode

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from racelink_core.web.access import Access, BasicAccess, FailedLogins, OpenAccess, TokenAccess, guard


def client_with(access: Access) -> FlaskClient:
    blueprint = Blueprint("racelink", __name__, url_prefix="/racelink")
    guard(blueprint, access, open_endpoints=frozenset({"racelink.static_file"}))
    blueprint.add_url_rule("/api/devices", "devices", lambda: "devices", methods=["GET", "POST"])
    blueprint.add_url_rule("/static/main.js", "static_file", lambda: "script")
    app = Flask("test", static_folder=None)
    app.register_blueprint(blueprint)
    return app.test_client()


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def test_without_a_login_the_realm_is_asked_for() -> None:
    answer = client_with(BasicAccess(lambda: ("admin", "secret"))).get("/racelink/api/devices")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="Login Required"')
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [
        ("admin", "secret", 200),
        ("admin", "wrong", 401),
        ("other", "secret", 401),
        ("", "", 401),
        ("admin", "sécret", 401),
    ],
)
def test_both_parts_of_the_login_must_be_right(user: str, password: str, status: int) -> None:
    client = client_with(BasicAccess(lambda: ("admin", "secret")))
    assert client.get("/racelink/api/devices", headers=basic(user, password)).status_code == status


def test_credentials_are_read_anew_and_empty_ones_mean_open() -> None:
    credentials = ["admin", "secret"]
    client = client_with(BasicAccess(lambda: (credentials[0], credentials[1])))
    assert client.get("/racelink/api/devices").status_code == 401
    credentials[:] = ["", ""]
    assert client.get("/racelink/api/devices").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer tok"}, 200),
        (basic("anyone", "tok"), 200),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Digest nonsense"}, 401),
        ({"Authorization": "Basic !!!"}, 401),
        ({}, 401),
    ],
)
def test_a_token_is_taken_as_bearer_or_as_password(headers: dict[str, str], status: int) -> None:
    assert client_with(TokenAccess("tok")).get("/racelink/api/devices", headers=headers).status_code == status


def test_static_files_need_no_login() -> None:
    assert client_with(TokenAccess("tok")).get("/racelink/static/main.js").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Referer": "http://localhost/racelink/"}, 200),
        ({"Origin": "http://localhost:80"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Referer": "http://evil.example/localhost"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_another_site_cannot_change_anything(headers: dict[str, str], status: int) -> None:
    assert client_with(OpenAccess()).post("/racelink/api/devices", headers=headers).status_code == status


def test_another_site_may_be_the_origin_of_a_read() -> None:
    client = client_with(OpenAccess())
    assert client.get("/racelink/api/devices", headers={"Origin": "http://evil.example"}).status_code == 200


def test_guessing_is_slowed_down_and_says_for_how_long() -> None:
    client = client_with(TokenAccess("tok"))
    wrong = [client.get("/racelink/api/devices", headers=basic("a", "guess")).status_code for _ in range(10)]
    assert wrong == [401] * 10
    answer = client.get("/racelink/api/devices", headers=basic("a", "tok"))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.get("/racelink/static/main.js").status_code == 200


def test_asking_without_a_login_is_no_failed_login() -> None:
    client = client_with(TokenAccess("tok"))
    for _ in range(20):
        client.get("/racelink/api/devices")
    assert client.get("/racelink/api/devices", headers=basic("a", "tok")).status_code == 200


def test_an_address_may_try_again_when_the_window_has_passed() -> None:
    now = [0.0]
    failed = FailedLogins(limit=2, window_s=60.0, now_s=lambda: now[0])
    failed.note("10.0.0.7")
    failed.note("10.0.0.7")
    assert failed.wait_s("10.0.0.7") == 60.0
    assert failed.wait_s("10.0.0.8") == 0.0
    now[0] = 61.0
    assert failed.wait_s("10.0.0.7") == 0.0
    failed.note("10.0.0.7")
    assert failed.wait_s("10.0.0.7") == 0.0


def test_the_list_of_failed_logins_has_a_limit() -> None:
    failed = FailedLogins(limit=1)
    for number in range(FailedLogins.MAX_ADDRESSES + 50):
        failed.note(f"10.0.{number // 256}.{number % 256}")
    assert failed.wait_s("10.0.0.0") == 0.0
    assert failed.wait_s("10.0.1.49") > 0.0
