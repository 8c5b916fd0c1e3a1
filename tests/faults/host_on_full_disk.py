"""A host whose files the system stops at their present size (RLIMIT_FSIZE).

`python host_on_full_disk.py DIRECTORY`; ends with 0 when the host behaved. A process of its own, because the limit
holds for a whole process.
"""

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all()

import resource
import sys
from pathlib import Path

import pytest

from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.target import BroadcastTarget
from tests.services.rig import OPERATOR, running_host, until


def main(directory: Path) -> None:
    with running_host(directory) as rig:
        host = rig.host
        rig.discover()
        before = host.store.snapshot
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, unlimited[1]))
        with pytest.raises(RaceLinkError, match="nothing was changed") as refused:
            host.grouping.create("Pit wall")
        assert refused.value.code in ("store_full", "store_not_saved")
        assert host.store.snapshot is before
        command = RlEffectCommand(target=BroadcastTarget(), params=EffectParameters(mode=0, brightness=44))
        assert host.dispatcher.submit(command, OPERATOR).ok
        until(lambda: {node.lamp.brightness for node in rig.running.values()} == {44}, "the lamps")
        with pytest.raises(RaceLinkError):
            host.store.flush()
        assert "nothing was changed" in " ".join(each.text for each in host.problems() if each.code == "store"), (
            host.problems()
        )
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        host.grouping.create("Pit wall")
        assert [group.name for group in host.store.snapshot.groups.values()] == ["Gates", "Pit wall"]
        host.store.flush()
        until(lambda: not host.problems(), "the end of the problems: the history is saved at its own pace")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
