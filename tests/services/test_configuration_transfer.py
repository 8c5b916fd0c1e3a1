"""The configuration leaves a host as one document and comes into another one, whatever the numbers are there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlPresetChoice, RlPresetCommand
from racelink_core.domain.configuration_document import (
    PARTS,
    ConfigurationTooNew,
    InvalidConfiguration,
    Mode,
    NotAConfiguration,
)
from racelink_core.domain.device import Device, Position
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import LAST_GROUP, Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import RaceBinding, RunScene
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.scene import BrokenActions, ExplicitScope, Scene
from racelink_core.domain.scene_reading import ChoreographyInvalid, read_choreography
from racelink_core.domain.seat import Seat
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_core.host import Host
from racelink_core.services.configuration_transfer.report import ConfigurationReport, PartReport
from racelink_core.services.configuration_transfer.text import text_of
from racelink_core.services.tasks import TaskHandle, TaskRunning
from racelink_core.state.errors import NoFreeGroup
from tests.services.rig import until

START, GATE, FAR = Mac("3C6105000001"), Mac("3C6105000002"), Mac("3C6105000003")
GATEWAY, OTHER_GATEWAY = Mac("F412FA5A0001"), Mac("F412FA5A0002")
Hosts = Callable[[str], Host]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    """Hosts by name, not started."""
    made: dict[str, Host] = {}

    def host(name: str) -> Host:
        if name not in made:
            made[name] = Host(HostConfiguration(data_directory=tmp_path / name))
        return made[name]

    yield host
    for each in made.values():
        each.stop()


def group(number: int, name: str, order: int | None = None, network: str | None = None) -> Group:
    return Group(id=GroupId(number), name=name, display_order=order or number, network_id=network)


def scene_for(number: int, key: str, *groups: int, preset: int = 20, networks: tuple[str, ...] = ()) -> Scene:
    action = RlPresetCommand(target=GroupsTarget(value=groups), params=RlPresetChoice(preset_id=preset))
    scene = Scene(id=number, key=key, label=key.title(), actions=(action,))
    return scene.model_copy(update={"network_scope": ExplicitScope(network_ids=networks)}) if networks else scene


def broken(actions: Any) -> BrokenActions:
    """As actions are kept that nobody can read."""
    with pytest.raises(ChoreographyInvalid) as invalid:
        read_choreography({"actions": actions}, is_saving=False)
    error = invalid.value
    return BrokenActions(raw=actions, problem=str(error), code=error.reason, action_index=error.action_index)


def furnish(host: Host) -> None:
    """A small club: two networks, two groups, three lamps, a preset, two scenes, two seats, two bindings."""
    with host.store.transaction() as draft:
        draft.networks["default"] = draft.networks["default"].model_copy(update={"gateway_mac": GATEWAY})
        draft.networks["far"] = Network(id="far", name="Far side", gateway_mac=OTHER_GATEWAY)
        draft.groups.update({GroupId(1): group(1, "Start", 2, "default"), GroupId(2): group(2, "Gates", 1, "default")})
        for mac, number, network in ((START, 1, "default"), (GATE, 2, "default"), (FAR, 0, "far")):
            draft.devices[mac] = Device(
                mac=mac, name=f"Lamp {mac[-1]}", dev_type=10, group_id=GroupId(number), network_id=network
            )
        draft.devices[START] = draft.devices[START].model_copy(
            update={"position": Position(x=0.5, y=0.25), "specials": {"wled_bri": 99}}
        )
        draft.presets[20] = RlPreset(id=20, key="mine", label="Mine", params=EffectParameters(mode=9))
        draft.scenes[1] = scene_for(1, "go", 1, 2, networks=("default",))
        draft.scenes[2] = Scene(id=2, key="odd", label="Odd", broken=broken([{"kind": "hologram"}]))
        draft.seats.update(
            {0: Seat(index=0, target=GroupsTarget(value=(2,))), 1: Seat(index=1, target=DeviceTarget(value=START))}
        )
        light = RlPresetCommand(target=GroupsTarget(value=(2,)), params=RlPresetChoice(preset_id=20))
        draft.race_bindings.update(
            {
                1: RaceBinding(id=1, name="Pass", event="RACE_LAP_RECORDED", reaction=light, display_order=1),
                2: RaceBinding(id=2, name="Go", event="RACE_START", reaction=RunScene(scene="go"), display_order=2),
            }
        )
        draft.settings = draft.settings.model_copy(update={"brightness_ceiling": 80, "wled_presets_file": "a.json"})


def exported(host: Host, *parts: Any) -> dict[str, Any]:
    """As it comes back from a file."""
    document = host.configuration_transfer.export(parts or PARTS)
    read: dict[str, Any] = json.loads(text_of(document))
    assert read == json.loads(json.dumps(document))
    return read


def take(
    host: Host, document: dict[str, Any], *parts: Any, mode: Mode = "merge", dry_run: bool = False
) -> ConfigurationReport:
    return host.configuration_transfer.take(document, parts or None, mode, dry_run=dry_run)


def of(report: ConfigurationReport, part: str) -> PartReport:
    (found,) = (each for each in report.parts if each.part == part)
    return found


def remarks(report: ConfigurationReport) -> dict[str, str]:
    return {each.what: each.reason for each in report.remarks}


def without_moments(snapshot: Snapshot) -> dict[str, Any]:
    """What was configured: not when, and not what this host has to do yet."""
    return {
        "networks": dict(snapshot.networks),
        "groups": dict(snapshot.groups),
        "devices": {
            mac: device.model_copy(update={"group_push_pending": False}) for mac, device in snapshot.devices.items()
        },
        "presets": {
            preset.id: preset.model_copy(update={"created": "", "updated": ""}) for preset in snapshot.presets.values()
        },
        "scenes": {
            scene.key: (scene.actions, scene.network_scope, scene.broken and scene.broken.raw)
            for scene in snapshot.scenes.values()
        },
        "seats": dict(snapshot.seats),
        "race_bindings": dict(snapshot.race_bindings),
        "settings": snapshot.settings.model_copy(update={"wled_presets_file": ""}),
    }


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_a_fresh_host_becomes_the_same(hosts: Hosts, mode: Mode) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"))
    report = take(hosts("new"), document, mode=mode)
    assert report.refused == ()
    assert of(report, "devices").added == (f"Lamp 1 ({START})", f"Lamp 2 ({GATE})", f"Lamp 3 ({FAR})")
    assert of(report, "settings").changed == ("brightness ceiling",)
    here, there = hosts("new").store.snapshot, hosts("club").store.snapshot
    assert without_moments(here) == without_moments(there)
    assert {mac for mac, device in here.devices.items() if device.group_push_pending} == {START, GATE}
    assert report.pending_devices == 2
    assert {**exported(hosts("new")), "exported": ""} == {**document, "exported": ""}


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_a_second_time_changes_nothing(hosts: Hosts, mode: Mode) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"))
    take(hosts("new"), document, mode=mode)
    before = hosts("new").store.snapshot
    again = take(hosts("new"), document, mode=mode)
    assert again.is_without_effect
    assert again.backup is None
    assert again.refused == ()
    assert hosts("new").store.snapshot is before
    assert again.lines[-1] == "There is nothing to change: all of it is here already."


def test_numbers_that_differ_here_are_followed_wherever_they_stand(hosts: Hosts) -> None:
    furnish(hosts("club"))
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.groups.update({GroupId(1): group(1, "Pit wall"), GroupId(5): group(5, "Gates")})
        draft.presets[20] = RlPreset(id=20, key="other", label="Other")
        draft.networks["default"] = draft.networks["default"].model_copy(update={"gateway_mac": OTHER_GATEWAY})
        draft.race_bindings[1] = RaceBinding(id=1, name="Mine", event="RACE_START", reaction=RunScene(scene="none"))
    report = take(here, exported(hosts("club")))
    snapshot = here.store.snapshot
    numbers = {each.name: each.id for each in snapshot.groups.values()}
    assert numbers["Pit wall"] == 1
    assert numbers["Gates"] == 5
    assert snapshot.devices[GATE].group_id == 5
    assert snapshot.devices[START].group_id == numbers["Start"] != 1
    assert snapshot.devices[FAR].network_id == "default", "the gateway tells which network it is"
    assert snapshot.devices[GATE].network_id not in ("default", "far")
    mine = next(preset for preset in snapshot.presets.values() if preset.key == "mine")
    (action,) = snapshot.scene("go").actions
    assert isinstance(action, RlPresetCommand)
    assert action.target == GroupsTarget(value=(5, numbers["Start"]))
    assert action.params.preset_id == mine.id != 20
    assert snapshot.scene("go").network_scope == ExplicitScope(network_ids=(snapshot.devices[GATE].network_id or "",))
    assert snapshot.seats[0].target == GroupsTarget(value=(5,))
    bound = next(each for each in snapshot.race_bindings.values() if each.name == "Pass").reaction
    assert isinstance(bound, RlPresetCommand)
    assert (bound.target, bound.params.preset_id) == (GroupsTarget(value=(5,)), mine.id)
    assert snapshot.race_bindings[1].name == "Mine"
    assert "Check RotorHazard's bindings" in remarks(report)["Gates"]
    assert "Check RotorHazard's bindings" in remarks(report)["Mine"]


def test_replacing_gives_groups_their_numbers_back_and_what_stays_follows_by_name(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"), "groups")
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.groups.update({GroupId(1): group(1, "Gates"), GroupId(2): group(2, "Old")})
        draft.devices[GATE] = Device(mac=GATE, name="A", group_id=GroupId(1), network_id="default")
        draft.devices[START] = Device(mac=START, name="B", group_id=GroupId(2), network_id="default")
        draft.scenes[1] = scene_for(1, "go", 1, 2, preset=1)
        draft.seats.update(
            {0: Seat(index=0, target=GroupsTarget(value=(1,))), 1: Seat(index=1, target=GroupsTarget(value=(2,)))}
        )
    report = take(here, document, mode="replace")
    snapshot = here.store.snapshot
    assert {each.id: each.name for each in snapshot.groups.values()} == {1: "Start", 2: "Gates"}
    assert (of(report, "groups").added, of(report, "groups").changed, of(report, "groups").removed) == (
        ("Start",),
        ("Gates",),
        ("Old",),
    )
    assert (snapshot.devices[GATE].group_id, snapshot.devices[START].group_id) == (2, 0)
    assert snapshot.groups[GroupId(2)].network_id == "default"
    assert report.pending_devices == 2
    (action,) = snapshot.scene("go").actions
    assert isinstance(action, RlPresetCommand)
    assert action.target == GroupsTarget(value=(2,))
    assert {index: seat.target for index, seat in snapshot.seats.items()} == {0: GroupsTarget(value=(2,))}
    assert "has none now" in remarks(report)["Seat 2"]


def test_replacing_removes_only_in_the_parts_that_were_chosen(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"))
    here = hosts("new")
    furnish(here)
    extra = Mac("3C6105000009")
    with here.store.transaction() as draft:
        draft.devices[extra] = Device(mac=extra, name="Extra")
        draft.presets[30] = RlPreset(id=30, key="extra", label="Extra preset")
        draft.scenes[9] = scene_for(9, "extra", 1, preset=30)
        draft.race_bindings[9] = RaceBinding(id=9, name="Extra", event="RACE_START", reaction=RunScene(scene="extra"))
        draft.seats[7] = Seat(index=7, target=DeviceTarget(value=GATE))
        draft.networks["spare"] = Network(id="spare", name="Spare")
    report = take(here, document, "devices", "presets", mode="replace")
    assert of(report, "devices").removed == (f"Extra ({extra})",)
    assert of(report, "presets").removed == ("Extra preset",)
    assert "RL preset 30" in remarks(report)["Extra"]
    assert here.store.snapshot.scene("extra")
    rest = take(here, document, mode="replace")
    assert of(rest, "scenes").removed == ("Extra",)
    assert of(rest, "race_bindings").removed == ("Extra",)
    assert of(rest, "seats").removed == ("Seat 8",)
    assert of(rest, "networks").removed == ("Spare",)
    assert without_moments(here.store.snapshot) == without_moments(hosts("club").store.snapshot)


def test_merging_takes_the_value_of_the_file_and_removes_nothing(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"))
    with hosts("club").store.transaction() as draft:
        draft.devices[START] = draft.devices[START].model_copy(update={"name": "Renamed", "specials": {"wled_bri": 5}})
        draft.scenes[1] = draft.scenes[1].model_copy(update={"label": "Off"})
        draft.scenes[3] = scene_for(3, "later", 1)
    report = take(hosts("club"), document)
    assert of(report, "devices").changed == (f"Lamp 1 ({START})",)
    assert (of(report, "scenes").changed, of(report, "scenes").removed) == (("Go",), ())
    assert "Read them from the lamp" in remarks(report)[f"Lamp 1 ({START})"]
    snapshot = hosts("club").store.snapshot
    assert snapshot.scene("later")
    assert not snapshot.devices[START].group_push_pending, "its group is the same"
    assert report.pending_devices == 0


def test_what_was_heard_of_a_device_here_stays(hosts: Hosts) -> None:
    furnish(hosts("club"))
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.networks["near"] = Network(id="near", name="Near")
        draft.devices[FAR] = Device(mac=FAR, name="x", dev_type=11, version=4, network_id="near")
    take(here, exported(hosts("club")))
    device = here.store.snapshot.devices[FAR]
    assert (device.name, device.dev_type, device.version, device.network_id) == ("Lamp 3", 11, 4, "near")


def test_a_try_says_the_same_and_changes_nothing(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document, here = exported(hosts("club")), hosts("new")
    before, told = here.store.snapshot, []
    here.store.subscribe(told.append)
    planned = take(here, document, mode="replace", dry_run=True)
    assert planned.is_dry_run
    assert here.store.snapshot is before
    assert told == []
    done = take(here, document, mode="replace")
    assert done.model_copy(update={"is_dry_run": True, "backup": None, "undo": None}) == planned
    assert len(told) == 1


def test_a_backup_holds_what_was_there_and_the_report_names_it(hosts: Hosts) -> None:
    furnish(hosts("club"))
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.devices[START] = Device(mac=START, name="Before")
    report = take(here, exported(hosts("club")), mode="replace")
    assert report.backup is not None
    assert Path(report.backup).name in str(report.undo)
    assert report.lines[-1] == f"A backup of what was here before: {report.backup}"
    connection = sqlite3.connect(f"file:{report.backup}?mode=ro", uri=True)
    try:
        (stored,) = connection.execute("SELECT document FROM devices").fetchall()
    finally:
        connection.close()
    assert json.loads(stored[0])["name"] == "Before"


def test_parts_can_be_exported_alone_and_still_name_what_they_refer_to(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"), "scenes")
    assert list(document["parts"]) == ["scenes"]
    assert document["references"]["groups"] == {"1": "Start", "2": "Gates"}
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.groups[GroupId(7)] = group(7, "Gates")
    report = take(here, document)
    (action,) = here.store.snapshot.scene("go").actions
    assert isinstance(action, RlPresetCommand)
    assert action.target == GroupsTarget(value=(7,)), "the other one is not here"
    assert action.params.preset_id == "RL:mine"
    assert "RL:mine" in remarks(report)["Go"]


def test_a_seat_without_its_groups_is_not_taken(hosts: Hosts) -> None:
    furnish(hosts("club"))
    report = take(hosts("new"), exported(hosts("club"), "seats", "race_bindings"))
    assert [each.what for each in report.refused] == ["Seat 1"]
    assert of(report, "seats").added == ("Seat 2",)
    assert "RL:mine" in remarks(report)["Pass"]
    assert "'go'" in remarks(report)["Go"]


def test_bindings_that_are_new_here_come_after_the_others(hosts: Hosts) -> None:
    furnish(hosts("club"))
    here = hosts("new")
    with here.store.transaction() as draft:
        for number, name in ((1, "Mine"), (2, "Pass")):
            draft.race_bindings[number] = RaceBinding(
                id=number, name=name, event="RACE_START", reaction=RunScene(scene="x"), display_order=number
            )
    report = take(here, exported(hosts("club"), "race_bindings"))
    assert (of(report, "race_bindings").added, of(report, "race_bindings").changed) == (("Go",), ("Pass",))
    bindings = here.store.snapshot.race_bindings
    assert [(each.name, each.display_order) for each in bindings.values()] == [("Mine", 1), ("Pass", 2), ("Go", 3)]
    assert bindings[2].event == "RACE_LAP_RECORDED"


def test_a_network_whose_gateway_is_known_keeps_its_radio(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("club"), "networks")
    here, third = hosts("new"), Mac("F412FA5A0003")
    profile = DEFAULT_PROFILE.model_copy(update={"sf": 9})
    with here.store.transaction() as draft:
        draft.networks["default"] = Network(id="default", name="Mine", gateway_mac=third, profile=profile)
    report = take(here, document)
    network = here.store.snapshot.networks["default"]
    assert (network.name, network.gateway_mac, network.profile) == ("Default", third, profile)
    reasons = [each.reason for each in report.remarks]
    assert any(GATEWAY in reason and third in reason for reason in reasons)
    assert any("radio settings" in reason for reason in reasons)


def test_groups_stay_on_one_network(hosts: Hosts) -> None:
    furnish(hosts("club"))
    here, stays = hosts("new"), Mac("3C6105000009")
    with here.store.transaction() as draft:
        draft.networks["far"] = Network(id="far", name="Far", gateway_mac=OTHER_GATEWAY)
        draft.groups[GroupId(2)] = group(2, "Gates")
        draft.devices[stays] = Device(mac=stays, name="Stays", group_id=GroupId(2), network_id="far")
    report = take(here, exported(hosts("club")))
    assert here.store.snapshot.devices[GATE].group_id == 0
    assert "another network" in remarks(report)[f"Lamp 2 ({GATE})"]


def test_a_seat_whose_lamp_is_removed_is_named(hosts: Hosts) -> None:
    furnish(hosts("club"))
    report = take(hosts("club"), frame(parts={"devices": []}), mode="replace")
    assert list(hosts("club").store.snapshot.seats) == [0]
    assert "has none now" in remarks(report)["Seat 2"]


def test_replacing_by_no_groups_removes_them_all(hosts: Hosts) -> None:
    furnish(hosts("club"))
    report = take(hosts("club"), exported(hosts("new")), mode="replace")
    assert of(report, "groups").removed == ("Gates", "Start")
    assert hosts("club").store.snapshot.groups == {}
    assert hosts("club").store.snapshot.devices == {}


def test_numbers_in_a_file_that_names_no_groups_are_those_of_here(hosts: Hosts) -> None:
    furnish(hosts("club"))
    take(hosts("club"), frame(parts={"devices": [DEVICE | {"mac": START, "group_id": 2}]}))
    assert hosts("club").store.snapshot.devices[START].group_id == 2


def test_networks_with_devices_stay(hosts: Hosts) -> None:
    furnish(hosts("club"))
    document = exported(hosts("new"), "networks")
    report = take(hosts("club"), document, mode="replace")
    assert "far" in hosts("club").store.snapshot.networks
    assert [(each.what, each.reason) for each in report.refused] == [("Far side", "It stays: 1 device(s) are on it.")]


def test_there_is_nothing_secret_in_it(hosts: Hosts) -> None:
    furnish(hosts("club"))
    names: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            names.update(value)
            for each in value.values():
                collect(each)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect(exported(hosts("club")))
    assert not [name for name in names if any(word in name.lower() for word in ("pass", "secret", "token", "psk"))]
    assert "wled_presets_file" not in names


def frame(**changes: Any) -> dict[str, Any]:
    return {"format": "racelink-configuration", "schema_version": 1, "racelink": "9.9", "parts": {}} | changes


DEVICE = {"mac": "3C6105000001", "name": "A"}


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([], "parts"),
        ({"moons": []}, "parts.moons"),
        ({"devices": {}}, "parts.devices"),
        ({"devices": [5]}, "parts.devices[0]"),
        ({"devices": [DEVICE, DEVICE]}, "parts.devices[1]"),
        ({"devices": [DEVICE | {"mac": "xyz"}]}, "parts.devices[0].mac"),
        ({"devices": [DEVICE | {"mac": "FFFFFFFFFFFF"}]}, "parts.devices[0].mac"),
        ({"devices": [DEVICE | {"name": "\u0007"}]}, "parts.devices[0].name"),
        ({"devices": [DEVICE | {"colour": 1}]}, "parts.devices[0].colour"),
        ({"devices": [DEVICE | {"group_id": 255}]}, "parts.devices[0].group_id"),
        ({"devices": [DEVICE | {"specials": {"wled_bri": 300}}]}, "parts.devices[0].specials.wled_bri"),
        ({"devices": [DEVICE | {"position": {"x": 2, "y": 0}}]}, "parts.devices[0].position.x"),
        ({"groups": [{"id": 1, "name": "A"}, {"id": 1, "name": "B"}]}, "parts.groups[1]"),
        ({"groups": [{"id": 0, "name": "A"}]}, "parts.groups[0].id"),
        ({"networks": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}, "parts.networks[1]"),
        (
            {"networks": [{"id": each, "name": "A", "gateway_mac": GATEWAY} for each in "ab"]},
            "parts.networks[1].gateway_mac",
        ),
        ({"presets": [{"id": 1, "key": "a"}]}, "parts.presets[0].label"),
        ({"presets": [{"label": "A", "params": {"mode": "x"}}]}, "parts.presets[0].params.mode"),
        ({"presets": [{"label": "A"}, {"label": "a"}]}, "parts.presets[1].key"),
        ({"presets": [{"id": 3, "label": "A"}, {"id": 3, "label": "B"}]}, "parts.presets[1].id"),
        ({"scenes": ["go"]}, "parts.scenes[0]"),
        ({"scenes": [{"key": ""}]}, "parts.scenes[0].label"),
        ({"scenes": [{"label": "A"}, {"label": "A"}]}, "parts.scenes[1].key"),
        ({"seats": [{"index": 16, "target": {"kind": "groups", "value": [1]}}]}, "parts.seats[0].index"),
        ({"race_bindings": [{"id": 1, "name": "A", "event": "moonrise", "reaction": {"kind": "stop_scene"}}]},
         "parts.race_bindings[0].event"),
        ({"race_bindings": [{"id": 1, "name": "A", "event": "RACE_START", "only": {"seat": 1},
                             "reaction": {"kind": "stop_scene"}}]},
         "parts.race_bindings[0].only.seat"),
        ({"settings": {"brightness_ceiling": 0}}, "parts.settings.brightness_ceiling"),
        ({"settings": {"wled_presets_file": "a"}}, "parts.settings.wled_presets_file"),
        ({"settings": []}, "parts.settings"),
    ],
)  # fmt: skip
def test_a_document_with_one_bad_value_is_refused_as_a_whole(hosts: Hosts, parts: Any, path: str) -> None:
    good = {"groups": [{"id": 3, "name": "Good"}]}
    before = hosts("new").store.snapshot
    with pytest.raises(InvalidConfiguration) as refused:
        take(hosts("new"), frame(parts=good | parts if isinstance(parts, dict) else parts))
    assert refused.value.path == path
    assert "RaceLink 9.9 wrote the file" in str(refused.value)
    assert hosts("new").store.snapshot is before


@pytest.mark.parametrize(
    ("document", "error", "words"),
    [
        ({}, NotAConfiguration, "Move the configuration"),
        ({"format": "racelink-scenes", "scenes": []}, NotAConfiguration, "page Scenes"),
        ({"devices": [], "groups": []}, NotAConfiguration, "older RaceLink"),
        (frame(schema_version=2), ConfigurationTooNew, "RaceLink 9.9 wrote this file in form 2"),
        (frame(schema_version=True), InvalidConfiguration, "schema_version"),
        (frame(references={"groups": {"x": "A"}}), InvalidConfiguration, "references.groups.x"),
    ],
)
def test_other_files_are_refused_with_advice(hosts: Hosts, document: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        take(hosts("new"), document)


def test_only_parts_that_are_in_the_file_can_be_taken(hosts: Hosts) -> None:
    with pytest.raises(InvalidValue, match="the file holds no scenes; it holds: groups"):
        take(hosts("new"), frame(parts={"groups": []}), "scenes")


def test_without_a_free_number_nothing_is_taken(hosts: Hosts) -> None:
    here = hosts("new")
    with here.store.transaction() as draft:
        draft.groups.update({GroupId(each): group(each, f"G{each}") for each in range(1, LAST_GROUP + 1)})
    before = here.store.snapshot
    with pytest.raises(NoFreeGroup):
        take(here, frame(parts={"groups": [{"id": 1, "name": "One more"}], "settings": {"brightness_ceiling": 9}}))
    assert here.store.snapshot is before


def test_a_running_task_or_scene_refuses_the_import_and_not_the_try(hosts: Hosts) -> None:
    here, document = hosts("new"), frame(parts={"groups": [{"id": 1, "name": "A"}]})

    def work(task: TaskHandle) -> None:
        until(lambda: task.is_cancelled, "the cancelling")

    here.tasks.start("waiting", work)
    with pytest.raises(TaskRunning):
        take(here, document)
    assert take(here, document, dry_run=True).is_dry_run
    here.tasks.cancel()
    until(lambda: not here.tasks.is_running, "the end of the task")
    assert of(take(here, document), "groups").added == ("A",)


def test_a_task_that_begins_meanwhile_stops_the_import(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    here, document = hosts("new"), frame(parts={"groups": [{"id": 1, "name": "A"}]})
    backup = here.store.backup

    def work(task: TaskHandle) -> None:
        until(lambda: task.is_cancelled, "the cancelling")

    def backup_and_begin() -> Path:
        here.tasks.start("waiting", work)
        return backup()

    monkeypatch.setattr(here.store, "backup", backup_and_begin)
    before = here.store.snapshot
    with pytest.raises(TaskRunning):
        take(here, document)
    assert here.store.snapshot is before
    here.tasks.cancel()
    until(lambda: not here.tasks.is_running, "the end of the task")
