"""RotorHazard's log is slow and an error in it pops up on every page: a race leaves few lines of ours there."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.race_bindings import bind_everything
from tests.rotorhazard.rig import Field, race_day
from tests.rotorhazard.stored_scenes import NOWHERE

MOST_PER_RACE = 30
RACES = ("full_race_timed", "mock_signal_crossings", "aborted_in_staging")
OURS = ("racelink_core", "racelink_rh_plugin")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What RotorHazard would write down of ours at its default level."""
    return [
        f"{record.levelname} {record.getMessage()}"
        for record in caplog.records
        if record.levelno >= logging.INFO and record.name.startswith(OURS)
    ]


def race(server: RotorHazard, scenario: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    replay(server, scenario)
    server.events.settle()
    return lines(caplog)


def test_a_race_leaves_few_lines_and_sums_itself_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with race_day(tmp_path, Field()) as server:
        bind_everything(server)
        for scenario in RACES:
            found = race(server, scenario, caplog)
            assert len(found) < MOST_PER_RACE, found
            assert sum("Commands that the events of the race made" in line for line in found) == 1, found
            assert not any(line.startswith(("WARNING", "ERROR")) for line in found), found


@pytest.mark.parametrize("touched", [{}, {"rl_action_preset": "preset:99"}, {"rl_action_group": "group:99"}])
def test_what_goes_wrong_at_every_event_is_logged_once_and_not_at_every_event(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, touched: dict[str, str]
) -> None:
    caplog.set_level(logging.INFO)
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        bind_everything(server, **touched)
        for scenario in RACES:
            found = race(server, scenario, caplog)
            assert len(found) < MOST_PER_RACE, found
            assert not any(line.startswith("ERROR") for line in found), found
            assert len(found) == len(set(found)), found
