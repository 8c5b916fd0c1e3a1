"""A host that sets the frame rate of every lamp to 1, then to 2, and so on, until it is killed.

`python host_configuring.py DIRECTORY PORT FIRST` prints `MAC VALUE` for everything that is stored, as soon as it is.
"""

# ruff: noqa: E402 - patched before anything is imported
from gevent import monkey

monkey.patch_all()

import sys
from itertools import count
from pathlib import Path

from racelink_core.domain.device import Device
from racelink_core.domain.network import Network
from racelink_core.domain.scope import Change, Scope
from racelink_core.host import Host
from racelink_core.sim.fleet_file import load_fleet
from tests.faults.plant import FLEET, GATEWAY, running, until_ready
from tests.services.rig import OPERATOR, until


def main(directory: Path, port: str, first: int) -> None:
    with running(directory, port) as host:
        know_the_fleet(host)
        until_ready(host)
        printed: set[str] = set()

        def show(change: Change) -> None:
            if Scope.DEVICE_SPECIALS in change.scopes:
                for mac, device in host.store.snapshot.devices.items():
                    line = f"{mac} {device.specials.get('wled_fps', 0)}"
                    if line not in printed:
                        printed.add(line)
                        print(line, flush=True)

        host.store.subscribe(show)
        for value in count(first):
            host.bulk_config.start(tuple(host.store.snapshot.devices), "wled_fps", value, OPERATOR)
            until(lambda: not host.tasks.is_running, "the end of the task")


def know_the_fleet(host: Host) -> None:
    with host.store.transaction() as draft:
        for network in load_fleet(FLEET).networks:
            draft.networks[network.id] = Network(id=network.id, name=network.name, gateway_mac=GATEWAY)
        for each in load_fleet(FLEET).devices:
            if each.online and each.mac not in draft.devices:
                draft.devices[each.mac] = Device(
                    mac=each.mac, name=each.name, dev_type=each.dev_type, network_id=each.network_id
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
