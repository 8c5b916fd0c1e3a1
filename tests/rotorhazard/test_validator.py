"""The plugin database takes what `make release-tree` writes, and our check judges as its validator does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from racelink_core import __version__, cli
from racelink_core.standalone.plugin_tree import DOMAIN, checkout
from tests.rotorhazard.validator import complaints, complaints_about

GOOD: dict[str, Any] = {
    "domain": "my_plugin",
    "name": "My plugin",
    "description": "What it does.",
    "required_rhapi_version": "1.4",
    "version": "1.2.3",
}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    assert cli.main(["plugin", "release-tree", "--out", str(tmp_path / "release")]) == 0
    return tmp_path / "release"


def test_the_release_tree_is_accepted(release: Path) -> None:
    assert list(complaints(release)) == []


def test_the_release_tree_holds_what_its_readers_look_for(release: Path) -> None:
    names = {"README.md", "CHANGELOG.md", "LICENSE", "docs", ".github", "custom_plugins"}
    assert {entry.name for entry in release.iterdir()} == names
    assert (release / "docs/install.md").is_file()
    assert (release / ".github/workflows/rhfest.yaml").is_file()
    readme = (release / "README.md").read_text(encoding="utf-8")
    for link in ("docs/install.md", "docs/first-steps.md", "docs/troubleshooting.md", "CHANGELOG.md", "LICENSE"):
        assert f"]({link})" in readme
        assert (release / link).is_file()


def test_a_source_archive_of_the_tag_installs_as_the_built_one(release: Path) -> None:
    """The installer takes every path with the domain in it, and every `*manifest.json` for a plugin's."""
    files = [path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()]
    assert [name for name in files if name.endswith("manifest.json")] == [f"custom_plugins/{DOMAIN}/manifest.json"]
    assert all(name.startswith(f"custom_plugins/{DOMAIN}/") for name in files if f"{DOMAIN}/" in name)
    assert all(name.count(f"{DOMAIN}/") <= 1 for name in files)


def test_the_manifest_has_the_version_of_the_core() -> None:
    assert json.loads((checkout() / "manifest.json").read_text(encoding="utf-8"))["version"] == __version__


def test_a_release_replaces_the_one_before_and_keeps_its_repository(release: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(release)], check=True)
    stale = release / "docs" / "gone.md"
    stale.write_text("", "utf-8")
    assert cli.main(["plugin", "release-tree", "--out", str(release)]) == 0
    assert not stale.exists()
    assert (release / ".git").is_dir()
    assert list(complaints(release)) == []


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("", "utf-8")
    assert cli.main(["plugin", "release-tree", "--out", str(tmp_path)]) == 1
    assert "thesis.txt" in capsys.readouterr().err
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domain", "my-plugin2"),
        ("version", "1.2.3-beta"),
        ("version", "1.2.3-beta.2"),
        ("dependencies", []),
        ("dependencies", ["pyserial", "my-pkg>=1.2", "pkg==3.5.*", "git+https://example.org/a.git"]),
        ("zip_filename", "my_plugin-2.zip"),
        ("author_uri", "https://example.org/"),
        ("documentation_uri", None),
        ("license", None),
    ],
)
def test_accepted(key: str, value: Any) -> None:
    assert list(complaints_about({**GOOD, key: value})) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domain", "MyPlugin"),
        *(("version", value) for value in ("1.2", "1.2.3-beta2", "1.2.3-rc1", "v1.2.3", "1.2.3+x")),
        *(("required_rhapi_version", value) for value in ("1", "1.4.0", 1.4)),
        *(("dependencies", [value]) for value in ("my_pkg", "pkg>=3,<4", "pkg[all]", "pkg; python_version<'3.12'")),
        *(("dependencies", [value]) for value in ("https://example.org/a.whl", "pkg @ https://example.org/a.zip")),
        *(("zip_filename", value) for value in ("My.zip", "a.b.zip", None)),
        *((f"{name}_uri", "docs/install.md") for name in ("author", "info", "license", "documentation")),
        ("category", "lights"),
        ("update_uri", "https://example.org/"),
        ("author", 7),
    ],
)
def test_rejected(key: str, value: Any) -> None:
    assert len(list(complaints_about({**GOOD, key: value}))) == 1


@pytest.mark.parametrize("key", GOOD)
def test_what_is_required_may_not_be_missing(key: str) -> None:
    assert list(complaints_about({name: value for name, value in GOOD.items() if name != key})) == [f"{key} is missing"]


@pytest.mark.parametrize("second", [".gitkeep", "README.md", "__pycache__"])
def test_a_second_entry_beside_the_plugin_is_rejected(release: Path, second: str) -> None:
    (release / "custom_plugins" / second).mkdir()
    assert list(complaints(release)) == ["custom_plugins has 2 entries"]


def test_a_tree_without_its_plugin_manifest_or_with_a_broken_source_is_rejected(release: Path, tmp_path: Path) -> None:
    assert list(complaints(tmp_path)) == ["custom_plugins has 0 entries"]
    plugin = release / "custom_plugins" / DOMAIN
    (plugin / "heat.py").write_text("rhapi.db._racecontext", "utf-8")
    (plugin / "page.py").write_text("def", "utf-8")
    assert [line.split()[0] for line in complaints(release)] == ["heat.py", "page.py"]
    (plugin / "manifest.json").unlink()
    assert list(complaints(release)) == ["there is no manifest.json in the plugin's folder"]
