"""Finds lamps that have lost their group while nobody listened: they restarted with no host, or with no gateway.

A node that restarts announces itself once. Afterwards it is in group 0, where it heeds nothing that is meant for its
group, no question either. So whoever is in group 0 is asked for, in the background, whenever a network gets its
gateway; what hears the answers gives the known ones their group back (spec services, section 7.1).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import UNCONFIGURED
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.timings import Timings
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.gateway.reply_matcher import replies_from_any
from racelink_core.planning.addressing import network_of
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.planning.airtime_budget import AirtimeBudget
from racelink_core.protocol.bodies import GetDevices
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import HEADER_BYTES, RadioPacket
from racelink_core.protocol.replies import IdentifyReply
from racelink_core.services.arrivals import Arrivals
from racelink_core.services.tasks import Tasks
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_SETTLE_S = 3.0
"""Nodes that were switched on together with the host announce themselves meanwhile."""
_LOOK_AGAIN_S = 0.5
_QUIET_CALLS = 2
"""So many in a row without a lost lamp end it: one question is easily missed."""
_MOST_CALLS = 40
"""Of 200 lamps that all answer, a tenth is heard in the first; the others when those have their group again."""
_CALL_MS = time_on_air_ms(HEADER_BYTES + len(GetDevices(UNCONFIGURED).to_bytes()), DEFAULT_PROFILE)
_ANSWER_MS = time_on_air_ms(HEADER_BYTES + len(IdentifyReply(0, 0, 0, None).to_bytes()), DEFAULT_PROFILE)


class RollCall:
    """Called with every status of the gateways. `stop` ends it."""

    def __init__(
        self, store: Store, lane_of: Callable[[str], Lane], tasks: Tasks, clock: Clock, timings: Timings
    ) -> None:
        self._store, self._lane_of, self._tasks = store, lane_of, tasks
        self._clock, self._timings = clock, timings
        self._arrivals = Arrivals()
        self._stopped = threading.Event()
        self._cancellation = Cancellation()
        self._threads: dict[str, threading.Thread] = {}

    def __call__(self, status: PoolStatus) -> None:
        for network_id in self._arrivals.in_status(status):
            running = self._threads.get(network_id)
            if self._stopped.is_set() or (running is not None and running.is_alive()):
                continue
            thread = threading.Thread(
                target=self._run, args=(network_id,), name=f"rl-roll-call-{network_id}", daemon=True
            )
            self._threads[network_id] = thread
            thread.start()

    def stop(self, timeout_s: float) -> None:
        """Nothing more is asked, nor waited for. Harmless twice."""
        self._stopped.set()
        self._cancellation.cancel()
        for thread in tuple(self._threads.values()):
            thread.join(self._clock.system_s(timeout_s))

    def _run(self, network_id: str) -> None:
        try:
            self._call_until_quiet(network_id, self._clock.unix())
        except RaceLinkError as error:
            _log.info("Lamps without a group were not looked for on network %s: %s", network_id, error)
        except Exception:  # noqa: BLE001 - the edge of a worker
            _log.exception("Lamps without a group were not looked for on network %s", network_id)

    def _call_until_quiet(self, network_id: str, since_unix_s: float) -> None:
        """Inside the share of the time on air that healing may take."""
        share = self._store.snapshot.settings.healing_airtime_percent / 100
        budget = AirtimeBudget(share, self._clock.monotonic())
        quiet, wait_s = 0, _SETTLE_S
        for _ in range(_MOST_CALLS):
            self._wait(wait_s)
            while self._tasks.is_running and not self._stopped.is_set():
                self._wait(_LOOK_AGAIN_S)
            self._tasks.wait_while_paused()
            if self._stopped.is_set() or not self._is_anyone_missed(network_id, since_unix_s):
                return
            lost = self._call(network_id, budget)
            if lost:
                _log.info("%d lamps on network %s had lost their group", len(lost), network_id)
            quiet = 0 if lost else quiet + 1
            if quiet >= _QUIET_CALLS:
                return
            pause_s = self._timings.restore_cooldown_s if lost else _LOOK_AGAIN_S
            wait_s = max(pause_s, budget.wait_s(_CALL_MS, self._clock.monotonic()))

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(self._clock.system_s(seconds))

    def _is_anyone_missed(self, network_id: str, since_unix_s: float) -> bool:
        """Whether a lamp that has a group was not heard since."""
        snapshot, readings = self._store.snapshot, self._store.readings
        return any(
            device.group_id != UNCONFIGURED
            and network_of(device, snapshot) == network_id
            and readings.of(device.mac).last_seen_s < since_unix_s
            for device in in_slices(tuple(snapshot.devices.values()))
        )

    def _call(self, network_id: str, budget: AirtimeBudget) -> set[Mac]:
        """Those that are in group 0 and should not be. Raises NoGateway and what sending raises."""
        replies = self._lane_of(network_id).request(
            RadioPacket(BROADCAST, GetDevices(UNCONFIGURED)),
            lambda: replies_from_any(
                Opcode.DEVICES,
                idle_timeout_s=self._timings.collect_idle_s,
                max_timeout_s=self._timings.collect_base_s,
            ),
            Priority.BACKGROUND,
            attempts=1,
            cancellation=self._cancellation,
            may_ask=lambda: not self._stopped.is_set() and not self._tasks.is_running,
        )
        budget.spend(_CALL_MS + len(replies.events) * _ANSWER_MS, self._clock.monotonic())
        devices = self._store.snapshot.devices
        lost: set[Mac] = set()
        for event in replies.events:
            reply = event.message.reply if isinstance(event.message, Forwarded) else None
            if not isinstance(reply, IdentifyReply) or reply.mac is None or reply.mac not in devices:
                continue
            if devices[reply.mac].group_id != UNCONFIGURED:
                lost.add(reply.mac)
        return lost
