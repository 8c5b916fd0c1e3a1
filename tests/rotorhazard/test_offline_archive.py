"""The archive for a timer without internet: it brings what RotorHazard does not."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from racelink_core import cli
from racelink_core.standalone import plugin_tree
from racelink_core.standalone.plugin_tree import DOMAIN, PluginBuildError, checkout, write_offline_archive
from racelink_rh_plugin.packages import NEEDED
from tests.rotorhazard.built_wheels import PYDANTIC, installed_wheel, wheel_of
from tests.rotorhazard.installation import Ended, install, packages_without, run_server
from tests.rotorhazard.validator import complaints_about

NOT_BROUGHT = ("pydantic", "annotated_types", "typing_inspection")
UNPACKED = "racelink/packages"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "wheels").mkdir()
    for name in PYDANTIC:
        installed_wheel(name, folder / "wheels")
    assert cli.main(["plugin", "build", "--out", str(folder), "--wheels", str(folder / "wheels")]) == 0
    return folder / f"{DOMAIN}-offline.zip"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """What RotorHazard's Python has."""
    return packages_without(tmp_path / "site-packages", *NOT_BROUGHT)


def start(data_directory: Path, packages: Path) -> Ended:
    ended = run_server(data_directory, packages=packages)
    assert ended.said["errors"] == []
    return ended


def forget(packages: Path, name: str) -> None:
    for entry in packages.glob(f"{name}*"):
        entry.unlink()


def install_older(packages: Path, name: str) -> None:
    """Version 1, of which only that is known."""
    forget(packages, name)
    record = packages / f"{name}-1.dist-info" / "METADATA"
    record.parent.mkdir()
    record.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", "utf-8")


def test_its_manifest_asks_for_nothing_and_the_other_one_for_what_is_needed(archive: Path) -> None:
    with ZipFile(archive) as opened:
        offline = json.loads(opened.read(f"{DOMAIN}/manifest.json"))
    ours = json.loads((checkout() / "manifest.json").read_text(encoding="utf-8"))
    assert ours.pop("dependencies") == [NEEDED]
    assert offline == ours
    assert list(complaints_about(offline)) == []


def test_without_pydantic_it_runs_with_what_it_brought_and_unpacks_once(
    archive: Path, tmp_path: Path, packages: Path
) -> None:
    install(archive, tmp_path / "plugins")
    ended = start(tmp_path, packages)
    assert (ended.said["page"], ended.said["app"]) == (200, 200)
    assert ended.said["outside"] == []
    (folder,) = (tmp_path / UNPACKED).iterdir()
    assert ended.said["added_to_search_path"] == [str(folder)]
    first = (folder / "pydantic" / "__init__.py").stat()

    again = start(tmp_path, packages)
    assert again.said["page"] == 200
    assert (folder / "pydantic" / "__init__.py").stat().st_ino == first.st_ino


def test_where_pydantic_is_installed_nothing_is_unpacked(archive: Path, tmp_path: Path) -> None:
    install(archive, tmp_path / "plugins")
    ended = run_server(tmp_path)
    assert ended.said["page"] == 200
    assert ended.said["added_to_search_path"] == []
    assert not (tmp_path / UNPACKED).exists()


def test_where_a_part_of_pydantic_is_missing_the_archive_brings_it(
    archive: Path, tmp_path: Path, packages: Path
) -> None:
    install(archive, tmp_path / "plugins")
    forget(packages, "typing_extensions")
    assert start(tmp_path, packages).said["page"] == 200


@pytest.mark.parametrize("name", ["pydantic", "typing_extensions"])
def test_an_older_package_of_the_server_is_named_with_the_way_to_renew_it_from_the_archive(
    archive: Path, tmp_path: Path, packages: Path, name: str
) -> None:
    plugin = install(archive, tmp_path / "plugins")
    install_older(packages, name)
    ended = start(tmp_path, packages)
    assert "RaceLink is not running" in ended.said["status"]
    assert "(it has 1)" in ended.log
    assert f"--no-index --find-links {plugin / 'wheels'} --upgrade pydantic" in ended.log
    assert ended.said["added_to_search_path"] == []


def test_on_a_machine_that_no_wheel_fits_the_settings_page_says_what_to_do(
    archive: Path, tmp_path: Path, packages: Path
) -> None:
    wheels = install(archive, tmp_path / "plugins") / "wheels"
    (core,) = wheels.glob("pydantic_core-*")
    core.rename(wheels / "pydantic_core-2.33.2-cp39-cp39-linux_mips.whl")
    ended = start(tmp_path, packages)
    assert "cp39 on linux_mips" in ended.said["status"]
    assert "pip install --upgrade pydantic" in ended.said["status"]


def test_a_disk_that_is_full_is_named(archive: Path, tmp_path: Path, packages: Path) -> None:
    install(archive, tmp_path / "plugins")
    ended = run_server(tmp_path, "--file-limit", "1000", packages=packages)
    assert ended.said["errors"] == []
    assert "Make room there" in ended.said["status"]
    assert not list((tmp_path / UNPACKED).iterdir()), "the room is given back"


def test_without_wheels_no_offline_archive_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wheels").mkdir()
    assert cli.main(["plugin", "build", "--out", str(tmp_path), "--wheels", str(tmp_path / "wheels")]) == 1
    assert "racelink plugin wheels" in capsys.readouterr().err


def test_an_archive_that_rotorhazard_would_not_take_is_not_left_lying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_tree, "OFFLINE_LIMIT_BYTES", 1000)
    wheel_of(tmp_path, "pydantic-2.11.10-py3-none-any.whl")
    with pytest.raises(PluginBuildError, match="1000 at most"):
        write_offline_archive(checkout(), tmp_path, tmp_path / "offline.zip")
    assert not (tmp_path / "offline.zip").exists()
