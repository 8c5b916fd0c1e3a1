"""What a scene left behind that ran when RaceLink ended without stopping it: a crash, a pulled plug.

Nobody knows any more whom it had armed. Its offset notes were kept by the lanes.
"""

from __future__ import annotations

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.protocol.bodies import Control, Offset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.parallel import on_each_network
from racelink_core.services.problems import Problem
from racelink_core.services.scene_runner.bookkeeping import Bookkeeping
from racelink_core.services.scene_runner.results import CleanUp
from racelink_core.services.scene_runner.surroundings import Surroundings

_RELEASE = (
    RadioPacket(BROADCAST, Offset(ALL_GROUPS, OffsetMode.NONE)),
    RadioPacket(BROADCAST, Control(ALL_GROUPS, PacketFlags.POWER_ON | PacketFlags.HAS_BRI)),
)
"""Frees everyone; effects and brightness stay as they are."""


def problem_of(began: HistoryRecord) -> Problem:
    return Problem(
        "scene_interrupted",
        f"RaceLink ended while the scene {began.name} ran. Lamps may still wait for a SYNC or be in offset mode. "
        "Press Stop on the Scenes page to free them, or start a scene, or turn everything dark.",
    )


def release_everyone(around: Surroundings, origin: Origin) -> CleanUp:
    """On every network with a gateway. Waits until it is sent."""
    lanes = around.lanes.lanes()
    books = Bookkeeping(around.outbound, around.store.snapshot, origin.name, around.clock)
    problems: list[str] = []
    sent = 0

    def free(network_id: str) -> None:
        nonlocal sent
        try:
            outcomes = lanes[network_id].send(_RELEASE, Priority.OPERATOR)
        except RaceLinkError as error:
            problems.append(str(error))
            return
        for packet, outcome in zip(_RELEASE, outcomes, strict=True):
            books.sent(network_id, packet, outcome)
            sent += outcome.ok
            if not outcome.ok:
                problems.append(f"Network {network_id}: {outcome.reason}.")

    end_commanding = books.commanding(tuple(lanes))
    try:
        on_each_network(tuple(lanes), free, "scene-release")
    finally:
        end_commanding()
        books.close()
    return CleanUp(packets=sent, problem=" ".join(problems) or None)
