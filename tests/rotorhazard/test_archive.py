"""The archive, installed by RotorHazard's own rules (spec rotorhazard, section 8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.standalone.plugin import build_plugin
from racelink_core.standalone.plugin_tree import DOMAIN, PluginBuildError, checkout, plugin_files
from tests.rotorhazard.installation import install, packages_without, run_server


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build_plugin(checkout(), out)
    return out


def test_the_installed_folder_is_the_tree_that_was_built(dist: Path, tmp_path: Path) -> None:
    installed = install(dist / f"{DOMAIN}.zip", tmp_path)
    tree = dist / "custom_plugins" / DOMAIN
    assert installed.name == DOMAIN
    assert contents(installed) == contents(tree)
    for name in ("manifest.json", "__init__.py", "templates/racelink_page.html", "racelink_core/host.py"):
        assert (installed / name).is_file(), name
    assert (installed / "static/app/main.js").is_file()
    assert (installed / "racelink_core/sim/fleets/club-field.json").is_file(), "data files travel with the code"


@pytest.mark.parametrize("beside", ["nothing", "another RaceLink"])
def test_the_installed_plugin_runs_with_its_own_core(dist: Path, tmp_path: Path, beside: str) -> None:
    """In a process that has the server's packages and nothing of ours; or with a RaceLink in front, not to be taken."""
    data_directory = tmp_path / "rh-data"
    install(dist / f"{DOMAIN}.zip", data_directory / "plugins")
    impostor = tmp_path / "site-packages"
    if beside == "another RaceLink":
        (impostor / "racelink_core").mkdir(parents=True)
        (impostor / "racelink_core" / "__init__.py").write_text("raise ImportError('the wrong one')\n", "utf-8")
    said = run_server(data_directory, "--beside", str(impostor)).said
    assert said["outside"] == [], "loaded from elsewhere"
    assert said["page"] == 200
    assert said["app"] == 200, "the browser's files are served from the installed folder"
    assert "Devices online: 0 of 0" in said["status"]
    assert said["errors"] == []
    assert said["added_to_search_path"] == []


def test_without_a_manifest_it_runs_and_warns(dist: Path, tmp_path: Path) -> None:
    (install(dist / f"{DOMAIN}.zip", tmp_path / "plugins") / "manifest.json").unlink()
    ended = run_server(tmp_path)
    assert ended.said["page"] == 200
    assert "no manifest.json" in ended.log


def test_without_pydantic_the_settings_page_says_how_to_get_it(dist: Path, tmp_path: Path) -> None:
    install(dist / f"{DOMAIN}.zip", tmp_path / "plugins")
    ended = run_server(tmp_path, packages=packages_without(tmp_path / "site-packages", "pydantic"))
    assert "needs the Python package pydantic" in ended.said["status"]
    assert "needs the Python package pydantic" in ended.log
    assert "pip install --upgrade pydantic" in ended.log
    assert ended.said["errors"] == []


def test_a_full_disk_costs_what_would_be_saved_and_not_the_start(dist: Path, tmp_path: Path) -> None:
    install(dist / f"{DOMAIN}.zip", tmp_path / "plugins")
    said = run_server(tmp_path, "--file-limit", "1000").said
    assert "Nothing is being saved" in said["status"]
    assert (said["page"], said["errors"]) == (200, [])


def test_the_same_sources_give_the_same_archive(dist: Path, tmp_path: Path) -> None:
    build_plugin(checkout(), tmp_path)
    assert (tmp_path / f"{DOMAIN}.zip").read_bytes() == (dist / f"{DOMAIN}.zip").read_bytes()


def test_nothing_but_the_plugin_is_inside(dist: Path) -> None:
    inside = contents(dist / "custom_plugins" / DOMAIN)
    assert not [name for name in inside if "__pycache__" in name or name.endswith(".pyc") or "/." in f"/{name}"]
    assert not [name for name in inside if name.startswith("tests")]
    assert [name for name in inside if name.endswith("manifest.json")] == ["manifest.json"]
    assert not [name for name in inside if any(part.endswith(DOMAIN) for part in name.split("/"))]


@pytest.mark.parametrize("name", ["static/app-manifest.json", "racelink_core/racelink_rh_plugin/page.html"])
def test_what_the_installer_would_misplace_is_not_built(tmp_path: Path, name: str) -> None:
    for needed in ("manifest.json", "LICENSE", f"{DOMAIN}/__init__.py", "racelink_core/__init__.py", name):
        (tmp_path / needed).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / needed).write_text("{}", "utf-8")
    with pytest.raises(PluginBuildError, match="Rename"):
        list(plugin_files(tmp_path))


def contents(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
