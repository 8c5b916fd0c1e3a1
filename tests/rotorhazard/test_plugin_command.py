"""`racelink plugin build` and `racelink plugin link`."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from subprocess import run
from sys import executable

import pytest

from racelink_core import cli
from racelink_core.standalone.plugin_tree import DOMAIN, checkout

PACKAGE = checkout() / "racelink_core"


def link(data_directory: Path) -> int:
    return cli.main(["plugin", "link", "--rh-data", str(data_directory)])


def test_build_writes_the_archive_and_the_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plugin", "build", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["custom_plugins", f"{DOMAIN}.zip"]
    assert str(tmp_path / f"{DOMAIN}.zip") in capsys.readouterr().out


def test_build_replaces_what_it_built_before(tmp_path: Path) -> None:
    stale = tmp_path / "custom_plugins" / DOMAIN / "gone.py"
    stale.parent.mkdir(parents=True)
    stale.write_text("", "utf-8")
    assert cli.main(["plugin", "build", "--out", str(tmp_path)]) == 0
    assert not stale.exists()


def test_build_refuses_a_folder_with_another_plugin_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "custom_plugins" / "another").mkdir(parents=True)
    assert cli.main(["plugin", "build", "--out", str(tmp_path)]) == 1
    assert "another" in capsys.readouterr().err


def test_link_puts_the_checkout_among_rotorhazards_plugins(tmp_path: Path) -> None:
    assert link(tmp_path) == 0
    assert (tmp_path / "plugins" / DOMAIN).resolve() == checkout() / DOMAIN


def test_link_replaces_a_link_of_its_own(tmp_path: Path) -> None:
    old = tmp_path / "plugins" / DOMAIN
    old.parent.mkdir()
    old.symlink_to(tmp_path / "an-older-checkout" / DOMAIN)
    assert link(tmp_path) == 0
    assert old.resolve() == checkout() / DOMAIN


def test_link_leaves_an_installed_plugin_and_a_foreign_link_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "one" / "plugins" / DOMAIN / "__init__.py"
    installed.parent.mkdir(parents=True)
    installed.write_text("", "utf-8")
    assert link(tmp_path / "one") == 1
    assert "installed plugin" in capsys.readouterr().err
    assert installed.is_file()

    foreign = tmp_path / "two" / "plugins" / DOMAIN
    foreign.parent.mkdir(parents=True)
    foreign.symlink_to(tmp_path / "one")
    assert link(tmp_path / "two") == 1
    assert "not ours" in capsys.readouterr().err
    assert foreign.readlink() == tmp_path / "one"


def test_link_says_which_folder_it_wants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert link(tmp_path / "nowhere") == 1
    assert "data directory" in capsys.readouterr().err


def test_an_installed_package_without_the_sources_says_so(tmp_path: Path) -> None:
    copytree(PACKAGE, tmp_path / "racelink_core", ignore=lambda *_: ["__pycache__"])
    ended = run(
        [executable, "-m", "racelink_core.cli", "plugin", "build"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "Run it from a checkout" in ended.stderr
    assert "Traceback" not in ended.stderr
