"""Long work and a race: nothing of it is on air from staging to the start."""

from __future__ import annotations

from pathlib import Path

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.radio_packet import parse_radio
from tests.rotorhazard.rig import Field, race_day, until


def test_a_discovery_asked_for_while_a_race_is_staging_begins_after_its_start(tmp_path: Path) -> None:
    field = Field()

    def asked() -> int:
        return sum(parse_radio(sent.raw).opcode == Opcode.DEVICES for sent in field.simulation.air_log)

    with race_day(tmp_path, field) as server:
        for event, preset in (("RACE_STAGE", 1), ("RACE_LAP_RECORDED", 2), ("RACE_PILOT_DONE", 3)):
            server.bind(event, "gcaction", rl_action_preset=f"preset:{preset}")
        server.fire("RACE_STAGE")
        server.press("rl_btn_get_devices")
        for event in ("RACE_LAP_RECORDED", "RACE_PILOT_DONE"):
            before = field.colours()
            server.fire(event)
            until(lambda: len(field.colours()) == 1 and field.colours() != before, "the light of the event")  # noqa: B023
        assert asked() == 0
        server.fire("RACE_START")
        until(asked, "the discovery")
