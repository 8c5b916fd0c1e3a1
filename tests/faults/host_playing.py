"""A host that plays a scene which arms lamps in offset mode and then waits, until it is killed.

`python host_playing.py DIRECTORY PORT` prints one line when the lamps are armed.
"""

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all()

import sys
from pathlib import Path

from racelink_core.domain.scene import Choreography
from racelink_core.services.scene_runner.request import RunRequest
from tests.faults.host_configuring import know_the_fleet
from tests.faults.plant import running, until_ready
from tests.services.rig import OPERATOR, until
from tests.services.scenes import cascade, delay, effect, until_running


def main(directory: Path, port: str) -> None:
    with running(directory, port) as host:
        know_the_fleet(host)
        until_ready(host)
        actions = (cascade(effect(70, armed=True)), delay(60_000), delay(60_000), delay(60_000))
        run = host.scene_runner.start(RunRequest("night_show", Choreography(actions=actions), OPERATOR))
        until_running(run, 1)
        until(lambda: not host._kept_history._waiting, "the record of the beginning on the disk")
        print("armed", flush=True)
        host.scene_runner.wait(run)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
