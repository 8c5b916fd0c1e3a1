"""A host whose history the system stops at its present size (RLIMIT_FSIZE), and lets grow again.

`python history_on_full_disk.py DIRECTORY`; ends with 0 when the host behaved. A process of its own, because the limit
holds for a whole process.
"""

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all()

import resource
import sys
from pathlib import Path

from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.target import BroadcastTarget
from tests.services.rig import OPERATOR, Rig, running_host, until


def shown(rig: Rig, brightness: int) -> None:
    command = RlEffectCommand(target=BroadcastTarget(), params=EffectParameters(mode=0, brightness=brightness))
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: {node.lamp.brightness for node in rig.running.values()} == {brightness}, "the lamps")


def problems(rig: Rig) -> list[str]:
    return [problem.text for problem in rig.host.problems() if problem.code == "history"]


def main(directory: Path) -> None:
    with running_host(directory) as rig:
        rig.discover()
        shown(rig, 10)
        until(lambda: not problems(rig), "a history that is being saved")
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, unlimited[1]))
        shown(rig, 20)
        until(lambda: problems(rig), "the notice")
        assert "nothing else is affected" in problems(rig)[0]
        shown(rig, 30)
        assert len(rig.host.history.page(kind="rl_effect", limit=10)) == 3
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        until(lambda: not problems(rig), "the notice to go")
        newest = rig.host.history.page(limit=100)
    with running_host(directory) as rig:
        kept = {record.id: record for record in rig.host.history.page(limit=200)}
        assert all(kept.get(record.id) == record for record in newest), "what waited was lost"
        assert not problems(rig)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
