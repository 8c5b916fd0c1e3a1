"""A RotorHazard plugin that measures ours from inside the real server; never shipped.

It triggers a race event as the server does, and notes on the system's monotonic clock: the event fired, the first
line of RaceLink's callback, the end of the packet that was in the slot, and the first byte handed to the gateway's
port. With RACELINK_PROBE_STARTS, where simulated lamps say what they show, it starts races instead and notes when each
lamp changed. Results go to `probe.json` in the data directory.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

logger = logging.getLogger(__name__)
WARM_UP, ROUNDS, STARTS = 10, 300, 30
SHOW_BRIGHTNESS = 91
"""Of no other packet."""
EVENT = "raceWin"
Row = dict[str, float]


class Probe:
    """One measurement at a time."""

    def __init__(self, rhapi: Any) -> None:
        self._rhapi = rhapi
        self._callback_s = 0.0
        self._foreign_end_s = 0.0
        self._command: Any = None
        self._ended = threading.Event()

    def run(self) -> None:
        result: dict[str, Any]
        try:
            host = _host()
            deadline_s = time.monotonic() + 60
            while not host.gateways.lanes() and time.monotonic() < deadline_s:
                time.sleep(0.2)
            # The server starts these with its first browser.
            sys.modules["__main__"].start_background_threads(True)
            time.sleep(2)
            nodes_url = os.environ.get("RACELINK_PROBE_STARTS")
            result = self._measure_events(host) if nodes_url is None else {"starts": self._measure_starts(nodes_url)}
        except Exception as error:
            logger.exception("The probe failed")
            result = {"error": repr(error)}
        target = Path(self._rhapi.server.data_dir, "probe.json")
        target.with_suffix(".part").write_text(json.dumps(result))
        target.with_suffix(".part").rename(target)

    def _measure_starts(self, nodes_url: str) -> list[dict[str, Any]]:
        rhapi, staged, started = self._rhapi, [], threading.Event()
        rhapi.events.on(
            "raceStage", lambda args: staged.append(args["pi_starts_at_s"]), priority=10, name="probe_stage"
        )
        rhapi.events.on("raceStart", lambda _args: started.set(), priority=200, name="probe_start")
        rhapi.db.raceformat_alter(
            rhapi.race.raceformat.id, staging_fixed_tones=1, start_delay_min_ms=0, start_delay_max_ms=1500
        )
        found = []
        for number in range(STARTS):
            started.clear()
            rhapi.race.stage()
            if not started.wait(20):
                raise RuntimeError(f"start {number}: the race did not start")
            time.sleep(0.4)
            with urlopen(nodes_url, timeout=10) as answer:
                changed_ms = [row["shown_since_ms"] for row in json.load(answer) if row["on"]]
            start_s = staged[-1]
            found.append({"at_s": start_s, "lamps_ms": [changed - start_s * 1000 for changed in changed_ms]})
            rhapi.race.stop()
            time.sleep(0.5)
            rhapi.race.clear()
            time.sleep(0.5)
        return found

    def _measure_events(self, host: Any) -> dict[str, Any]:
        _discover(host)
        time.sleep(2)  # the effects are registered anew when the groups change
        self._watch()
        self._measure(WARM_UP)
        if "RACELINK_PROBE_SHOW" in os.environ:
            return {"show": self._measure_with_show(host)}
        return {"idle": self._measure(ROUNDS), "traffic": self._measure_with_traffic(host)}

    def _watch(self) -> None:
        from EventActions import EventActions

        effect = EventActions.effects["gcaction"]
        perform = effect.effect_fn

        def noted_callback(action: Any, args: Any) -> Any:
            self._callback_s = time.monotonic()
            try:
                return perform(action, args)
            finally:
                self._ended.set()

        effect.effect_fn = noted_callback
        session = sys.modules["racelink_core.gateway.session"].GatewaySession
        send = session.send
        opcodes = sys.modules["racelink_core.domain.opcode"].Opcode
        of_a_poll = (opcodes.STATUS, opcodes.DEVICES)

        def noted_send(sending: Any, packet: Any, **options: Any) -> Any:
            outcome = send(sending, packet, **options)
            sent = getattr(packet, "packet", packet)
            if sent.opcode in of_a_poll or getattr(sent.body, "brightness", None) == SHOW_BRIGHTNESS:
                self._foreign_end_s = outcome.done_at_s or self._foreign_end_s
            elif self._command is None:
                self._command = outcome
            return outcome

        session.send = noted_send

    def _measure(self, rounds: int) -> list[Row]:
        rows = []
        for number in range(rounds):
            self._command = None
            self._ended.clear()
            fired_s = time.monotonic()
            self._rhapi.events.trigger(EVENT, {"node_index": 0, "color": number})
            if not self._ended.wait(10) or self._command is None:
                raise RuntimeError(f"round {number}: nothing was sent")
            outcome, callback_s = self._command, self._callback_s
            if outcome.written_at_s is None:
                raise RuntimeError(f"round {number}: {outcome}")
            if outcome.attempts == 1:  # one that the gateway's own autosync pushed aside waited for the gateway
                free_s = callback_s
                if callback_s < self._foreign_end_s <= outcome.written_at_s:
                    free_s = self._foreign_end_s
                rows.append(
                    {
                        "from_event_ms": (outcome.written_at_s - fired_s) * 1e3,
                        "from_callback_ms": (outcome.written_at_s - callback_s) * 1e3,
                        "from_event_free_ms": (outcome.written_at_s - fired_s - (free_s - callback_s)) * 1e3,
                        "from_callback_free_ms": (outcome.written_at_s - free_s) * 1e3,
                    }
                )
            time.sleep(0.08 + (number % 17) * 0.003)
        return rows

    def _measure_with_traffic(self, host: Any) -> list[Row]:
        """A status poll over and over: requests wait for replies while race events come in."""
        ended = threading.Event()
        target = sys.modules["racelink_core.domain.target"].BroadcastTarget()

        def poll() -> None:
            while not ended.wait(0.02):
                if not _is_busy(host):
                    host.status.start(target, _origin())

        poller = threading.Thread(target=poll, daemon=True)
        poller.start()
        try:
            return self._measure(ROUNDS)
        finally:
            ended.set()
            poller.join(5)

    def _measure_with_show(self, host: Any) -> list[Row]:
        """A scene of an operator over and over, while pages listen to live events."""
        pages = Path(self._rhapi.server.data_dir, "pages")
        while not pages.exists():
            time.sleep(0.1)
        time.sleep(3)
        ended = threading.Event()
        request = _show()

        def play() -> None:
            while not ended.is_set():
                host.scene_runner.wait(host.scene_runner.start(request))

        player = threading.Thread(target=play, daemon=True)
        player.start()
        try:
            return self._measure(ROUNDS)
        finally:
            ended.set()
            host.scene_runner.stop()
            player.join(5)


def _show() -> Any:
    """A light every tenth of a second."""
    scenes, requests = (
        sys.modules["racelink_core.domain.scene"],
        sys.modules["racelink_core.services.scene_runner.request"],
    )
    light = {
        "kind": "rl_preset",
        "target": {"kind": "broadcast"},
        "params": {"presetId": 2, "brightness": SHOW_BRIGHTNESS},
    }
    actions = [light, {"kind": "delay", "duration_ms": 100}] * 10
    return requests.RunRequest(
        "show", scenes.Choreography.model_validate({"actions": actions}), _origin(), is_draft=True
    )


def _host() -> Any:
    return next(found for found in gc.get_objects() if type(found).__name__ == "Host" and hasattr(found, "gateways"))


def _origin() -> Any:
    origins = sys.modules["racelink_core.domain.origin"]
    return origins.Origin("probe", origins.Priority.OPERATOR)


def _is_busy(host: Any) -> bool:
    task = host.tasks.current()
    return task is not None and task.state == "running"


def _discover(host: Any) -> None:
    """A poll asks only those that are known."""
    host.discovery.start(None, "All", discovery_group="all", origin=_origin())
    while _is_busy(host):
        time.sleep(0.2)
    if not host.store.snapshot.devices:
        raise RuntimeError("no node was found")


def initialize(rhapi: Any) -> None:
    probe = Probe(rhapi)

    def started(_args: Any) -> None:
        threading.Thread(target=probe.run, name="probe", daemon=True).start()

    rhapi.events.on("startup", started, name="probe_startup")
