"""The longest time the hub stands still because of us while 200 nodes on three networks are discovered and polled."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import time

from benchmarks.figures import Figure
from benchmarks.lateness import Ticker, report_lateness, steady_process
from benchmarks.simulated_fleet import host_on, simulated_ports
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.target import BroadcastTarget
from racelink_core.host import Host
from racelink_core.standalone.memory import spare_what_stays

LIMIT_S = 300.0


def wait_for_task(host: Host) -> object:
    """The result of the running task."""
    deadline_s = time.monotonic() + LIMIT_S
    while (task := host.tasks.current()) is not None and task.state == "running":
        if time.monotonic() > deadline_s:
            raise SystemExit(f"{task.name} did not end within {LIMIT_S} s: {task.meta}")
        time.sleep(0.1)
    assert task is not None
    return task.result if task.state == "done" else task.last_error


def main() -> None:
    origin = Origin("benchmark", Priority.AUTOMATION)
    ticker = Ticker()
    with steady_process() as steady, simulated_ports("festival-200.json", 3) as ports, host_on(ports) as host:
        spare_what_stays()  # as every host does once it runs
        ticker.start()
        time.sleep(8)  # the nodes boot and announce themselves
        ticker.reset()
        start_s = time.monotonic()
        host.discovery.start(None, "All", origin=origin)
        result = wait_for_task(host)
        discovery_s, discovering = time.monotonic() - start_s, ticker.reset()
        start_s = time.monotonic()
        host.status.start(BroadcastTarget(), origin)
        poll = wait_for_task(host)
        poll_s, polling = time.monotonic() - start_s, ticker.reset()
        ticker.stop()
        known = len(host.store.snapshot.devices)
    print(f"Hub stalls with 200 nodes on three gateways ({known} known; discovery: {result}; poll: {poll})")
    report_lateness("hub while discovering", discovering, 5.0)
    report_lateness("hub while polling", polling, 5.0)
    report_lateness("steady process beside it", steady[0])
    print(Figure("discovery took", discovery_s, "s"))
    print(Figure("poll took", poll_s, "s"))


if __name__ == "__main__":
    main()
