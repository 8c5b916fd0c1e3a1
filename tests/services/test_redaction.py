"""What must not leave the house in a support bundle."""

from __future__ import annotations

import pytest

from racelink_core.services.redaction import Redactor, secrets_in

SECRET = 's3cret-Tök"en'


@pytest.fixture
def redactor() -> Redactor:
    return Redactor([SECRET], "/home/op/racelink")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"it was {SECRET} all along", "it was (redacted) all along"),
        ('{"x": "s3cret-T\\u00f6k\\"en"}', '{"x": "(redacted)"}'),
        ("Authorization: Basic abcdefgh==", "Authorization: (redacted)"),
        ("sent Bearer abcdef123456 on", "sent Bearer (redacted) on"),
        ("token=abc, next", "token=(redacted), next"),
        ("wifi_password: 'hu nter2' ok", "wifi_password: (redacted) ok"),
        ("socket://me:pw@10.0.0.1:5000", "socket://(redacted)@10.0.0.1:5000"),
        ("sim:///home/op/fleets/club.json#AABB", "sim://<path>#AABB"),
        ("No such file: '/home/op/my stuff/x.json'", "No such file: '<path>'"),
        ('File "/usr/lib/site-packages/flask/app.py", line 3', 'File "<code>/site-packages/flask/app.py", line 3'),
        ("/home/op/racelink/history.sqlite damaged", "<data>/history.sqlite damaged"),
        (r"C:\Users\Op\x.txt and /opt/x/y.bin", "<path> and <path>"),
        ("~/private/x", "<path>"),
        ("/tmp/x is full", "<path> is full"),
    ],
)
def test_secrets_and_foreign_paths_are_taken_out(redactor: Redactor, text: str, expected: str) -> None:
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "GET /racelink/api/devices failed",
        "serial:///dev/ttyUSB0: busy",
        "/dev/serial/by-id/usb-1a86 is held",
        "http://127.0.0.1:5077/racelink/",
        "brightness 10/20 of group 3 (Gates/left)",
        "sim://demo",
        "CONTROL to everyone: group 1, brightness 7",
    ],
)
def test_what_helps_stays(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


def test_whatever_is_stored_under_a_secret_name_is_taken_out(redactor: Redactor) -> None:
    value = {
        "token": "abc",
        "wifi": {"passphrase": "x", "ssid": "club"},
        "password": None,
        "list": [{"api_key": 5}, "/etc/passwd"],
        "author": "me",
    }
    assert redactor.value(value) == {
        "token": "(redacted)",
        "wifi": {"passphrase": "(redacted)", "ssid": "club"},
        "password": None,
        "list": [{"api_key": "(redacted)"}, "<path>"],
        "author": "me",
    }


def test_secrets_are_found_by_their_names() -> None:
    assert secrets_in({"token": "abc", "password": None, "host": "x", "admin_login": "me"}) == ["abc", "me"]
