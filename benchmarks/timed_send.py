"""How exactly a timed send leaves while the parent spins without yielding, as RotorHazard does before a start."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import subprocess
import sys
import threading
import time

from benchmarks.figures import Figure, percentile
from racelink_core.links.contract import LinkError
from racelink_core.links.port_process import PortProcessDriver

ROUNDS = 60
SPIN_S = 0.5
LEAD_S = 0.45
"""How long before its moment a send is ordered: RotorHazard's spin begins right after."""


class Stamps:
    """A link listener that keeps when each order was written."""

    def __init__(self) -> None:
        self.written_at_s: dict[int, float] = {}

    def received(self, data: bytes, at_s: float) -> None:
        """Nothing is expected from the far end."""

    def written(self, order: int, at_s: float) -> None:
        self.written_at_s[order] = at_s

    def lost(self, error: LinkError) -> None:
        raise SystemExit(str(error))


def spin(seconds: float) -> None:
    """Holds the hub, as the timer does for the last half second before a start."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pass


def main() -> None:
    far_end = subprocess.Popen([sys.executable, "-m", "benchmarks.far_end"], stdout=subprocess.PIPE, text=True)
    assert far_end.stdout is not None
    path = far_end.stdout.readline().strip()
    seen_at_s: list[float] = []

    def read_far_end() -> None:
        assert far_end.stdout is not None
        for line in far_end.stdout:
            seen_at_s.append(float(line.split()[0]))

    threading.Thread(target=read_far_end, daemon=True).start()
    driver = PortProcessDriver()
    stamps = Stamps()
    link = driver.open(f"serial://{path}", stamps)
    wanted_s: dict[int, float] = {}
    for _ in range(ROUNDS):
        at_s = time.monotonic() + LEAD_S
        wanted_s[link.write(b"\x00\x02\x06\x01", send_at_s=at_s)] = at_s
        spin(SPIN_S)
        time.sleep(0.1)
    errors_ms = [abs(stamps.written_at_s[order] - at_s) * 1e3 for order, at_s in wanted_s.items()]
    seen_ms = [abs(seen - at_s) * 1e3 for seen, at_s in zip(seen_at_s, wanted_s.values(), strict=True)]
    driver.close()
    far_end.kill()
    far_end.wait()
    print(f"Timed send while the parent spins for {SPIN_S} s ({ROUNDS} sends)")
    print(Figure("error of the write, p50", percentile(errors_ms, 0.5), "ms"))
    print(Figure("error of the write, p99", percentile(errors_ms, 0.99), "ms", 0.3))
    print(Figure("error as the far end sees it, p50 (its wake-up included)", percentile(seen_ms, 0.5), "ms"))
    print(Figure("error as the far end sees it, p99", percentile(seen_ms, 0.99), "ms"))


if __name__ == "__main__":
    main()
