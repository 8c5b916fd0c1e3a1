"""After every fire-and-forget command: do the lamps follow? In the background, inside a share of the time on air."""

from __future__ import annotations

from collections.abc import Callable

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.device import Device
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.settings import Settings
from racelink_core.domain.timings import Timings
from racelink_core.gateway.lane import Lane
from racelink_core.planning.addressing import network_of
from racelink_core.planning.light import light_of
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import IdentifyReply, StatusReply
from racelink_core.services.armed_nodes import ArmedNodes
from racelink_core.services.healing.figures import Figures
from racelink_core.services.healing.following import Following
from racelink_core.services.healing.network import NetworkHealing, Surroundings
from racelink_core.services.presence import Presence
from racelink_core.services.problems import Problem
from racelink_core.services.startblock import Startblock
from racelink_core.services.tasks import Tasks
from racelink_core.services.told_state import Commanded, ToldState
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_NAMED = 5
_AFTER_RESTART = 2
"""A lamp that has restarted gets its group first; it is asked after so many times the usual delay."""


class Healing:
    """On by default; off, STATUS is still compared with what was told whenever one comes in."""

    def __init__(
        self,
        *,
        store: Store,
        lane_of: Callable[[str], Lane],
        armed: ArmedNodes,
        told: ToldState,
        presence: Presence,
        tasks: Tasks,
        startblock: Startblock,
        clock: Clock,
        timings: Timings,
        duty_left: Callable[[str], float] = lambda network_id: 1.0,
    ) -> None:
        """`duty_left`: share 0..1 that is left of what the region lets a network send in an hour; 1 = no limit."""
        self._store, self._tasks, self._startblock, self._clock, self._timings = (
            store,
            tasks,
            startblock,
            clock,
            timings,
        )
        self._following = Following(store, clock, timings.late_answer_s)
        self._around = Surroundings(
            store=store,
            lane_of=lane_of,
            armed=armed,
            told=told,
            presence=presence,
            following=self._following,
            clock=clock,
            timings=timings,
            hindrance=self._hindrance,
            duty_left=duty_left,
        )
        self._networks: dict[str, NetworkHealing] = {}
        self._settings = store.snapshot.settings
        self._paused_until_s: float | None = None
        self._is_stopped = False
        told.listener = self._commanded
        self._unsubscribe = store.subscribe(self._store_changed)

    def start(self) -> None:
        """Goes on where the last run ended."""
        self._look_at_everyone()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Harmless twice."""
        self._is_stopped = True
        self._unsubscribe()
        for network in tuple(self._networks.values()):
            network.stop(timeout_s)

    def pause(self) -> None:
        """A race is staging: nothing of ours may be on air. Ends by `resume`, at the latest after 3 minutes."""
        self._paused_until_s = self._clock.monotonic() + self._timings.healing_pause_s

    def resume(self) -> None:
        """Harmless without a pause. What follows upon the start goes first."""
        if self._paused_until_s is None:
            return
        self._paused_until_s = None
        for network in self._networks.values():
            network.be_quiet()

    def heard(self, device: Device, message: Forwarded, was_offline: bool) -> None:
        """By the gateway of the device's own network, after its reading was updated."""
        network_id = network_of(device, self._store.snapshot)
        if network_id is None or self._following.told(device.mac) is None:
            return
        differences: tuple[str, ...] = ()
        if isinstance(message.reply, StatusReply):
            differences = self._following.judge(device.mac, message.reply, is_fresh=False)
        has_restarted = isinstance(message.reply, IdentifyReply) and message.receiver == BROADCAST
        if has_restarted:
            self._following.restarted(device.mac)
        if not self._is_on:
            return
        if has_restarted:
            self._network(network_id).returned(device.mac, _AFTER_RESTART * self._timings.healing_delay_s)
        elif was_offline:
            self._network(network_id).returned(device.mac, self._timings.healing_delay_s)
        elif differences:
            self._network(network_id).differs(device.mac)

    @property
    def figures(self) -> tuple[Figures, ...]:
        """One entry per network."""
        return tuple(self._network(network_id).figures for network_id in self._store.snapshot.networks)

    def problems(self) -> tuple[Problem, ...]:
        """Lamps that were given up."""
        devices = self._store.snapshot.devices
        names = [devices[mac].name for network in self._networks.values() for mac in network.given_up if mac in devices]
        if not names:
            return ()
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        who = f"{', '.join(names[:_NAMED])}{more}"
        verb = "does" if len(names) == 1 else "do"
        text = f"{who} {verb} not show what was commanded, also after repeating. Check power and reception there."
        return (Problem("lamps_do_not_follow", text),)

    @property
    def _is_on(self) -> bool:
        return self._settings.healing and not self._is_stopped

    def _commanded(self, commanded: Commanded) -> None:
        network = self._network(commanded.network_id)
        if commanded.overlay_s:
            network.overlaid(commanded.macs, commanded.overlay_s)
        elif self._is_on:
            network.commanded(commanded.macs)

    def _hindrance(self) -> str | None:
        if self._paused_until_s is not None:
            if self._clock.monotonic() < self._paused_until_s:
                return "paused until the race has started"
            self._paused_until_s = None
        if self._startblock.streaming:  # our questions' answers would drown its acknowledgements
            return "waiting until the starting blocks are told"
        return "waiting for a task to end" if self._tasks.is_running else None

    def _store_changed(self, change: Change) -> None:
        settings = self._store.snapshot.settings
        if not change.scopes & {Scope.SETTINGS, Scope.FULL} or settings == self._settings:
            return
        before, self._settings = self._settings, settings
        for network in self._networks.values():
            network.change_share(_share(settings))
            if not settings.healing:
                network.clear()
        if settings.healing and not before.healing:
            self._look_at_everyone()

    def _look_at_everyone(self) -> None:
        """Those of whom it is not known that they follow what they were told lately."""
        if not self._is_on:
            return
        due_s = self._clock.monotonic() + self._timings.healing_delay_s
        for device in in_slices(tuple(self._store.snapshot.devices.values())):
            network_id = network_of(device, self._store.snapshot)
            if network_id is not None and self._is_open(device.mac):
                self._network(network_id).open(device.mac, due_s)

    def _is_open(self, mac: Mac) -> bool:
        reading = self._store.readings.of(mac)
        if reading.told is None or light_of(reading.told).is_empty:
            return False
        if self._following.age_s(reading.told) > self._timings.healing_memory_s:
            return False
        return reading.follows in ("unknown", "no") or self._following.has_unseen_left(mac)

    def _network(self, network_id: str) -> NetworkHealing:
        found = self._networks.get(network_id)
        if found is None:
            found = self._networks[network_id] = NetworkHealing(network_id, self._around, _share(self._settings))
        return found


def _share(settings: Settings) -> float:
    return settings.healing_airtime_percent / 100
