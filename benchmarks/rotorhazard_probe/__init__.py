"""A RotorHazard plugin that measures ours from inside the real server; never shipped.

It triggers a race event as the server does, and notes three moments on the system's monotonic clock: the
event fired, the first line of RaceLink's callback, and the first byte handed to the gateway's port. Results go to
`probe.json` in the data directory.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
ROUNDS = 300
EVENT = "raceWin"


class Probe:
    """One measurement at a time: `fired_s`, `callback_s`, then the stamp of the first write after it."""

    def __init__(self, rhapi: Any) -> None:
        self._rhapi = rhapi
        self.callback_s = 0.0
        self.written = threading.Event()
        self.written_s = 0.0
        self.slot_free_s = 0.0

    def run(self) -> None:
        try:
            self._watch_callback()
            self._watch_lane()
            host = self._host()
            deadline_s = time.monotonic() + 60
            while not host.gateways.status().ready and time.monotonic() < deadline_s:
                time.sleep(0.2)
            result = {"idle": self._measure(), "traffic": self._measure_with_traffic(host)}
        except Exception as error:
            logger.exception("probe failed")
            result = {"error": repr(error)}
        Path(self._rhapi.server.data_dir, "probe.json").write_text(json.dumps(result))

    def _host(self) -> Any:
        return next(
            found for found in gc.get_objects() if type(found).__name__ == "Host" and hasattr(found, "gateways")
        )

    def _watch_callback(self) -> None:
        from EventActions import EventActions  # type: ignore[import-not-found]

        effect = EventActions.effects["gcaction"]
        inner = effect.effect_fn

        def noted(action: Any, args: Any) -> Any:
            self.callback_s = time.monotonic()
            return inner(action, args)

        effect.effect_fn = noted

    def _watch_lane(self) -> None:
        session = sys.modules["racelink_core.gateway.session"].GatewaySession
        inner = session.send

        def noted(sending: Any, packet: Any, *args: Any, **kwargs: Any) -> Any:
            outcome = inner(sending, packet, *args, **kwargs)
            if self.callback_s and outcome.written_at_s is not None and outcome.written_at_s >= self.callback_s:
                if not self.written.is_set():
                    self.written_s = outcome.written_at_s
                    self.written.set()
            elif outcome.done_at_s is not None:
                self.slot_free_s = outcome.done_at_s
            return outcome

        session.send = noted

    def _measure(self) -> list[dict[str, float]]:
        rows = []
        for number in range(ROUNDS):
            self.callback_s = 0.0
            self.written.clear()
            fired_s = time.monotonic()
            self._rhapi.events.trigger(EVENT, {"node_index": 0, "color": number})
            if not self.written.wait(5):
                raise RuntimeError(f"round {number}: nothing was written")
            free_s = max(self.slot_free_s, self.callback_s)
            rows.append(
                {
                    "from_event_ms": (self.written_s - fired_s) * 1e3,
                    "from_callback_ms": (self.written_s - self.callback_s) * 1e3,
                    "from_free_slot_ms": (self.written_s - free_s) * 1e3,
                }
            )
            time.sleep(0.13 + (number % 17) * 0.003)
        return rows

    def _measure_with_traffic(self, host: Any) -> list[dict[str, float]]:
        """A status poll over and over: requests wait for replies while race events come in."""
        ended = threading.Event()

        def poll() -> None:
            target = sys.modules["racelink_core.domain.target"].BroadcastTarget()
            origins = sys.modules["racelink_core.domain.origin"]
            while not ended.is_set():
                if host.tasks.current() is None or host.tasks.current().state != "running":
                    host.status.start(target, origins.Origin("probe", origins.Priority.OPERATOR))
                time.sleep(0.05)

        poller = threading.Thread(target=poll, daemon=True)
        poller.start()
        try:
            return self._measure()
        finally:
            ended.set()
            poller.join(5)


def initialize(rhapi: Any) -> None:
    probe = Probe(rhapi)

    def started(_args: Any) -> None:
        threading.Thread(target=probe.run, name="rl-probe", daemon=True).start()

    rhapi.events.on("startup", started, name="rl_probe_startup")
