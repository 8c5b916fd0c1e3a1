"""The browser's files: found, compressed, conditional, and nothing beside them."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from racelink_core.web.static_files import StaticFiles, static_folder

STATIC = static_folder()
LIMIT_BYTES = 60_000


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


def page_files() -> list[Path]:
    """What the page loads: the style sheet and every module that main.js reaches."""
    found, waiting = {STATIC / "app" / "racelink.css", STATIC / "app" / "icon.svg"}, [STATIC / "app" / "main.js"]
    while waiting:
        module = waiting.pop().resolve()
        if module in found:
            continue
        found.add(module)
        imports = re.findall(r'^import .*?from "(\..*?)";', module.read_text(), re.MULTILINE | re.DOTALL)
        waiting += [module.parent / name for name in imports]
    return sorted(found)


def test_the_page_stays_small() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in page_files()}
    assert sum(sizes.values()) < LIMIT_BYTES, sizes


def test_every_module_is_used_and_none_is_missing() -> None:
    modules = {path.resolve() for path in STATIC.rglob("*.js")}
    assert modules == {path for path in page_files() if path.suffix == ".js"}


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in page_files():
        if path.parent.name != "vendor":
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", path.read_text()), path


def test_vendored_libraries_bring_their_licences() -> None:
    assert {path.name for path in (STATIC / "vendor").glob("LICENSE*")} == {"LICENSE-htm.txt", "LICENSE-preact.txt"}
