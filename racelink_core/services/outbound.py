"""What sending to lamps has in common, whoever plans the packets: find the lanes, and keep what lamps were told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.armed_nodes import ArmedNodes
from racelink_core.services.told_state import ToldState


class Outbound:
    """Every packet about light has to pass through here: healing reads what it keeps.

    armed     who may hold an armed effect, whoever sent it
    listener  told of each packet that may be out: be quick
    """

    def __init__(self, *, lane_of: Callable[[str], Lane], armed: ArmedNodes, told: ToldState, clock: Clock) -> None:
        self._lane_of, self.armed, self._told, self._clock = lane_of, armed, told, clock
        self.listener: Callable[[str, RadioPacket], None] = lambda network_id, packet: None

    @property
    def sync_brightness(self) -> Mapping[str, int]:
        """Brightness of the last PRESET, by network id (design 3.17)."""
        return self._told.sync_brightness

    def lanes(self, network_ids: Iterable[str]) -> tuple[dict[str, Lane], dict[str, RaceLinkError]]:
        """Those whose gateway is connected, and why the others have none."""
        lanes: dict[str, Lane] = {}
        missing: dict[str, RaceLinkError] = {}
        for network_id in network_ids:
            try:
                lanes[network_id] = self._lane_of(network_id)
            except RaceLinkError as error:
                missing[network_id] = error
        return lanes, missing

    @contextmanager
    def commanding(self, network_ids: Collection[str]) -> Iterator[None]:
        """Around a command, from before it is queued until all of it is remembered: nothing older is repeated."""
        with self._told.commanding(network_ids):
            yield

    def sent(self, network_id: str, packet: RadioPacket, outcome: SendOutcome) -> None:
        """At once when a packet's outcome is known; costs next to nothing."""
        if outcome.attempts:
            self.armed.sent(network_id, packet, self._clock.monotonic())
            self.listener(network_id, packet)

    def remember(
        self,
        snapshot: Snapshot,
        network_id: str,
        packets: Sequence[RadioPacket],
        outcomes: Sequence[SendOutcome],
        by: str,
    ) -> None:
        """In the order of sending; goes through the fleet, and so not between two packets."""
        self._told.remember(snapshot, network_id, packets, outcomes, by)
