"""Frees the lamps that a run has left armed or in offset mode. Source: spec scenes, section 15, "Cancel"."""

from __future__ import annotations

from collections.abc import Sequence

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.origin import Priority
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.lane import Lane
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.parallel import on_each_network
from racelink_core.services.scene_runner.bookkeeping import Bookkeeping
from racelink_core.services.scene_runner.results import CleanUp
from racelink_core.services.scene_runner.surroundings import Surroundings
from racelink_core.services.scene_runner.traces import Traces

_NOT_FREED = (
    "Lamps of network {network} may still be armed or in offset mode: {reason} They follow again after a blackout."
)


def clean_up(
    left: Sequence[Traces],
    surroundings: Surroundings,
    books: Bookkeeping,
    *,
    snapshot: Snapshot,
    priority: Priority,
    newer: Traces | None = None,
) -> CleanUp | None:
    """Waits until it is sent; None: there was nothing to do. Nothing here is so urgent that it would delay a race."""
    outbound = surroundings.outbound
    network_ids = tuple(dict.fromkeys(network_id for traces in left for network_id in traces.network_ids))
    lanes, missing = outbound.lanes(network_ids)
    urgency = min(priority, Priority.OPERATOR)
    problems: list[str] = []
    sent = 0

    def planned(network_id: str, notes: OffsetNotes) -> tuple[RadioPacket, ...]:
        groups = sorted(
            {device.group_id for device in snapshot.devices.values() if network_of(device, snapshot) == network_id}
        )
        packets = (
            packet
            for traces in left
            for packet in traces.clean_up(
                network_id,
                notes=notes,
                armed=outbound.armed,
                now_s=surroundings.clock.monotonic(),
                newer=newer,
                groups=groups,
            )
        )
        return tuple(dict.fromkeys(packets))

    def free(network_id: str, lane: Lane) -> None:
        nonlocal sent
        packets: tuple[RadioPacket, ...] = ()

        def at_our_turn(notes: OffsetNotes) -> tuple[RadioPacket, ...]:
            nonlocal packets
            packets = planned(network_id, notes)
            return packets

        try:
            outcomes = lane.send(at_our_turn, urgency)
        except RaceLinkError as error:
            problems.append(_NOT_FREED.format(network=network_id, reason=error))
            return
        for packet, outcome in zip(packets, outcomes, strict=False):
            books.sent(network_id, packet, outcome)
            sent += outcome.ok
        failed = next((outcome for outcome in outcomes if not outcome.ok), None)
        if failed is not None:
            problems.append(_NOT_FREED.format(network=network_id, reason=f"{failed.reason}."))

    end_commanding = books.commanding(tuple(lanes))
    try:
        on_each_network(tuple(lanes), lambda each: free(each, lanes[each]), "scene-clean-up")
    finally:
        end_commanding()
    for network_id, error in missing.items():
        notes = surroundings.store.offset_notes(network_id)
        if planned(network_id, notes):
            problems.append(_NOT_FREED.format(network=network_id, reason=error))
    if not sent and not problems:
        return None
    return CleanUp(packets=sent, problem=" ".join(problems) or None)
