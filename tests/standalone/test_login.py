"""Who gets in at the standalone server, over real HTTP."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests

from racelink_core.configuration import ConfigurationError, HostConfiguration, load_configuration
from racelink_core.host import create_host
from racelink_core.standalone.server import TokenMissing, WebServer, require_login

TOKEN, PASSWORD = "a-token-for-programs", "a password for people"
TIMEOUT_S = 15.0


@contextmanager
def serving(directory: Path, *, token: str | None = None, password: str | None = None) -> Iterator[str]:
    """The address of the page, with its slash."""
    configuration = HostConfiguration(data_directory=directory, token=token, password=password)
    host = create_host(configuration)
    server = WebServer(host, address="127.0.0.1", port=0, token=token, password=password)
    server.start()
    try:
        yield server.url
    finally:
        host.stop()
        server.stop()


def status(url: str, **options: object) -> int:
    return requests.get(f"{url}api/devices", timeout=TIMEOUT_S, **options).status_code  # type: ignore[arg-type]


def test_a_program_comes_with_the_token_and_people_with_the_password(tmp_path: Path) -> None:
    with serving(tmp_path, token=TOKEN, password=PASSWORD) as url:
        assert status(url) == 401
        assert status(url, headers={"Authorization": f"Bearer {TOKEN}"}) == 200
        assert status(url, auth=("anyone", PASSWORD)) == 200
        assert status(url, auth=("anyone", TOKEN)) == 200
        assert status(url, headers={"Authorization": f"Bearer {PASSWORD}"}) == 401
        assert status(url, auth=(PASSWORD, "")) == 401


def test_a_password_alone_is_enough_to_be_asked_for(tmp_path: Path) -> None:
    with serving(tmp_path, password=PASSWORD) as url:
        assert status(url) == 401
        assert status(url, auth=("pit", PASSWORD)) == 200
        assert status(url, headers={"Authorization": "Bearer "}) == 401


def test_the_network_is_not_served_without_a_login() -> None:
    with pytest.raises(TokenMissing, match="RACELINK_PASSWORD"):
        require_login("0.0.0.0", None, None)
    require_login("0.0.0.0", TOKEN, None)
    require_login("0.0.0.0", None, PASSWORD)
    require_login("::1", None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("localhost", 200),
        ("LOCALHOST:5077", 200),
        ("127.0.0.1:5077", 200),
        ("127.0.0.2", 200),
        ("[::1]:5077", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example:5077", 403),
        ("192.168.1.7", 403),
        ("[broken", 403),
        ("", 403),
    ],
)
def test_without_a_login_only_names_of_this_computer_are_answered(tmp_path: Path, name: str, expected: int) -> None:
    with serving(tmp_path) as url:
        for path in ("api/devices", "", "../"):
            answer = requests.get(f"{url}{path}", headers={"Host": name}, timeout=TIMEOUT_S, allow_redirects=False)
            assert answer.status_code in ((expected,) if expected == 403 else (200, 302)), path
        refused = requests.post(f"{url}api/gateway/retry", headers={"Host": name}, timeout=TIMEOUT_S)
        assert refused.status_code == expected
        if expected == 403:
            assert refused.json()["detail"]["code"] == "forbidden_host"


def test_with_a_login_any_name_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path, token=TOKEN) as url:
        assert status(url, headers={"Host": "timer.local", "Authorization": f"Bearer {TOKEN}"}) == 200


def test_another_sites_page_changes_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        refused = requests.post(
            f"{url}api/groups/create",
            json={"name": "Pit wall"},
            headers={"Origin": "http://evil.example"},
            timeout=TIMEOUT_S,
        )
        assert (refused.status_code, refused.json()["detail"]["code"]) == (403, "forbidden_origin")
        groups = requests.get(f"{url}api/groups", timeout=TIMEOUT_S).json()["groups"]
        assert [group["name"] for group in groups] == ["Unconfigured"]


def test_guessing_is_slowed_down_for_everything_that_needs_a_login(tmp_path: Path) -> None:
    with serving(tmp_path, password=PASSWORD) as url:
        assert [status(url, auth=("a", "guess")) for _ in range(10)] == [401] * 10
        waiting = requests.get(f"{url}api/events", auth=("a", PASSWORD), timeout=TIMEOUT_S)
        assert waiting.status_code == 429
        assert 0 < int(waiting.headers["Retry-After"]) <= 61
        assert waiting.json()["detail"]["code"] == "too_many_attempts"


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_what_is_too_large_is_refused_before_it_has_arrived(tmp_path: Path, framing: bytes) -> None:
    with serving(tmp_path) as url:
        port = int(url.split(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S) as client:
            client.sendall(
                b"POST /racelink/api/groups/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + framing
            )
            if b"chunked" in framing:
                client.sendall((b"10000\r\n" + b" " * 0x10000 + b"\r\n") * 17)
            answer = client.recv(65536)
        assert b" 413 " in answer.partition(b"\r\n")[0]
        assert b'"code":"too_large"' in answer
        assert requests.get(f"{url}api/health", timeout=TIMEOUT_S).json()["ok"]


def unpacked(answer: requests.Response) -> str:
    """What is in an archive; empty for anything else."""
    if answer.headers["Content-Type"] != "application/zip":
        return ""
    with ZipFile(BytesIO(answer.content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def test_secrets_show_up_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = repr(HostConfiguration(data_directory=tmp_path, token=TOKEN, password=PASSWORD))
    with serving(tmp_path, token=TOKEN, password=PASSWORD) as url:
        for login in (("a", PASSWORD), ("a", TOKEN), ("a", "wrong")):
            for path in ("api/master", "api/debug", "api/devices", "api/nowhere", ""):
                answer = requests.get(f"{url}{path}", auth=login, timeout=TIMEOUT_S)
                said += answer.text + repr(dict(answer.headers)) + unpacked(answer)
    said += caplog.text
    assert "(redacted)" in said, "the bundle was not looked into"
    assert TOKEN not in said
    assert PASSWORD not in said


@pytest.mark.parametrize("name", ["token", "password"])
def test_a_secret_of_a_wrong_type_is_refused_without_being_shown(name: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_configuration({name: 4711}, {})
    assert "4711" not in str(refused.value)
    assert name in str(refused.value)
    assert refused.value.__cause__ is None
