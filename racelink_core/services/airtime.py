"""Time on air of each network's gateway, by the minute, against what its region allows.

Counting is an append; minutes are added up when somebody asks, or every few seconds when they are saved.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

from racelink_core.domain.clock import Clock
from racelink_core.domain.duty_cycle import WINDOW_S, limit_of
from racelink_core.domain.network import Network
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.traffic import OnAir
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import HEADER_BYTES
from racelink_core.runtime.turns import Turns
from racelink_core.services.device_statistics import DeviceStatistics
from racelink_core.services.directory import Directory
from racelink_core.state.history_database import MinuteRow

KEPT_HOURS = 48
_MOST_WAITING = 20_000
"""Packets between two counts; the oldest beyond are not counted."""


@dataclass(slots=True)
class AirSum:
    """What a gateway sent and heard. `*_ms` is time on air; bytes count as on air."""

    sent_packets: int = 0
    sent_bytes: int = 0
    sent_ms: float = 0.0
    heard_packets: int = 0
    heard_bytes: int = 0
    heard_ms: float = 0.0

    def add(self, other: AirSum) -> None:
        self.sent_packets += other.sent_packets
        self.sent_bytes += other.sent_bytes
        self.sent_ms += other.sent_ms
        self.heard_packets += other.heard_packets
        self.heard_bytes += other.heard_bytes
        self.heard_ms += other.heard_ms


class Airtime:
    """`sent` and `heard` are called on the links' readers and return at once."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        clock: Clock,
        devices: DeviceStatistics,
        saved: Sequence[MinuteRow] = (),
    ) -> None:
        """`saved`: the minutes of earlier starts, so that a restart does not forget what was sent."""
        self._snapshot, self._clock, self._devices = snapshot, clock, devices
        self._directory = Directory()
        self._waiting: deque[OnAir | GatewayEvent] = deque(maxlen=_MOST_WAITING)
        self._counting = threading.Lock()
        self._minutes: dict[str, dict[int, AirSum]] = {}
        self._unsaved: set[tuple[str, int]] = set()
        for row in saved:
            self._minutes.setdefault(row.network_id, {})[row.minute] = AirSum(*row[2:])

    def sent(self, packet: OnAir) -> None:
        """Fits `Traffic.on_air`."""
        self._waiting.append(packet)

    def heard(self, event: GatewayEvent) -> None:
        """Fits the gateways' listener."""
        if isinstance(event.message, Forwarded):
            self._waiting.append(event)

    def spent_ms(self, network_id: str, window_s: float = WINDOW_S) -> float:
        """Sent within the last `window_s`, the minute in which that begins included whole.

        A wall clock that was set back forgives nothing: minutes that it will reach within an hour count, too.
        """
        self.count()
        now = self._clock.unix()
        minutes = self._minutes.get(network_id, {})
        counted = range(int((now - window_s) // 60), int((now + WINDOW_S) // 60))
        return sum(minutes[minute].sent_ms for minute in counted if minute in minutes)

    def limit_for(self, network: Network) -> float | None:
        """How many milliseconds of an hour it may send; None: as many as it likes."""
        percent = limit_of(network)
        return None if percent is None else percent * WINDOW_S * 10

    def hours(self, network_id: str, count: int) -> list[tuple[float, AirSum]]:
        """The last `count` hours of the wall clock, the one that is running first, each with its beginning (Unix)."""
        self.count()
        minutes = self._minutes.get(network_id, {})
        running = int(self._clock.unix() // 3600)
        found: list[tuple[float, AirSum]] = []
        for hour in range(running, running - count, -1):
            total = AirSum()
            for minute in range(hour * 60, hour * 60 + 60):
                if minute in minutes:
                    total.add(minutes[minute])
            found.append((hour * 3600.0, total))
        return found

    def count(self) -> None:
        """Adds up what waits."""
        with self._counting:
            now_unix, now_s = self._clock.unix(), self._clock.monotonic()
            for event in Turns().between(self._taken()):
                self._add(event, int((now_unix - now_s + event.at_s) // 60))

    def take_unsaved(self) -> tuple[list[MinuteRow], int]:
        """The minutes that changed, and the oldest one that is kept."""
        self.count()
        oldest = int(self._clock.unix() // 60) - KEPT_HOURS * 60
        for minutes in self._minutes.values():
            for minute in [each for each in minutes if each < oldest]:
                del minutes[minute]
        unsaved, self._unsaved = self._unsaved, set()
        return [
            MinuteRow(network_id, minute, *astuple(self._minutes[network_id][minute]))
            for network_id, minute in unsaved
            if minute in self._minutes[network_id]
        ], oldest

    def give_back(self, rows: Sequence[MinuteRow]) -> None:
        """These could not be saved; the next batch tries again."""
        self._unsaved |= {(row.network_id, row.minute) for row in rows}

    def _taken(self) -> list[OnAir | GatewayEvent]:
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _add(self, event: OnAir | GatewayEvent, minute: int) -> None:
        snapshot = self._snapshot()
        network_id = self._directory.network_served_by(event.gateway, snapshot)
        if network_id is None:
            return
        total = self._minutes.setdefault(network_id, {}).setdefault(minute, AirSum())
        if isinstance(event, OnAir):
            total.sent_packets += 1
            total.sent_bytes += event.length
            total.sent_ms += time_on_air_ms(event.length, event.profile or DEFAULT_PROFILE)
            if event.packet is not None and event.is_last:
                self._devices.asked(network_id, event.packet, snapshot)
        elif isinstance(event.message, Forwarded):
            length = HEADER_BYTES + len(event.message.body)
            profile = snapshot.networks[network_id].profile or DEFAULT_PROFILE
            total.heard_packets += 1
            total.heard_bytes += length
            total.heard_ms += time_on_air_ms(length, profile)
            self._devices.heard(network_id, event.message, snapshot)
        self._unsaved.add((network_id, minute))
