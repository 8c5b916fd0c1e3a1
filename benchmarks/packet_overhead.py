"""What we add to a packet beyond its time on air and the gateway's own: from its end to the next one's write."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import time
from itertools import pairwise

from benchmarks.figures import spread
from benchmarks.simulated_fleet import host_on, simulated_ports
from racelink_core.domain.address import BROADCAST
from racelink_core.domain.origin import Priority
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

BURSTS, PACKETS_IN_BURST = 20, 15


def main() -> None:
    flags = PacketFlags.POWER_ON | PacketFlags.HAS_BRI
    between_ms: list[float] = []
    with simulated_ports("club-8.json", 1, "--settled") as ports, host_on(ports) as host:
        (lane,) = host.gateways.lanes().values()
        time.sleep(1)
        for burst in range(BURSTS):
            packets = [
                RadioPacket(BROADCAST, Control(255, flags, brightness=burst + number, mode=0))
                for number in range(PACKETS_IN_BURST)
            ]
            outcomes = lane.send(packets, Priority.OPERATOR)
            for before, after in pairwise(outcomes):
                # A packet that the gateway's own autosync pushed aside waited for the gateway, not for us.
                if before.done_at_s is not None and after.written_at_s is not None and after.attempts == 1:
                    between_ms.append((after.written_at_s - before.done_at_s) * 1e3)
    print("Our share of a packet's time, over a real pty")
    for figure in spread("end of one packet to the write of the next", between_ms, "ms", 1.0):
        print(figure)


if __name__ == "__main__":
    main()
