"""One address: tried until a gateway answers, watched until it is lost, and tried again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.gateway.errors import DuplicateGateway, GatewayTooOld, NotAGateway
from racelink_core.gateway.pool_status import GatewayProblem, SearchOrigin
from racelink_core.gateway.session import GatewaySession
from racelink_core.links.attempts import AttemptRefused, Attempts
from racelink_core.links.contract import LinkError, PortNotFound

_log = logging.getLogger(__name__)

PROBLEM_CODES = ("PORT_BUSY", "LINK_LOST", "GATEWAY_TOO_OLD", "HOST_ERROR", "NOT_FOUND")
"""The most important first."""


class AddressSearch:
    """Owns one greenlet from `start` to `stop`.

    is_present  whether the address is tried by timer: it is pinned, or its port is there. Otherwise it waits for `wake`
    joined      called with a session that is open; raises LinkError to refuse it
    left        called when that session has ended, with the reason
    changed     called when what `problem` says has changed
    """

    def __init__(
        self,
        url: str,
        attempts: Attempts,
        clock: Clock,
        *,
        new_session: Callable[[str], GatewaySession],
        joined: Callable[[GatewaySession], None],
        left: Callable[[GatewaySession, LinkError], None],
        changed: Callable[[], None],
    ) -> None:
        self.url = url
        self.is_present = True
        self.is_given_up = False
        self.origin: SearchOrigin = "auto"
        self.mac: Mac | None = None
        """The gateway that was last found here."""
        self.session: GatewaySession | None = None
        """Open, and taken by the pool."""
        self.problem: GatewayProblem | None = None
        self.was_tried = False
        self._attempts, self._clock, self._new_session = attempts, clock, new_session
        self._joined, self._left, self._changed = joined, left, changed
        self._opening: GatewaySession | None = None
        self._loss: LinkError | None = None
        self._is_stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"rl-gateway-search {url}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends attempt and session; returns when the greenlet has ended, after 1 s at the latest. Harmless twice."""
        self.begin_stop()
        if self._thread is not threading.current_thread() and self._thread.ident is not None:
            self._thread.join(1.0)

    def begin_stop(self) -> None:
        """As `stop`, without waiting for the greenlet."""
        self._is_stopped = True
        self._wake.set()
        for session in (self._opening, self.session):
            if session is not None:
                session.close()

    def retry(self, origin: SearchOrigin = "auto") -> None:
        """Back-off and cool-down start anew, and the address is tried as soon as the minimum interval allows."""
        self.origin, self.is_given_up = origin, False
        self._attempts.reset(self.url)
        self._wake.set()

    def give_up(self) -> None:
        """It is not tried any more until `retry`. An attempt in flight goes on."""
        self.is_given_up = True
        self._wake.set()

    def next_retry_in_s(self) -> float | None:
        if self.session is not None or not self.is_present or self.is_given_up:
            return None
        return max(0.0, self._attempts.next_at_s(self.url) - self._clock.monotonic())

    @property
    def failures(self) -> int:
        return self._attempts.failures(self.url)

    def _run(self) -> None:
        while not self._is_stopped:
            wait_s = self.next_retry_in_s()
            if wait_s is None or wait_s > 0:
                self._wake.wait(None if wait_s is None else self._clock.system_s(wait_s))
                self._wake.clear()
                continue
            self._wake.clear()
            try:
                self._try()
            except AttemptRefused:
                continue
            except LinkError as error:
                self._note(error)
            except Exception as error:  # noqa: BLE001 - the search must go on, whatever a driver or listener does
                _log.warning("%s: the search for a gateway failed and goes on", self.url, exc_info=True)
                self._note(LinkError(self.url, f"unexpected: {error}"))

    def _try(self) -> None:
        """Returns after a connection has ended; raises LinkError when none came about."""
        self._loss = None
        session = self._opening = self._new_session(self.url)
        session.on_lost = self._lost
        try:
            with self._attempts.attempt(self.url) as attempt:
                try:
                    session.open()
                    self._joined(session)
                except (NotAGateway, GatewayTooOld, DuplicateGateway):
                    attempt.not_ours()
                    raise
                attempt.success()
            self.session, self.mac = session, session.identity.mac
            self.problem, self.was_tried, self.origin = None, True, "auto"
            _log.info("Gateway %s is connected at %s", self.mac, self.url)
            self._changed()
            while session.is_open and not self._is_stopped:
                self._wake.wait()
                self._wake.clear()
        finally:
            self._opening = self.session = None
            session.close()
        loss = self._loss or session.last_error or LinkError(self.url, "the connection has ended")
        self._left(session, loss)
        if not self._is_stopped:
            raise loss

    def _lost(self, error: LinkError) -> None:
        """On the link's reader: whoever waits was told by the session; the rest is done on our own greenlet."""
        self._loss = error
        self._wake.set()

    def _note(self, error: LinkError) -> None:
        self.was_tried = True
        code = error.code if error.code in PROBLEM_CODES else "HOST_ERROR"
        if self.mac is not None and isinstance(error, PortNotFound):
            code = "LINK_LOST"
        is_news = self.problem is None or self.problem.code != code or self.origin == "manual"
        if is_news and not self._is_stopped:
            level = logging.INFO if isinstance(error, NotAGateway) else logging.WARNING
            _log.log(level, "No gateway (%s): %s", code, error)
        if is_news or self.problem is None or self.problem.reason != str(error):
            self.problem = GatewayProblem(self._clock.unix(), str(error), self.origin, code)
        self.origin = "auto"
        self._changed()
