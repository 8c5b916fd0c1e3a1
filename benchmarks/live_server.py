"""A host that knows its whole fleet, with the web server of `racelink serve`, in a process of its own.

`python -m benchmarks.live_server FLEET PORT...` prints the address; for every line it reads it prints
`[longest late tick, longest own computing]` since the line before, in ms.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import sys

from benchmarks.lateness import Ticker
from benchmarks.simulated_fleet import FLEETS, host_on
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.host import Host
from racelink_core.runtime.native_pool import NativePool
from racelink_core.sim.fleet_file import Fleet, load_fleet
from racelink_core.standalone.memory import spare_what_stays
from racelink_core.standalone.server import WebServer


def learn(host: Host, fleet: Fleet) -> None:
    """As after a weekend of use."""
    with host.store.transaction() as draft:
        draft.networks.clear()
        for network in fleet.networks:
            draft.networks[network.id] = Network(
                id=network.id, name=network.id, gateway_mac=network.gateway_mac, profile=network.profile
            )
        for order, group in enumerate(fleet.groups, 1):
            group_id = GroupId(group.id)
            draft.groups[group_id] = Group(
                id=group_id, name=group.name, network_id=group.network_id, display_order=order
            )
        for device in fleet.devices:
            draft.devices[device.mac] = Device(
                mac=device.mac,
                name=device.name or device.mac,
                dev_type=device.dev_type,
                version=4,
                group_id=GroupId(device.group_id),
                network_id=device.network_id,
            )


def main() -> None:
    fleet = load_fleet(FLEETS / sys.argv[1])
    ticker, lines = Ticker(), NativePool()
    with host_on(tuple(sys.argv[2:]), lambda host: learn(host, fleet)) as host:
        server = WebServer(host, address="127.0.0.1", port=0)
        server.start()
        spare_what_stays()
        ticker.start()
        print(server.url, flush=True)
        while lines.run(sys.stdin.readline):
            print(json.dumps(ticker.reset()), flush=True)
        ticker.stop()
        host.stop()
        server.stop()


if __name__ == "__main__":
    main()
