"""The air between stations: who hears whom, what collides, what is lost.

Source: spec gateway-and-node-model, section B.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from racelink_core.domain.address import Mac
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.sim.engine import Engine, Timer
from racelink_core.sim.knobs import LinkQuality, SimulationKnobs

LOG_LENGTH = 20_000
MAX_RADIO_BYTES = 64

ChannelKey = tuple[int, int, int, int]


def channel_key(profile: RadioProfile) -> ChannelKey:
    """What two radios must share to hear each other: frequency, bandwidth, spreading factor, sync word."""
    return profile.freq_hz, profile.bw_khz_x10, profile.sf, profile.sync_word


class Station(Protocol):
    """A gateway or a node. `listening_since_s` is None while it hears nothing."""

    mac: Mac
    network_id: str
    listening_since_s: float | None

    def hear(self, raw: bytes, rssi_dbm: int, snr_db: int) -> None: ...


@dataclass(slots=True)
class Transmission:
    """One packet on air, seconds of the engine. `heard_by` is known when it has ended."""

    sender: Station
    key: ChannelKey
    raw: bytes
    start_s: float
    end_s: float
    heard_by: list[Mac] = field(default_factory=list)
    is_cut: bool = False
    timer: Timer | None = None


class Air:
    """Everything that is on air. `log` keeps the last 20000 packets, in the order in which they began."""

    def __init__(self, engine: Engine, knobs: SimulationKnobs, random: Random) -> None:
        self.log: deque[Transmission] = deque(maxlen=LOG_LENGTH)
        self.loss: dict[str, float] = {}
        """Extra loss probability by MAC of the sender or receiver; "*" is every link."""
        self._engine, self._knobs, self._random = engine, knobs, random
        self._tuned: dict[Station, ChannelKey] = {}
        self._members: dict[ChannelKey, dict[Station, None]] = {}
        self._recent: dict[ChannelKey, deque[Transmission]] = {}

    def use_loss_random(self, random: Random) -> None:
        """From now on losses are drawn from `random`."""
        self._random = random

    def tune(self, station: Station, profile: RadioProfile | None) -> None:
        """Puts a station on a channel; None takes it off the air."""
        old = self._tuned.pop(station, None)
        if old is not None:
            del self._members[old][station]
        if profile is not None:
            key = channel_key(profile)
            self._tuned[station] = key
            self._members.setdefault(key, {})[station] = None

    def transmit(self, sender: Station, raw: bytes, profile: RadioProfile, done: Callable[[], None]) -> Transmission:
        """Puts a packet on air now; `done` is called when its last symbol is out."""
        start_s = self._engine.now_s
        end_s = start_s + _airtime_s(len(raw), profile)
        sent = Transmission(sender, channel_key(profile), raw, start_s, end_s)
        self.log.append(sent)
        recent = self._recent.setdefault(sent.key, deque())
        while recent and recent[0].end_s < start_s - 10.0:
            recent.popleft()
        recent.append(sent)

        def end() -> None:
            self._deliver(sent)
            done()

        sent.timer = self._engine.call_at(end_s, end)
        return sent

    def cut(self, sent: Transmission) -> None:
        """The sender stopped in the middle: nobody receives the packet, and the rest of it disturbs nobody."""
        sent.is_cut = True
        sent.end_s = min(sent.end_s, self._engine.now_s)
        if sent.timer is not None:
            sent.timer.cancel()

    def is_busy(self, station: Station, at_s: float) -> bool:
        """Whether a packet of another station is on air on this station's channel at `at_s`."""
        recent = self._recent.get(self._tuned[station], ()) if station in self._tuned else ()
        return any(one.start_s <= at_s < one.end_s and one.sender is not station for one in reversed(recent))

    def _deliver(self, sent: Transmission) -> None:
        rivals = [
            other
            for other in self._recent[sent.key]
            if other is not sent and other.start_s < sent.end_s and other.end_s > sent.start_s
        ]
        start_s = sent.start_s
        for station in tuple(self._members.get(sent.key, ())):
            since_s = station.listening_since_s
            if since_s is None or since_s > start_s or station is sent.sender:
                continue
            quality = self._quality(sent.sender, station)
            if rivals and not self._survives(station, quality, rivals):
                continue
            if self._is_lost(sent.sender, station, quality):
                continue
            sent.heard_by.append(station.mac)
            station.hear(sent.raw[:MAX_RADIO_BYTES], quality.rssi_dbm, quality.snr_db)

    def _quality(self, sender: Station, receiver: Station) -> LinkQuality:
        knobs = self._knobs
        return (
            knobs.link_quality.get((sender.mac, receiver.mac), knobs.quality) if knobs.link_quality else knobs.quality
        )

    def _survives(self, receiver: Station, quality: LinkQuality, rivals: list[Transmission]) -> bool:
        margin_db = self._knobs.capture_db
        if margin_db is None:
            return False
        return all(
            quality.rssi_dbm - self._quality(rival.sender, receiver).rssi_dbm >= margin_db
            for rival in rivals
            if rival.sender is not receiver
        )

    def _is_lost(self, sender: Station, receiver: Station, quality: LinkQuality) -> bool:
        chances = [quality.loss]
        if self.loss:
            chances += [self.loss.get(name, 0.0) for name in ("*", sender.mac, receiver.mac)]
        return any(chance > 0.0 and self._random.random() < chance for chance in chances)


def _airtime_s(packet_bytes: int, profile: RadioProfile) -> float:
    return time_on_air_ms(packet_bytes, profile) / 1000
