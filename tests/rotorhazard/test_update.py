"""What an update over an older version and an uninstallation leave: everything that was configured."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from racelink_core import __version__
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.clock import SystemClock
from racelink_core.standalone.plugin_tree import DOMAIN, checkout, write_archive, write_offline_archive
from racelink_core.state.store import Store
from tests.rotorhazard.built_wheels import PYDANTIC, installed_wheel
from tests.rotorhazard.installation import PACKAGES, install, packages_without, run_server, uninstall

GONE = "gone_since.py"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dist") / f"{DOMAIN}.zip"
    write_archive(checkout(), path)
    return path


@pytest.fixture(scope="module")
def offline_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    for name in PYDANTIC:
        installed_wheel(name, folder)
    write_offline_archive(checkout(), folder, folder / "offline.zip")
    return folder / "offline.zip"


def older(archive: Path, target: Path) -> Path:
    """The same code under an earlier version, with a file that is there no more."""
    with ZipFile(archive) as now, ZipFile(target, "w") as then:
        for name in now.namelist():
            content = now.read(name)
            if name.endswith("manifest.json"):
                content = json.dumps({**json.loads(content), "version": "0.0.9"}).encode()
            then.writestr(name, content)
        then.writestr(f"{DOMAIN}/{GONE}", "")
    return target


def add_group(data_directory: Path) -> None:
    store = Store.open(data_directory / "racelink", SystemClock())
    with store.transaction() as draft:
        draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Start line", network_id="default", display_order=1)
    store.close()


def stored(data_directory: Path) -> Snapshot:
    store = Store.open(data_directory / "racelink", SystemClock())
    store.close()
    return store.snapshot


def version_of(plugin: Path) -> str:
    return str(json.loads((plugin / "manifest.json").read_text(encoding="utf-8"))["version"])


def test_an_update_replaces_the_code_and_keeps_the_data(archive: Path, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    plugin = install(older(archive, tmp_path / "older.zip"), plugins)
    assert (version_of(plugin), (plugin / GONE).exists()) == ("0.0.9", True)
    run_server(tmp_path)
    add_group(tmp_path)
    before = stored(tmp_path)

    install(archive, plugins)
    assert (version_of(plugin), (plugin / GONE).exists()) == (__version__, False)
    said = run_server(tmp_path).said
    assert (said["page"], said["errors"]) == (200, [])
    after = stored(tmp_path)
    assert (after.groups, after.presets, after.networks) == (before.groups, before.presets, before.networks)
    assert after.groups[GroupId(1)].name == "Start line"


def test_an_uninstallation_leaves_the_data_for_the_next_installation(archive: Path, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    install(archive, plugins)
    run_server(tmp_path)
    add_group(tmp_path)
    kept = {path.name for path in (tmp_path / "racelink").iterdir()}

    uninstall(plugins, DOMAIN)
    assert list(plugins.iterdir()) == []
    assert {path.name for path in (tmp_path / "racelink").iterdir()} == kept

    install(archive, plugins)
    assert run_server(tmp_path).said["page"] == 200
    assert stored(tmp_path).groups[GroupId(1)].name == "Start line"


def test_an_update_without_internet_uses_what_is_unpacked_already(offline_archive: Path, tmp_path: Path) -> None:
    packages = packages_without(tmp_path / "site-packages", "pydantic", "annotated_types", "typing_inspection")
    install(older(offline_archive, tmp_path / "older.zip"), tmp_path / "plugins")
    run_server(tmp_path, packages=packages)
    add_group(tmp_path)
    (unpacked,) = (tmp_path / "racelink" / "packages").iterdir()
    first = unpacked.stat().st_ino

    install(offline_archive, tmp_path / "plugins")
    assert run_server(tmp_path, packages=packages).said["page"] == 200
    assert [each.stat().st_ino for each in (tmp_path / "racelink" / "packages").iterdir()] == [first]
    assert stored(tmp_path).groups[GroupId(1)].name == "Start line"


def test_the_archive_with_internet_takes_the_place_of_the_one_without(
    archive: Path, offline_archive: Path, tmp_path: Path
) -> None:
    """pip has installed pydantic by then, and what was unpacked is left alone."""
    packages = packages_without(tmp_path / "site-packages", "pydantic", "annotated_types", "typing_inspection")
    install(offline_archive, tmp_path / "plugins")
    run_server(tmp_path, packages=packages)
    install(archive, tmp_path / "plugins")
    said = run_server(tmp_path, packages=PACKAGES).said
    assert (said["page"], said["added_to_search_path"]) == (200, [])
