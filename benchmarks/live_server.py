"""A host that knows its whole fleet, with the web server of `racelink serve`, in a process of its own.

`python -m benchmarks.live_server FLEET PORT...` prints the address; for every line it reads it prints the `Lateness`
since the line before.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import sys
from dataclasses import asdict

from benchmarks.lateness import Ticker
from benchmarks.simulated_fleet import FLEETS, host_on
from racelink_core.host import Host
from racelink_core.runtime.native_pool import NativePool
from racelink_core.sim.fleet_file import Fleet, load_fleet
from racelink_core.standalone.memory import spare_what_stays
from racelink_core.standalone.server import WebServer


def learn(host: Host, fleet: Fleet) -> None:
    """As after a weekend of use."""
    with host.store.transaction() as draft:
        draft.networks.clear()
        known = fleet.to_snapshot()
        draft.networks.update(known.networks)
        draft.groups.update(known.groups)
        draft.devices.update(known.devices)


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
            print(json.dumps(asdict(ticker.reset())), flush=True)
        ticker.stop()
        host.stop()
        server.stop()


if __name__ == "__main__":
    main()
