"""Keeps what a run told lamps, beside the run: going through a fleet must not stand between two packets."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack

from racelink_core.domain.clock import Clock
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.mailbox import Mailbox
from racelink_core.services.outbound import Outbound
from racelink_core.services.scene_runner.traces import Traces

_log = logging.getLogger(__name__)
_MOST_WAITING = 100_000


class Bookkeeping:
    """A greenlet of its own from making until `close`, which waits until everything is kept.

    traces  what the run has left on lamps so far
    """

    def __init__(self, outbound: Outbound, snapshot: Snapshot, by: str, clock: Clock) -> None:
        self.traces = Traces()
        self._outbound, self._snapshot, self._by, self._clock = outbound, snapshot, by, clock
        self._work: Mailbox[Callable[[], object]] = Mailbox(_MOST_WAITING)
        self._thread = threading.Thread(target=self._keep, name="rl-scene-books", daemon=True)
        self._thread.start()

    def commanding(self, network_ids: Collection[str]) -> Callable[[], None]:
        """Nothing older is repeated to these networks, until what this returns is called and all before it kept."""
        stack = ExitStack()
        stack.enter_context(self._outbound.commanding(network_ids))

        def end() -> None:
            self._work.put(stack.close)

        return end

    def sent(self, network_id: str, packet: RadioPacket, outcome: SendOutcome) -> None:
        """At once when an outcome is known."""
        self._outbound.sent(network_id, packet, outcome)
        self.traces.sent(network_id, packet, outcome, self._clock.monotonic())
        self._work.put(lambda: self._outbound.remember(self._snapshot, network_id, (packet,), (outcome,), self._by))

    def later(self, work: Callable[[], object]) -> None:
        """Does `work` in its turn, away from the radio."""
        self._work.put(work)

    def close(self) -> None:
        self._work.close()
        self._thread.join()

    def _keep(self) -> None:
        while (work := self._work.take()) is not None:
            try:
                work()
            except Exception:  # noqa: BLE001 - the edge of a worker: what comes next must still be kept
                _log.exception("What a scene told the lamps could not be kept")
