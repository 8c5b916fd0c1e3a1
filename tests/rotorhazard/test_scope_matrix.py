"""What a change of the configuration may touch in RotorHazard, and what it does touch. Source: spec services, 13."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scene import Scene
from racelink_core.domain.scope import Scope
from racelink_core.domain.seat import first_team_colours
from racelink_core.host import Host
from racelink_core.state.draft import Draft
from racelink_rh_plugin import panels
from racelink_rh_plugin.actions import Actions
from racelink_rh_plugin.buttons import Buttons
from racelink_rh_plugin.elements import ElementRegistry
from racelink_rh_plugin.notifier import Notifier
from racelink_rh_plugin.race_events import RaceEvents
from racelink_rh_plugin.race_light import RaceLight
from racelink_rh_plugin.scene_player import ScenePlayer
from tests.rotorhazard.double import RotorHazard

LAMP = Mac("F412FA5A0101")
PRESETS = {Scope.RL_PRESETS, Scope.WLED_PRESETS}
SPECIAL = {Scope.GROUPS, Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}
ONCE: set[Scope] = set()
LIGHTS = "gcaction rl_synchronised_start"
GROUP_EFFECTS = f"{LIGHTS} rl_blackout rl_locate rl_special_rl_preset_group rl_special_startblock_control_group"
NAME_GROUPS = f"{GROUP_EFFECTS} rl_special_rl_preset_device"
"""The last one, too: other lamps for a seat that has none."""
DEVICE_EFFECTS = "rl_special_rl_preset_device rl_special_startblock_control_device"
MATRIX: dict[str, set[Scope]] = {
    "rl_settings": ONCE,
    "rl_quickset": ONCE,
    "rl_status": {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP, Scope.NETWORKS},
    # It names the group of each device, so it follows a renamed group, too.
    "rl_device_config": {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP, Scope.GROUPS},
    "rl_groups_config": {Scope.GROUPS, Scope.DEVICE_MEMBERSHIP},
    "rl_comms_port": ONCE,
    "rl_show_tab": ONCE,
    "rl_assignToGroup": {Scope.GROUPS},
    "rl_assignToNewGroup": ONCE,
    "rl_quickset_brightness": ONCE,
    "rl_btn_set_defaults": ONCE,
    "rl_btn_force_groups": ONCE,
    "rl_btn_get_devices": ONCE,
    "rl_run_autodetect": ONCE,
    "run_quickset": ONCE,
    "rl_quickset_run_scene": ONCE,
    "rl_quickset_stop_scene": ONCE,
    "rl_quickset_blackout": ONCE,
    "rl_quickset_group": {Scope.GROUPS},
    "rl_quickset_preset": PRESETS,
    "rl_quickset_scene": {Scope.SCENES},
    "gcaction": {Scope.GROUPS, *PRESETS},
    "rl_synchronised_start": {Scope.GROUPS, *PRESETS},
    "rl_scene_action": {Scope.SCENES},
    "rl_stop_scene": ONCE,
    "rl_blackout": {Scope.GROUPS, Scope.DEVICE_MEMBERSHIP},
    "rl_locate": {Scope.GROUPS, Scope.DEVICE_MEMBERSHIP},
    "rl_startblock_update": ONCE,
    "rl_special_rl_preset_group": SPECIAL | PRESETS,
    "rl_special_rl_preset_device": SPECIAL | PRESETS,
    "rl_special_startblock_control_group": SPECIAL,
    "rl_special_startblock_control_device": SPECIAL,
}
"""Every element and effect; all of them also at FULL."""


class Told:
    """What RotorHazard is told, by the names of elements and effects."""

    def __init__(self, server: RotorHazard, host: Host) -> None:
        scenes, notifier = ScenePlayer(host), Notifier(server.rhapi)
        self._host = host
        self._buttons = Buttons(server.rhapi, host, scenes, notifier)
        self._registry = ElementRegistry(server.rhapi)
        self._effects: list[str] = []
        events = RaceEvents(server.rhapi, first_team_colours)
        self._actions = Actions(host, scenes, RaceLight(events, server.rhapi, host), notifier)
        self._actions.initialise({"register_fn": lambda effect: self._effects.append(effect.name)})

    def next(self) -> set[str]:
        """What was registered since the last time."""
        self._actions.update()
        elements = self._registry.register(panels.describe(self._host, self._buttons))
        told = {element.name for element in elements} | set(self._effects)
        self._effects.clear()
        return told


@contextmanager
def venue(data_dir: Path) -> Iterator[tuple[Host, Told]]:
    """Two groups, a lamp in the first, one scene, and the presets of a new installation. Nothing runs."""
    server = RotorHazard(data_dir)
    server.rhapi.db.is_open = True
    with server.importable():
        host = create_host(HostConfiguration(data_directory=data_dir))
        try:
            with host.store.transaction() as draft:
                for number in (1, 2):
                    draft.groups[GroupId(number)] = Group(
                        id=GroupId(number), name=f"Gate {number}", network_id="default", display_order=number
                    )
                draft.devices[LAMP] = Device(
                    mac=LAMP, name="Lamp", dev_type=50, group_id=GroupId(1), network_id="default"
                )
                draft.scenes[1] = Scene(id=1, key="go", label="Go")
            yield host, Told(server, host)
        finally:
            host.stop()


def replaced(entities: dict[Any, Any], key: Any, **changes: Any) -> None:
    entities[key] = entities[key].model_copy(update=changes)


def change(scope: Scope, draft: Draft) -> None:
    """Something that is published with this scope."""
    if scope is Scope.GROUPS:
        replaced(draft.groups, GroupId(1), name="Start line")
    elif scope is Scope.DEVICES:
        replaced(draft.devices, LAMP, name="Left lamp")
    elif scope is Scope.DEVICE_MEMBERSHIP:
        replaced(draft.devices, LAMP, group_id=GroupId(2))
    elif scope is Scope.DEVICE_SPECIALS:
        replaced(draft.devices, LAMP, specials={"startblock_slots": 2})
    elif scope is Scope.RL_PRESETS:
        replaced(draft.presets, 1, label="Go!")
    elif scope is Scope.SCENES:
        replaced(draft.scenes, 1, label="Start")
    elif scope is Scope.NETWORKS:
        replaced(draft.networks, "default", name="Field")
    else:
        draft.settings = draft.settings.model_copy(update={"brightness_ceiling": 200})


@pytest.mark.parametrize(
    ("scope", "touched"),
    [
        (Scope.GROUPS, f"rl_groups_config rl_device_config rl_assignToGroup rl_quickset_group {NAME_GROUPS}"),
        (Scope.DEVICES, f"rl_device_config {DEVICE_EFFECTS}"),
        (
            Scope.DEVICE_MEMBERSHIP,
            "rl_device_config rl_groups_config rl_special_rl_preset_group rl_special_startblock_control_group",
        ),
        (Scope.DEVICE_SPECIALS, ""),
        (Scope.RL_PRESETS, f"rl_quickset_preset {LIGHTS} rl_special_rl_preset_group rl_special_rl_preset_device"),
        (Scope.SCENES, "rl_quickset_scene rl_scene_action"),
        (Scope.NETWORKS, "rl_status"),
        (Scope.SETTINGS, ""),
    ],
)
def test_a_change_touches_only_what_depends_on_it(tmp_path: Path, scope: Scope, touched: str) -> None:
    with venue(tmp_path) as (host, told):
        told.next()
        published: set[Scope] = set()
        host.store.subscribe(lambda each: published.update(each.scopes))
        with host.store.transaction() as draft:
            change(scope, draft)
        assert scope in published
        names = told.next()
        assert names == set(touched.split())
        assert all(MATRIX[name] & published for name in names), "the matrix allows it"


def test_everything_is_registered_at_first_and_nothing_again_while_nothing_differs(tmp_path: Path) -> None:
    with venue(tmp_path) as (host, told):
        assert told.next() == set(MATRIX)
        host.store.announce_all()
        host.store.announce(Scope.WLED_PRESETS)
        assert told.next() == set()
