"""The panels `rl_settings` and `rl_quickset`. Ids and labels: spec rotorhazard, section 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .elements import Button, Checkbox, Element, Markdown, Panel, Range, Select, Text
from .panel_text import devices_text, groups_text, status_text
from .settings_section import PORTS, SECTION, SHOW_TAB
from .values import DEFAULT_BRIGHTNESS, NEW, group_choices, preset_choices, scene_choices, target_choices

if TYPE_CHECKING:
    from racelink_core.host import Host

    from .buttons import Buttons

SETTINGS, QUICKSET = "rl_settings", "rl_quickset"
ASSIGN_TO, NEW_GROUP_NAME = "rl_assignToGroup", "rl_assignToNewGroup"
QUICKSET_GROUP, QUICKSET_PRESET, QUICKSET_BRIGHTNESS, QUICKSET_SCENE = (
    "rl_quickset_group",
    "rl_quickset_preset",
    "rl_quickset_brightness",
    "rl_quickset_scene",
)
PAGE_OF = {SETTINGS: "settings", QUICKSET: "run"}


def describe(host: Host, buttons: Buttons) -> list[Element]:
    """Everything that should be on RotorHazard's pages now, in the order in which it is shown."""
    return [*_settings(host, buttons), *_quickset(host, buttons)]


def _settings(host: Host, buttons: Buttons) -> list[Element]:
    snapshot, readings = host.store.snapshot, host.store.readings.all()
    assign_choices = (*group_choices(snapshot), (NEW, "A new group"))
    return [
        Panel(SETTINGS, "RaceLink", "settings"),
        Markdown(SETTINGS, "rl_status", status_text(snapshot, readings, host.gateways.status(), host.problems())),
        Markdown(SETTINGS, "rl_groups_config", groups_text(snapshot, readings)),
        Markdown(SETTINGS, "rl_device_config", devices_text(snapshot, readings)),
        Text(
            SETTINGS,
            PORTS,
            "Gateway ports",
            "Ports to use, separated by commas, such as /dev/ttyUSB0 or socket://host:port. Empty: search.",
            SECTION,
        ),
        Checkbox(
            SETTINGS, SHOW_TAB, "RaceLink in the navigation", True, SECTION, "Adds an entry to RotorHazard's menu."
        ),
        Select(SETTINGS, ASSIGN_TO, "Add discovered devices to", assign_choices, assign_choices[0][0]),
        Text(SETTINGS, NEW_GROUP_NAME, "Name of the new group", "Used with “A new group”."),
        Button(SETTINGS, "rl_btn_get_devices", "Discover devices", buttons.discover),
        Button(SETTINGS, "rl_btn_force_groups", "Re-sync groups", buttons.resync),
        Button(SETTINGS, "rl_run_autodetect", "Find gateways", buttons.find_gateways),
        Button(SETTINGS, "rl_btn_set_defaults", "Save and back up", buttons.save),
    ]


def _quickset(host: Host, buttons: Buttons) -> list[Element]:
    snapshot = host.store.snapshot
    targets, presets = tuple(target_choices(snapshot)), tuple(preset_choices(snapshot))
    scenes = tuple(scene_choices(snapshot))
    return [
        Panel(QUICKSET, "RaceLink Quickset", "run"),
        Select(QUICKSET, QUICKSET_GROUP, "Group", targets, targets[0][0]),
        Select(QUICKSET, QUICKSET_PRESET, "Preset", presets, presets[0][0]),
        Range(QUICKSET, QUICKSET_BRIGHTNESS, "Brightness", DEFAULT_BRIGHTNESS, 1, 255),
        Select(QUICKSET, QUICKSET_SCENE, "Scene", scenes, scenes[0][0]),
        Button(QUICKSET, "run_quickset", "Apply", buttons.apply_quickset),
        Button(QUICKSET, "rl_quickset_run_scene", "Run scene", buttons.run_scene),
        Button(QUICKSET, "rl_quickset_stop_scene", "Stop scene", buttons.stop_scene),
        Button(QUICKSET, "rl_quickset_blackout", "Blackout", buttons.blackout),
    ]
