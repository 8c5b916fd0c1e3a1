"""Healing and a race: silence from staging to the start, and all lamps right afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.services.race_watch import RacePhase, RaceWatch
from racelink_rh_plugin.race_state import follow_race
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import Field, race_day, until

WAYS_OUT = ("full_race_timed", "aborted_in_staging", "discarded_while_staging", "stopped_then_discarded")


@pytest.mark.parametrize("scenario", WAYS_OUT)
def test_each_recorded_race_is_on_from_staging_to_its_end(tmp_path: Path, scenario: str) -> None:
    phases: list[RacePhase] = []
    race = RaceWatch()
    race.subscribe(phases.append)
    with RotorHazard(tmp_path).running(lambda rhapi: follow_race(rhapi, race)) as server:
        replay(server, scenario)
    assert phases[0] is RacePhase.STAGING
    assert phases[-1] is RacePhase.NONE


def test_while_a_race_is_staging_no_lamp_is_asked(tmp_path: Path) -> None:
    field = Field()
    for node in field.nodes():
        node.lamp.control(Control(255, 5))
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset="preset:1")
        deaf = field.nodes()[0]
        field.pump.simulation.fault("deaf", deaf.mac, True)
        server.fire("RACE_STAGE")
        until(lambda: len(field.colours()) == 2, "the command at staging")
        field.pump.simulation.fault("deaf", deaf.mac, False)
        asked = [sent for sent in field.simulation.air_log if parse_radio(sent.raw).opcode == Opcode.STATUS]
        assert asked == []
        server.fire("RACE_START")
        until(lambda: len(field.colours()) == 1, "the lamp that missed it")
