"""What lamps of a capability can do, bound to race events: for a group, for one device."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.special_functions import FUNCTIONS
from racelink_rh_plugin import initialize
from racelink_rh_plugin.special_effects import SPECIAL_EFFECTS
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.rig import GATE_1, PIT_WALL, START_LINE, Field, race_day, said, until
from tests.rotorhazard.stored_scenes import GREEN, NOWHERE, RED
from tests.rotorhazard.test_startblock import shown, with_heat

PRESET, STARTBLOCK = "rl_special_rl_preset", "rl_special_startblock_control"


def offered(server: RotorHazard, effect: str) -> dict[str, str]:
    """Values and labels of the targets; their field is called like the effect."""
    return {option.value: option.label for option in server.shown_fields(effect)[effect].options}


def test_every_function_is_there_for_groups_and_for_devices_but_for_two_that_a_race_has_no_use_for() -> None:
    functions = {function.key for function in FUNCTIONS} - {"wled_preset", "wled_reset_overrides"}
    names = {f"rl_special_{key}_{kind}" for key in functions for kind in ("group", "device")}
    assert {effect.name for effect in SPECIAL_EFFECTS} == names


def test_only_what_has_the_capability_is_offered(tmp_path: Path) -> None:
    field = Field()
    blocks = [device for device in field.fleet.devices if device.dev_type == 50]
    with race_day(tmp_path, field) as server:
        assert offered(server, f"{STARTBLOCK}_device") == {
            "all": "All lamps",
            **{f"device:{block.mac}": block.name for block in blocks},
        }
        assert list(offered(server, f"{STARTBLOCK}_group")) == ["all", f"group:{START_LINE}"]
        assert list(offered(server, f"{PRESET}_group")) == [
            "all",
            "seat",
            *(f"group:{group.id}" for group in field.fleet.groups),
        ]
        assert len(offered(server, f"{PRESET}_device")) == 2 + len(field.fleet.devices)
        form = server.shown_fields(f"{PRESET}_device")
        assert {name: each.value for name, each in form.items() if not name.startswith("rl_action")} == {
            f"{PRESET}_device": "all",
            f"{PRESET}_presetId": "preset:1",
            f"{PRESET}_brightness": 128,
        }


def test_a_preset_for_one_device_and_one_for_a_group(tmp_path: Path) -> None:
    field = Field()
    lamp = field.nodes(GATE_1)[0]
    with race_day(tmp_path, field) as server:
        server.bind("RACE_START", f"{PRESET}_device", **{f"{PRESET}_device": f"device:{lamp.mac}"})
        server.bind(
            "RACE_STOP",
            f"{PRESET}_group",
            **{
                f"{PRESET}_group": f"group:{PIT_WALL}",
                f"{PRESET}_presetId": "preset:2",
                f"{PRESET}_brightness": "40",
            },
        )
        server.fire("RACE_START")
        until(lambda: tuple(lamp.lamp.look.color1) == GREEN, "the light of the one")
        assert [node.mac for node in field.nodes() if tuple(node.lamp.look.color1) == GREEN] == [lamp.mac]
        server.fire("RACE_STOP")
        assert (field.colours(PIT_WALL), field.brightness(PIT_WALL)) == ({RED}, {40})
        assert field.colours(GATE_1) != {RED}


def test_one_starting_block_shows_the_heat(tmp_path: Path) -> None:
    field = Field()
    block = next(device for device in field.fleet.devices if device.dev_type == 50)
    with race_day(tmp_path, field) as server:
        with_heat(server.rhapi, {0: 1, 1: 2, 2: 3, 3: None})
        server.bind("HEAT_SET", f"{STARTBLOCK}_device", **{f"{STARTBLOCK}_device": f"device:{block.mac}"})
        server.fire("HEAT_SET", {"heat_id": 1})
        until(lambda: 4 in shown(field), "the last slot of the display")
        assert shown(field)[1].name == "ALPHA"


@pytest.mark.parametrize("effect", [effect.name for effect in SPECIAL_EFFECTS])
def test_what_is_gone_is_named_when_the_event_comes(tmp_path: Path, effect: str) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        gone = "group:9" if effect.endswith("group") else "device:F412FA5A9999"
        server.bind("RACE_START", effect, **{effect: gone})
        server.fire("RACE_START")
        said(server, "no longer exists")
        assert server.events.errors == []
