"""`kill -9` in the middle of a scene: the next start says so, and one press frees the lamps."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand
from racelink_core.domain.scene import Choreography
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.services.scene_runner.request import RunRequest
from tests.faults.plant import Plant, plant, problem, running, until_ready
from tests.services.rig import OPERATOR, until

_ROOT = Path(__file__).parents[2]


def killed_while_it_plays(directory: Path, lamps: Plant) -> None:
    """As soon as the lamps are armed and the beginning of the run is on the disk."""
    command = [sys.executable, str(Path(__file__).with_name("host_playing.py")), str(directory), lamps.path]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=_ROOT)
    assert host.stdout is not None
    try:
        assert host.stdout.readline() == "armed\n"
    finally:
        host.kill()
        host.wait()
        host.stdout.close()


def held(lamps: Plant) -> int:
    """How many lamps are armed or in offset mode."""
    lamps.pump.run_to_now()
    nodes = [node.lamp for node in lamps.simulation.nodes.values() if node.is_running]
    return sum(lamp.armed is not None or bool(lamp.effective_offset.mode) for lamp in nodes)


def codes(host: Host) -> set[str]:
    return {each.code for each in host.problems()}


def stop(host: Host) -> None:
    assert host.scene_runner.stop()


def blackout(host: Host) -> None:
    assert host.dispatcher.submit(BlackoutCommand(target=BroadcastTarget()), OPERATOR).ok


@pytest.mark.parametrize("frees", [stop, blackout])
def test_after_a_crash_in_a_scene_the_next_start_says_so_and_lamps_can_be_freed(
    frees: Callable[[Host], None], tmp_path: Path
) -> None:
    with plant() as lamps:
        killed_while_it_plays(tmp_path, lamps)
        assert held(lamps) == 7
        with running(tmp_path, lamps.path) as host:
            assert "scene_interrupted" in codes(host)
        assert held(lamps) == 7, "nothing is sent by itself, and the next start says it again"
        with running(tmp_path, lamps.path) as host:
            until_ready(host)
            assert "night_show" in problem(host, "scene_interrupted")
            frees(host)
            assert "scene_interrupted" not in codes(host)
            until(lambda: held(lamps) == 0, "free lamps")
            assert host.history.page(kind="scene", limit=1)[0].status == "interrupted"
        with running(tmp_path, lamps.path) as host:
            assert "scene_interrupted" not in codes(host)


def test_a_scene_that_was_stopped_with_the_host_is_no_accident(tmp_path: Path) -> None:
    with plant() as lamps:
        with running(tmp_path, lamps.path) as host:
            until_ready(host)
            host.scene_runner.start(RunRequest("empty", Choreography(), OPERATOR))
            until(lambda: host.scene_runner.running is None, "the end of the scene")
        with running(tmp_path, lamps.path) as host:
            assert "scene_interrupted" not in codes(host)
