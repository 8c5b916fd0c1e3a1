"""RotorHazard waits for `initialize`: what nobody needs before its server serves is loaded afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PROGRAM = """
import json, sys
from pathlib import Path
from gevent import monkey
monkey.patch_all()
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard

server = RotorHazard(Path(sys.argv[1]))
with server.importable():
    initialize(server.rhapi)
    initialised = sorted(sys.modules)
    server.start()
    assert server.app.test_client().get("/racelink/api/health", auth=server.login).status_code == 200
    served = sorted(sys.modules)
    server.shut_down()
print(json.dumps([initialised, served]))
"""
LATE = (
    "racelink_core.web.api.devices",
    "racelink_core.web.openapi",
    "racelink_core.web.live_sources",
    "racelink_core.services.configuration_transfer.service",
    "racelink_core.services.scene_transfer",
    "racelink_core.services.older_import",
    "racelink_core.services.wled_presets",
    "racelink_core.state.importers.older_data",
)
NEVER_FOR_A_RACE = ("racelink_core.services.support_contents", "racelink_core.sim", "racelink_core.standalone")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    """The modules of a process of its own: after `initialize`, and after the first answer of the API."""
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path_factory.mktemp("rh-data"))]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    initialised, served = json.loads(said.stdout.splitlines()[-1])
    return initialised, served


@pytest.mark.parametrize("name", LATE)
def test_what_can_wait_is_loaded_after_initialize(loaded: tuple[list[str], list[str]], name: str) -> None:
    initialised, served = loaded
    assert name not in initialised
    assert name in served


@pytest.mark.parametrize("name", NEVER_FOR_A_RACE)
def test_what_a_race_does_not_need_is_not_loaded(loaded: tuple[list[str], list[str]], name: str) -> None:
    _, served = loaded
    assert name not in served
