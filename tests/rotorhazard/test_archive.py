"""The archive, installed by RotorHazard's own rules, and the tree, judged by its validator's (spec rotorhazard, 8)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import flask
import pytest

from racelink_core import __version__
from racelink_core.standalone.plugin import build_plugin
from racelink_core.standalone.plugin_tree import DOMAIN, PluginBuildError, checkout, plugin_files

_DEADLINE_S = 60
_PROGRAM = Path(__file__).with_name("installed_plugin.py")
_MANIFEST_KEYS = {
    *("domain", "name", "description", "required_rhapi_version", "version", "dependencies", "zip_filename", "license"),
    *("author", "author_uri", "info_uri", "license_uri", "documentation_uri"),
}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build_plugin(checkout(), out)
    return out


@pytest.fixture(scope="module")
def manifest() -> dict[str, object]:
    read: dict[str, object] = json.loads((checkout() / "manifest.json").read_text(encoding="utf-8"))
    return read


def install(archive: Path, plugins: Path) -> Path:
    """As the plugin manager does with an upload: the folder's name comes from where the manifest lies."""
    with ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        manifests = [name for name in names if name.endswith("manifest.json")]
        assert manifests, "Uploaded plugin is invalid"
        for name in manifests:
            assert {"domain", "name", "description", "required_rhapi_version", "version"} <= json.loads(
                opened.read(name)
            ).keys()
        parts = manifests[0].split("/")
        assert len(parts) > 1, "a flat archive is refused"
        folder = parts[-2].rpartition(".")[0] or parts[-2]
        for name in names:
            if f"{folder}/" in name:
                target = plugins / folder / name.rpartition(f"{folder}/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(name))
    return plugins / folder


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
    packages = Path(flask.__file__).parents[1]
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(_PROGRAM), str(data_directory), str(impostor), str(packages)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    ours = str(data_directory / "plugins" / DOMAIN)
    assert said["outside"] == [], "loaded from elsewhere"
    assert said["core"].startswith(ours)
    assert said["page"] == 200
    assert said["app"] == 200, "the browser's files are served from the installed folder"
    assert "Devices online: 0 of 0" in said["status"]
    assert said["errors"] == []
    assert said["search_path_is_untouched"]


def test_the_same_sources_give_the_same_archive(dist: Path, tmp_path: Path) -> None:
    build_plugin(checkout(), tmp_path)
    assert (tmp_path / f"{DOMAIN}.zip").read_bytes() == (dist / f"{DOMAIN}.zip").read_bytes()


def test_nothing_but_the_plugin_is_inside(dist: Path) -> None:
    inside = contents(dist / "custom_plugins" / DOMAIN)
    assert not [name for name in inside if "__pycache__" in name or name.endswith(".pyc") or "/." in f"/{name}"]
    assert not [name for name in inside if name.startswith("tests")]
    assert [name for name in inside if name.endswith("manifest.json")] == ["manifest.json"]
    assert not [name for name in inside if any(part.endswith(DOMAIN) for part in name.split("/"))]


def test_the_tree_holds_one_plugin_with_its_manifest(dist: Path) -> None:
    (only,) = (dist / "custom_plugins").iterdir()
    assert only.name == DOMAIN
    assert (only / "manifest.json").is_file()


def test_the_manifest_is_what_the_validator_accepts(manifest: dict[str, object]) -> None:
    assert manifest.keys() <= _MANIFEST_KEYS
    assert manifest["domain"] == DOMAIN
    assert re.fullmatch(r"[a-z0-9_]+", DOMAIN)
    assert manifest["required_rhapi_version"] == "1.4"
    assert re.fullmatch(r"\d+\.\d+\.\d+(-(alpha|beta)(\.\d+)?)?", str(manifest["version"]))
    dependencies = manifest["dependencies"]
    assert isinstance(dependencies, list)
    for dependency in dependencies:
        assert re.fullmatch(r"[A-Za-z0-9-]+((==|>=|<=|~=|>|<)[0-9.*]+)?", dependency), dependency
    for name in ("name", "description", "author", "license"):
        assert isinstance(manifest[name], str)
    assert all(str(value).startswith("http") for name, value in manifest.items() if name.endswith("_uri"))


def test_the_manifest_has_the_version_of_the_core(manifest: dict[str, object]) -> None:
    assert manifest["version"] == __version__


@pytest.mark.parametrize("name", ["static/app-manifest.json", "racelink_core/racelink_rh_plugin/page.html"])
def test_what_the_installer_would_misplace_is_not_built(tmp_path: Path, name: str) -> None:
    for needed in ("manifest.json", "LICENSE", f"{DOMAIN}/__init__.py", "racelink_core/__init__.py", name):
        (tmp_path / needed).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / needed).write_text("{}", "utf-8")
    with pytest.raises(PluginBuildError, match="Rename"):
        list(plugin_files(tmp_path))


def contents(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
