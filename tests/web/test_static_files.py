"""The browser's files: found, compressed, conditional, and nothing beside them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core.web.static_files import StaticFiles, static_folder

STATIC = static_folder()
DEVICES_LIMIT_BYTES, SCENES_LIMIT_BYTES = 60_000, 40_000  # compressed (design 6, "Web")
CONFIGURATION_LIMIT_BYTES = 8_000
RACE_LIMIT_BYTES = 40_000


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("test", static_folder=None)
    files = StaticFiles(STATIC)
    app.add_url_rule("/static/<path:name>", "static_file", files.send)
    return app.test_client()


def test_modules_come_compressed_with_their_type(client: FlaskClient) -> None:
    answer = client.get("/static/app/main.js", headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/javascript"
    assert gzip.decompress(answer.data) == (STATIC / "app" / "main.js").read_bytes()


def test_a_client_that_cannot_unpack_gets_them_plain(client: FlaskClient) -> None:
    answer = client.get("/static/app/main.js")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / "app" / "main.js").read_bytes()


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/app/racelink.css", headers={"Accept-Encoding": "gzip"})
    again = client.get(
        "/static/app/racelink.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_changed_file_is_sent_anew(tmp_path: Path) -> None:
    app = Flask("test", static_folder=None)
    app.add_url_rule("/static/<path:name>", "static_file", StaticFiles(tmp_path).send)
    (tmp_path / "a.js").write_text("one")
    first = app.test_client().get("/static/a.js", headers={"Accept-Encoding": "gzip"})
    (tmp_path / "a.js").write_text("another")
    second = app.test_client().get("/static/a.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(first.data) == b"one"
    assert gzip.decompress(second.data) == b"another"


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "app/../../pyproject.toml",
        "%2e%2e/pyproject.toml",
        "app",
        "app/none.js",
        "..%2f..%2fetc/passwd",
    ],
)
def test_nothing_outside_the_folder_is_given_out(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def reached_from(*names: str) -> set[Path]:
    """These files and every module that they import at once."""
    found: set[Path] = set()
    waiting = [(STATIC / name).resolve() for name in names]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        imports = re.findall(r'^import .*?from "(\..*?)";', module.read_text(), re.MULTILINE | re.DOTALL)
        waiting += [(module.parent / name).resolve() for name in imports]
    return found


def device_files() -> set[Path]:
    return reached_from("app/main.js", "app/racelink.css", "app/icon.svg")


def scene_files() -> set[Path]:
    """What the Scenes page loads in addition."""
    return reached_from("pages/scenes.js", "app/scenes.css") - device_files()


def race_files() -> set[Path]:
    """What the Race page loads in addition; it shares the editor of actions with the Scenes page."""
    return reached_from("pages/race.js", "app/race.css", "app/scenes.css") - device_files()


def configuration_files() -> set[Path]:
    """What the dialog that moves the configuration loads in addition."""
    return reached_from("parts/configuration-dialog.js") - device_files()


def every_file() -> set[Path]:
    return device_files() | scene_files() | race_files() | configuration_files()


@pytest.mark.parametrize(
    ("files", "limit_bytes"),
    [
        (device_files, DEVICES_LIMIT_BYTES),
        (scene_files, SCENES_LIMIT_BYTES),
        (race_files, RACE_LIMIT_BYTES),
        (configuration_files, CONFIGURATION_LIMIT_BYTES),
    ],
)
def test_the_pages_stay_small(files: Callable[[], set[Path]], limit_bytes: int) -> None:
    sizes = {str(path.relative_to(STATIC)): len(gzip.compress(path.read_bytes(), 6)) for path in files()}
    assert sum(sizes.values()) < limit_bytes, sizes


def test_every_module_is_used_and_none_is_missing() -> None:
    modules = {path.resolve() for path in STATIC.rglob("*.js")}
    assert modules == {path for path in every_file() if path.suffix == ".js"}


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in every_file():
        if path.parent.name != "vendor":
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", path.read_text()), path


def test_vendored_libraries_bring_their_licences() -> None:
    assert {path.name for path in (STATIC / "vendor").glob("LICENSE*")} == {"LICENSE-htm.txt", "LICENSE-preact.txt"}
