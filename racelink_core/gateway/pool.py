"""All gateways of this host: searched for side by side, bound to their networks, and found again when lost.

Source: spec services, section 2; design 3.7 and section 6 "Sending".
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Protocol

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.timings import Timings
from racelink_core.gateway.errors import DuplicateGateway, NoGateway
from racelink_core.gateway.event_names import event_name
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.pool_status import (
    GatewayProblem,
    GatewayRecord,
    GatewayWait,
    PoolStatus,
    SearchOrigin,
    StatusCallback,
)
from racelink_core.gateway.port import Opener
from racelink_core.gateway.search import PROBLEM_CODES, AddressSearch
from racelink_core.gateway.session import GatewaySession
from racelink_core.gateway.traffic import Traffic
from racelink_core.links.attempts import Attempts
from racelink_core.links.contract import LinkError, PortInfo
from racelink_core.links.url import normalise
from racelink_core.protocol.gateway_messages import GatewayState
from racelink_core.protocol.identity import GatewayIdentity

_log = logging.getLogger(__name__)


class PortFinder(Opener, Protocol):
    """The part of `links.drivers.Drivers` that the pool needs."""

    def ports(self) -> tuple[PortInfo, ...]: ...
    def watch_ports(self, changed: Callable[[], None]) -> None: ...


class GatewayPool:
    """Without pins every port that could be a gateway is tried; with pins only these, whether listed or not.

    bind          says which network a gateway serves, or None; called once per connection, nothing held
    listener      gets what every gateway says, on the link's reader greenlet: be quick
    prepare_lane  called once with each new lane, before anybody can use it
    traffic       what all gateways said and were told lately
    """

    def __init__(
        self,
        drivers: PortFinder,
        clock: Clock,
        timings: Timings,
        *,
        pins: Sequence[str],
        bind: Callable[[GatewayIdentity, RadioProfile | None], str | None],
        listener: Callable[[GatewayEvent], None],
        prepare_lane: Callable[[Lane], None] = lambda lane: None,
        traffic: Traffic | None = None,
    ) -> None:
        self.traffic = traffic or Traffic()
        self._drivers, self._clock, self._timings = drivers, clock, timings
        self._pins = _normalised(pins)
        self._bind, self._listener, self._prepare_lane = bind, listener, prepare_lane
        self._attempts = Attempts(clock, timings, Random())
        self._searches: dict[str, AddressSearch] = {}
        self._lanes: dict[str, Lane] = {}
        self._owners: dict[Mac, GatewaySession] = {}
        self._networks: dict[str, str] = {}
        """Network by URL, while connected and after."""
        self._given_up: set[Mac] = set()
        self._present: frozenset[str] = frozenset()
        self._subscribers: list[StatusCallback] = []
        self._is_stopped = False
        self._has_scanned = self._was_ready = False
        self._scanned_at_s = 0.0
        self._empty_origin: SearchOrigin = "auto"
        self._ports_changed, self._status_changed = threading.Event(), threading.Event()
        self._threads = (
            threading.Thread(target=self._follow_ports, name="rl-gateway-ports", daemon=True),
            threading.Thread(target=self._tell, name="rl-gateway-status", daemon=True),
        )

    # Life

    def start(self) -> None:
        """Returns at once; the search goes on in the background until `stop`."""
        self._ports_changed.set()
        for thread in self._threads:
            thread.start()
        self._drivers.watch_ports(self._ports_changed.set)

    def stop(self) -> None:
        """Closes every session; all ports are free and all greenlets ended when it returns. Harmless twice."""
        self._is_stopped = True
        self._ports_changed.set()
        self._status_changed.set()
        searches = tuple(self._searches.values())
        for search in searches:
            search.begin_stop()
        for search in searches:
            search.stop()
        for lane in self._lanes.values():
            lane.detach("the host is stopping")
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(1.0)

    def retry(self) -> None:
        """By hand: back-off and cool-down start anew, everywhere."""
        self._empty_origin = "manual"
        self._was_ready = False
        self._given_up.clear()
        for search in tuple(self._searches.values()):
            if search.session is None:
                search.retry("manual")
        self._ports_changed.set()

    def rediscover(self) -> None:
        """Looks at every port again at once, also at those where something else answered."""
        self.retry()

    def give_up(self, mac: Mac) -> None:
        """This gateway is not looked for by timer any more, until it is plugged in or somebody retries by hand."""
        self._given_up.add(mac)
        for search in tuple(self._searches.values()):
            if search.mac == mac and search.session is None:
                search.give_up()
        self._changed()

    def waits_for(self, mac: Mac) -> GatewayWait:
        """How a gateway that is missing is looked for."""
        waits = [
            wait_s
            for search in tuple(self._searches.values())
            if search.mac == mac and (wait_s := search.next_retry_in_s()) is not None
        ]
        return GatewayWait(min(waits, default=None), mac in self._given_up)

    def set_pins(self, pins: Sequence[str]) -> None:
        """Sessions on addresses that are not wanted any more are closed."""
        self._pins = _normalised(pins)
        self._ports_changed.set()

    # Use

    def lane(self, network_id: str) -> Lane:
        """Raises NoGateway while no gateway serves the network. The lane of a network is always the same object."""
        lane = self._lanes.get(network_id)
        if lane is None or lane.session is None:
            raise NoGateway(network_id)
        return lane

    def lanes(self) -> Mapping[str, Lane]:
        """Those that a gateway serves now, by network id."""
        return {network_id: lane for network_id, lane in self._lanes.items() if lane.session is not None}

    def sessions(self) -> tuple[GatewaySession, ...]:
        """Of all gateways that are connected, whether a network uses them or not."""
        return tuple(search.session for search in tuple(self._searches.values()) if search.session is not None)

    def status(self) -> PoolStatus:
        searches = tuple(self._searches.values())
        records = tuple(record for search in searches if (record := self._record(search)) is not None)
        ready = any(record.is_connected for record in records)
        return PoolStatus(ready, self._worst(searches, ready=ready), records)

    def subscribe(self, callback: StatusCallback) -> Callable[[], None]:
        """Calls back after every change, several at once as one, on a greenlet of the pool. Returns the unsubscribe."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    # The search

    def _follow_ports(self) -> None:
        while self._ports_changed.wait() and not self._is_stopped:
            self._ports_changed.clear()
            try:
                self._scan()
            except Exception:  # noqa: BLE001 - the next change of ports is looked at all the same
                _log.warning("The ports could not be looked at", exc_info=True)

    def _scan(self) -> None:
        present = frozenset(port.url for port in self._drivers.ports())
        appeared, self._present = present - self._present, present
        pins = self._pins
        wanted = frozenset(pins) if pins else present
        for url, search in tuple(self._searches.items()):
            search.is_present = url in present or url in pins
            is_missed = not pins and search.mac is not None
            if url not in wanted and not is_missed:
                del self._searches[url]
                self._networks.pop(url, None)
                search.stop()
            elif url in appeared and search.session is None:
                if search.mac is not None:
                    self._given_up.discard(search.mac)
                search.retry()
        for url in wanted:
            if url not in self._searches and not self._is_stopped:
                search = AddressSearch(
                    url,
                    self._attempts,
                    self._clock,
                    new_session=self._new_session,
                    joined=self._joined,
                    left=self._left,
                    changed=self._changed,
                )
                self._searches[url] = search
                search.start()
        if not wanted and not (self._has_scanned and self._empty_origin == "auto"):
            _log.warning("No port is there that could be a RaceLink gateway. Plug one in; it is found by itself.")
        self._has_scanned, self._scanned_at_s = True, self._clock.unix()
        self._changed()

    def _new_session(self, url: str) -> GatewaySession:
        return GatewaySession(url, self._drivers, self._clock, self._timings, self._listener, traffic=self.traffic)

    def _joined(self, session: GatewaySession) -> None:
        """Raises DuplicateGateway, and LinkError when it was lost meanwhile."""
        identity = session.identity
        owner = self._owners.get(identity.mac)
        if owner is not None and owner.is_open:
            raise DuplicateGateway(session.url, identity.mac, owner.url)
        self._owners[identity.mac] = session
        self._given_up.discard(identity.mac)
        network_id = self._bind(identity, session.profile)
        if network_id is None:
            _log.warning("Gateway %s at %s is connected, but no network uses it", identity.mac, session.url)
        else:
            lane = self._lanes.get(network_id)
            if lane is None:
                lane = Lane(network_id, None, self._clock, self._timings)
                self._prepare_lane(lane)
                self._lanes[network_id] = lane
            if lane.session is not None and lane.session.is_open:
                other = lane.session.identity.mac
                _log.warning("Network %r is served by gateway %s; %s is not used", network_id, other, identity.mac)
                network_id = None
            else:
                lane.attach(session)
        if not session.is_open:
            self._detach(session, str(session.last_error))
            raise session.last_error or LinkError(session.url, "the connection has ended")
        for url, search in tuple(self._searches.items()):
            if search.mac == identity.mac and url != session.url and url not in self._present | set(self._pins):
                # The same gateway came back under another name.
                del self._searches[url]
                search.stop()
        if network_id is not None:
            self._networks[session.url] = network_id
        self._was_ready = True

    def _left(self, session: GatewaySession, error: LinkError) -> None:
        self._detach(session, str(error))
        for search in self._searches.values():
            if search.session is None and search.url != session.url and search.mac is None:
                problem = search.problem
                if problem is not None and problem.code == DuplicateGateway.code:
                    search.retry()
        self._changed()

    def _detach(self, session: GatewaySession, reason: str) -> None:
        for lane in self._lanes.values():
            if lane.session is session:
                lane.detach(reason)

    # The status

    def _changed(self) -> None:
        self._status_changed.set()

    def _tell(self) -> None:
        while self._status_changed.wait() and not self._is_stopped:
            self._status_changed.clear()
            status = self.status()
            for callback in tuple(self._subscribers):
                try:
                    callback(status)
                except Exception:  # noqa: BLE001 - one subscriber must not keep the others from knowing
                    _log.warning("A subscriber of the gateway status failed", exc_info=True)

    def _record(self, search: AddressSearch) -> GatewayRecord | None:
        session = search.session
        if search.mac is None:
            return None
        return GatewayRecord(
            mac=search.mac,
            url=search.url,
            network_id=self._networks.get(search.url),
            is_connected=session is not None,
            state=GatewayState.UNKNOWN if session is None else session.state,
            window_ms=0 if session is None else session.window_ms,
            profile=None if session is None else session.profile,
            last_event=None if session is None else self._last_event(session),
            last_error=None if search.problem is None else search.problem.reason,
            overhead_ms=0.0 if session is None else session.overhead_ms,
        )

    def _last_event(self, session: GatewaySession) -> tuple[float, str] | None:
        if session.last_event is None:
            return None
        message, at_s = session.last_event
        return self._clock.unix() - (self._clock.monotonic() - at_s), event_name(message)

    def _worst(self, searches: Sequence[AddressSearch], *, ready: bool) -> GatewayProblem | None:
        """While a gateway is connected, only those count that are missed: pinned, or there before."""
        if not searches and self._has_scanned:
            return self._nothing_there()
        counted = [
            search
            for search in searches
            if search.problem is not None and (not ready or search.mac is not None or search.url in self._pins)
        ]
        if not counted or (not ready and not all(search.was_tried for search in searches)):
            return None
        worst = min(counted, key=lambda search: PROBLEM_CODES.index(_code(search)))
        problem = worst.problem
        if problem is None:
            return None
        code = "LINK_LOST" if problem.code == "NOT_FOUND" and self._was_ready and not ready else problem.code
        return replace(problem, code=code, failure_count=worst.failures, next_retry_in_s=worst.next_retry_in_s())

    def _nothing_there(self) -> GatewayProblem:
        if self._pins:
            reason = f"The pinned ports are not searched yet: {', '.join(self._pins)}"
        else:
            reason = "No RaceLink gateway found: no port is there that could be one. Plug it in; it is found by itself."
        return GatewayProblem(self._scanned_at_s, reason, self._empty_origin, "NOT_FOUND")


def _code(search: AddressSearch) -> str:
    return search.problem.code if search.problem is not None else "NOT_FOUND"


def _normalised(pins: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(pin) for pin in pins))
