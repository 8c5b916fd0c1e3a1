"""`racelink plugin wheels`, with a folder of wheels in the place of the package registry."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from racelink_core import cli
from racelink_core.standalone import plugin_wheels
from tests.rotorhazard.built_wheels import bare_wheel

CORE = "pydantic_core-2.33.2-cp311-cp311-{}.whl"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip asks nobody else."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(plugin_wheels, "PYTHONS", ("3.11",))
    monkeypatch.setattr(plugin_wheels, "PLATFORMS", ("manylinux_2_17_armv7l", "win_amd64"))
    return folder


def fill(registry: Path, *platforms: str) -> None:
    for pin in plugin_wheels.PINS:
        name, _, version = pin.partition("==")
        needs = "pydantic-core==2.33.2" if name == "pydantic" else ""
        bare_wheel(registry, f"{name.replace('-', '_')}-{version}-py3-none-any.whl", needs)
    for platform in platforms:
        bare_wheel(registry, CORE.format(platform))


def fetch(out: Path) -> int:
    return cli.main(["plugin", "wheels", "--out", str(out)])


def test_each_machine_gets_its_wheel_and_older_ones_go(tmp_path: Path, registry: Path) -> None:
    fill(registry, "manylinux_2_17_armv7l", "win_amd64", "manylinux_2_17_ppc64le")
    out = tmp_path / "wheels"
    bare_wheel(out, "pydantic-2.0-py3-none-any.whl")
    assert fetch(out) == 0
    names = {path.name for path in out.iterdir()}
    assert {CORE.format("manylinux_2_17_armv7l"), CORE.format("win_amd64")} <= names
    assert len(names) == 2 + len(plugin_wheels.PINS)
    assert "pydantic-2.0-py3-none-any.whl" not in names


def test_a_machine_without_a_wheel_fails_the_build(
    tmp_path: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(registry, "manylinux_2_17_armv7l")
    assert fetch(tmp_path / "wheels") == 1
    assert "pip could not fetch the wheels" in capsys.readouterr().err


def test_a_registry_that_does_not_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sleeping = tmp_path / "python"
    sleeping.write_text("#!/bin/sh\nexec sleep 600\n", "utf-8")
    sleeping.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(sleeping))
    monkeypatch.setattr(plugin_wheels, "_PATIENCE_S", 0.1)
    assert fetch(tmp_path / "wheels") == 1
    assert "Is the package registry reached?" in capsys.readouterr().err
