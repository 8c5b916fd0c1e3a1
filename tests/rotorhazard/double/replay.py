"""Replays recorded events; what the recording lacks is filled as spec rotorhazard, section 2 says."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from tests.rotorhazard.double.contract import payload_sample, recorded_events
from tests.rotorhazard.double.race import CHANNELS
from tests.rotorhazard.double.server import RotorHazard

_BURST = "PROFILE_ALTER/..._AT_LEVEL_SET"
_MONOTONIC = ("pi_staging_at_s", "pi_starts_at_s", "scheduled_at_monotonic", "scheduled_at")
_EPOCH_MS = ("server_staging_epoch_ms", "server_start_epoch_ms")


class Lap(dict[str, Any]):
    """Empty as a mapping, read by attribute."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__()
        self.__dict__.update(values)


def replay(server: RotorHazard, scenario: str, after: Callable[[str], None] = lambda event: None) -> None:
    """Fires event after event, without the pauses between them; `after` is called when all handlers are done."""
    events = recorded_events(scenario)
    shift_s = _shift_s(events)
    for recorded in events:
        for event, args in _filled(recorded, shift_s):
            server.rhapi.race.follow(event, args, recorded["race_status"])
            server.fire(event, args)
        after(recorded["event"])


def _filled(recorded: dict[str, Any], shift_s: float) -> list[tuple[str, dict[str, Any]]]:
    event, args = recorded["event"], copy.deepcopy(recorded.get("args") or {})
    if event == _BURST:
        return [(name, {"nodeIndex": 0}) for name in ("ENTER_AT_LEVEL_SET", "EXIT_AT_LEVEL_SET")]
    if event == "FREQUENCY_SET" and recorded.get("repeat") == len(CHANNELS):
        return [
            (event, {"nodeIndex": seat, "band": band, "channel": channel, "frequency": frequency})
            for seat, (band, channel, frequency) in enumerate(CHANNELS)
        ]
    for name in _MONOTONIC:
        if isinstance(args.get(name), int | float):
            args[name] += shift_s
    for name in _EPOCH_MS:
        if isinstance(args.get(name), int | float):
            args[name] = time.time() * 1000
    if event in ("RACE_LAP_RECORDED", "RACE_PILOT_DONE"):
        args.setdefault("results", payload_sample("results"))
        args.setdefault("gap_info", payload_sample("gap_info"))
    if "lap" in args:
        args["lap"] = Lap({**payload_sample("lap"), **args["lap"]})
    if "win_status" in args:
        args["win_status"] = payload_sample("win_status")
    return [(event, args) for _ in range(recorded.get("repeat", 1))]


def _shift_s(events: list[dict[str, Any]]) -> float:
    """So that the recorded race starts as long from now as it did from its RACE_STAGE."""
    for recorded in events:
        if recorded["event"] == "RACE_STAGE":
            return float(time.monotonic() - recorded["t_from_start"] - recorded["args"]["pi_starts_at_s"])
    return 0.0
