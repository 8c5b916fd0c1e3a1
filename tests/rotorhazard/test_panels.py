"""The panels on RotorHazard's pages: what is on them, what the buttons answer, when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import GATE_1, PIT_WALL, Field, race_day, said, status_of, until
from tests.rotorhazard.stored_scenes import NOWHERE, asked, create_scene


def page_of(server: RotorHazard, panel: str) -> str:
    return next(each.page for each in server.ui.panels if each.name == panel)


def test_initialise_registers_the_panels_and_leaves_the_database_alone(tmp_path: Path) -> None:
    server = RotorHazard(tmp_path)
    with server.importable():
        server.load(initialize)
        assert not server.rhapi.db.was_damaged
        assert (page_of(server, "rl_settings"), page_of(server, "rl_quickset")) == ("settings", "run")
        assert set(server.ui.markdown) == {"rl_status", "rl_groups_config", "rl_device_config"}
        options = server.rhapi.fields.panel_of
        assert {name for name, panel in options.items() if panel == "rl_settings"} == {
            "rl_comms_port",
            "rl_show_tab",
            "rl_assignToGroup",
            "rl_assignToNewGroup",
        }
        assert {name for name, panel in options.items() if panel == "rl_quickset"} == {
            "rl_quickset_group",
            "rl_quickset_preset",
            "rl_quickset_brightness",
            "rl_quickset_scene",
        }
        assert {name: button.label for name, button in server.ui.buttons.items()} == {
            "rl_btn_get_devices": "Discover devices",
            "rl_btn_force_groups": "Re-sync groups",
            "rl_run_autodetect": "Find gateways",
            "rl_btn_set_defaults": "Save and back up",
            "run_quickset": "Apply",
            "rl_quickset_run_scene": "Run scene",
            "rl_quickset_stop_scene": "Stop scene",
            "rl_quickset_blackout": "Blackout",
        }
        server.shut_down()


def test_each_field_is_of_its_kind_and_what_must_outlive_an_event_is_kept_apart(tmp_path: Path) -> None:
    with RotorHazard(tmp_path).running(initialize) as server:
        fields = {field.name: field for field in server.rhapi.fields.options if field.name.startswith("rl_")}
        kinds = {name: (field.field_type.name, field.label) for name, field in fields.items()}
        assert kinds == {
            "rl_comms_port": ("TEXT", "Gateway ports"),
            "rl_show_tab": ("CHECKBOX", "RaceLink in the navigation"),
            "rl_assignToGroup": ("SELECT", "Add discovered devices to"),
            "rl_assignToNewGroup": ("TEXT", "Name of the new group"),
            "rl_quickset_group": ("SELECT", "Group"),
            "rl_quickset_preset": ("SELECT", "Preset"),
            "rl_quickset_brightness": ("RANGE", "Brightness"),
            "rl_quickset_scene": ("SELECT", "Scene"),
        }
        limits = fields["rl_quickset_brightness"].html_attributes or {}
        assert (limits["min"], limits["max"]) == (1, 255)
        kept = {name for name, field in fields.items() if field.persistent_section == "RACELINK"}
        assert kept == {"rl_comms_port", "rl_show_tab"}


def test_the_effects_have_the_names_fields_and_defaults_that_bindings_are_stored_with(tmp_path: Path) -> None:
    with RotorHazard(tmp_path).running(initialize) as server:
        assert {name: effect.label for name, effect in server.effects.items()} == {
            "gcaction": "RaceLink: group preset",
            "rl_synchronised_start": "RaceLink: synchronised start",
            "rl_scene_action": "RaceLink: run scene",
            "rl_stop_scene": "RaceLink: stop scene",
            "rl_blackout": "RaceLink: blackout",
            "rl_locate": "RaceLink: locate",
            "rl_startblock_update": "RaceLink: update starting blocks",
            "rl_special_rl_preset_group": "RaceLink: preset (group)",
            "rl_special_rl_preset_device": "RaceLink: preset (device)",
            "rl_special_startblock_control_group": "RaceLink: startblock control (group)",
            "rl_special_startblock_control_device": "RaceLink: startblock control (device)",
        }
        form = server.shown_fields("gcaction")
        limits = {"rl_action_only_seat": "any", "rl_action_only_lap": "any", "rl_action_only_class": "any"}
        assert {name: field.value for name, field in form.items()} == {
            "rl_action_group": "all",
            "rl_action_preset": "preset:1",
            "rl_action_brightness": 128,
            "rl_action_otherwise": "none",
            "rl_action_colour": "own",
            **limits,
        }
        start = server.shown_fields("rl_synchronised_start")
        assert {name: field.value for name, field in start.items()} == {name: each.value for name, each in form.items()}
        assert {name: field.value for name, field in server.shown_fields("rl_blackout").items()} == {
            "rl_action_group": "all",
            "rl_action_otherwise": "none",
            **limits,
        }
        for field in form.values():
            assert str(field.value) not in ("", "0", "False"), "those come back as the default"


def test_the_settings_panel_shows_gateway_groups_and_devices_and_links_to_the_page(tmp_path: Path) -> None:
    with race_day(tmp_path, Field()) as server:
        assert "F412FA5A0001" in status_of(server)
        assert "(/racelink/)" in status_of(server)
        assert "Gate 1" in server.ui.markdown["rl_groups_config"][1]
        assert "Pit Wall 2" in server.ui.markdown["rl_device_config"][1]


def test_apply_shows_the_chosen_preset_on_the_chosen_group_and_says_so(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.choose("rl_quickset_group", f"group:{GATE_1}")
        server.choose("rl_quickset_preset", "preset:2")
        server.choose("rl_quickset_brightness", "77")
        server.press("run_quickset")
        until(lambda: any("Red stop" in message for message in server.ui.messages), "an answer")
        assert (field.colours(GATE_1), field.brightness(GATE_1)) == ({(255, 0, 0)}, {77})
        assert field.colours(PIT_WALL) != {(255, 0, 0)}
        server.press("rl_quickset_blackout")
        until(lambda: field.brightness() == {0}, "darkness everywhere")


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("rl_btn_force_groups", "confirmed their group"),
        ("rl_btn_set_defaults", "Backup:"),
        ("rl_run_autodetect", "Connected: F412FA5A0001"),
    ],
)
def test_a_button_answers_with_what_happened(tmp_path: Path, button: str, answer: str) -> None:
    with race_day(tmp_path, Field()) as server:
        server.press(button)
        until(lambda: any(answer in message for message in server.ui.messages), f"{answer!r} in {server.ui.messages}")


def test_a_button_without_a_gateway_says_what_to_do(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": "/dev/racelink-is-not-here"}).running(initialize) as server:
        server.press("run_quickset")
        until(lambda: any("not sent" in message for message in server.ui.messages), "an answer")
        assert server.events.errors == []


def test_pages_are_rebuilt_when_a_list_changed_but_never_during_a_race(tmp_path: Path) -> None:
    with race_day(tmp_path, Field()) as server:
        server.fire("RACE_STAGE")
        rebuilt_before = len(server.ui.rebuilt)
        server.rhapi.ui.registrations.clear()
        rename(server, "<b>Gate</b> one")
        until(lambda: "one" in server.ui.markdown["rl_groups_config"][1], "the new name")
        assert "<b>" not in server.ui.markdown["rl_groups_config"][1], "names are text, never HTML"
        assert len(server.ui.rebuilt) == rebuilt_before, "somebody may be typing, and nobody looks at settings now"
        assert server.ui.registrations["rl_comms_port"] == 0, "what did not change is not registered again"
        labels = [option.label for option in server.shown_fields("gcaction")["rl_action_group"].options or []]
        assert "<b>Gate</b> one" in labels, "the effects follow at once"
        server.fire("RACE_STOP")
        until(lambda: {"settings", "run"} <= set(server.ui.rebuilt[rebuilt_before:]), "the rebuilding after the race")


def test_pages_are_rebuilt_once_for_many_changes_and_not_at_all_for_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("racelink_rh_plugin.refresh._REBUILD_INTERVAL_S", 3600.0)
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        create_scene(server, "First")
        until(lambda: server.ui.rebuilt == ["run"], "open run pages")
        asked(server, "POST", "groups/create", {"name": "Gate 1"})
        until(lambda: "Gate 1" in server.ui.markdown["rl_groups_config"][1], "the new group")
        create_scene(server, "Second")
        until(lambda: len(choices(server, "rl_quickset_scene")) == 2, "the second scene")
        assert server.ui.rebuilt == ["run"], "somebody may be typing: the rest comes together, later"


def test_what_does_not_differ_is_never_registered_again(tmp_path: Path) -> None:
    """RotorHazard would write down that it is redefined."""
    with race_day(tmp_path, Field()) as server:
        before = dict(server.ui.registrations)
        replay(server, "full_race_timed")
        rename(server, "Tower")
        until(lambda: "Tower" in server.ui.markdown["rl_groups_config"][1], "the new name")
        texts = {"rl_status", "rl_groups_config", "rl_device_config"}
        again = {name for name, count in server.ui.registrations.items() if count > before[name]}
        assert again - texts == {"rl_assignToGroup", "rl_quickset_group"}, "the lists that name groups"


def test_discovery_says_what_it_found_and_where_it_put_it(tmp_path: Path) -> None:
    field = Field()
    with field.switched_on():
        for node in field.nodes():
            node.reboot()
        server = RotorHazard(tmp_path, RACELINK={"rl_comms_port": field.gateway.url})
        with server.running(initialize):
            until(lambda: ": connected," in status_of(server), "the gateway")
            server.choose("rl_assignToGroup", "new")
            server.choose("rl_assignToNewGroup", "Found today")
            server.press("rl_btn_get_devices")
            said(server, "devices answered")
            until(lambda: "Found today" in server.ui.markdown["rl_groups_config"][1], "the group")
            until(lambda: "Network Default" in status_of(server), "its network")


def choices(server: RotorHazard, name: str) -> list[str]:
    [field] = [each for each in server.rhapi.fields.options if each.name == name]
    return [option.value for option in field.options or []]


def rename(server: RotorHazard, name: str) -> None:
    """As from RaceLink's own page."""
    answer = server.app.test_client().post(
        "/racelink/api/groups/rename", json={"id": GATE_1, "name": name}, auth=server.login
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
