"""A disk that refuses costs what would be saved, never the lights."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.state.errors import StoreLocked
from tests.faults.plant import problem, running
from tests.services.rig import OPERATOR, Rig, running_host, until

_ROOT = Path(__file__).parents[2]


def assert_lights_work(rig: Rig) -> None:
    """From the discovery on: a node that nobody has paired takes no orders."""
    assert rig.discover().result["assigned"] == len(rig.running)
    command = RlEffectCommand(target=BroadcastTarget(), params=EffectParameters(mode=0, brightness=44))
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: {node.lamp.brightness for node in rig.running.values()} == {44}, "the lamps")


def test_a_data_directory_that_cannot_be_used_is_named_and_the_lights_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made in here")
    with running_host(tmp_path / "file" / "racelink") as rig:
        text = problem(rig.host, "store")
        assert str(tmp_path / "file") in text
        assert "Check" in text
        assert_lights_work(rig)


def test_a_database_of_garbage_is_set_aside_and_named_and_the_lights_work(tmp_path: Path) -> None:
    garbage = b"this is no database" * 500
    (tmp_path / "racelink.sqlite").write_bytes(garbage)
    with running_host(tmp_path) as rig:
        assert problem(rig.host, "store")
        assert_lights_work(rig)
    assert any(path.is_file() and path.read_bytes() == garbage for path in tmp_path.rglob("*"))
    with running(tmp_path, "/dev/ttyNothing9") as host:
        assert [group.name for group in host.store.snapshot.groups.values()] == ["Gates"]
        assert host.store.notices == ()


def test_a_database_of_a_newer_program_stays_as_it_is_and_is_named(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "racelink.sqlite") as database:
        database.execute("PRAGMA user_version = 9999")
        database.execute("CREATE TABLE future (x)")
    database.close()
    before = (tmp_path / "racelink.sqlite").read_bytes()
    with running_host(tmp_path) as rig:
        assert "newer RaceLink" in problem(rig.host, "store")
        assert_lights_work(rig)
    assert (tmp_path / "racelink.sqlite").read_bytes() == before


def test_a_second_host_on_the_same_data_says_who_holds_it(tmp_path: Path) -> None:
    with running(tmp_path, "/dev/ttyNothing9"), pytest.raises(StoreLocked, match=f"process {os.getpid()}"):
        Host(HostConfiguration(data_directory=tmp_path))
    with running(tmp_path, "/dev/ttyNothing9") as host:
        assert host.store.notices == ()


@pytest.mark.skipif(os.name != "posix", reason="needs RLIMIT_FSIZE")
def test_on_a_full_disk_a_change_is_refused_whole_and_the_lights_work(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("host_on_full_disk.py")), str(tmp_path / "racelink")],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr.decode()
