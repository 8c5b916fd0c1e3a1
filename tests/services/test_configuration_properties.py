"""Whatever is here and in the file: references stay right, twice is once, and replacing makes it the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlPresetChoice, RlPresetCommand
from racelink_core.domain.configuration_document import Mode
from racelink_core.domain.device import Device
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import RaceBinding, RunScene
from racelink_core.domain.scene import Scene
from racelink_core.domain.seat import Seat
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.configuration_transfer.service import ConfigurationTransfer
from racelink_core.services.configuration_transfer.text import text_of
from racelink_core.state.store import Store

MACS = tuple(Mac(f"3C610500000{number}") for number in range(4))
GATEWAYS = (None, Mac("F412FA5A0001"), Mac("F412FA5A0002"))
NAMES = ("A", "B", "C")
Content = dict[str, Any]


class Nobody:
    """No gateway, no task, no scene, no race."""

    running = None
    is_on = False

    def lanes(self) -> dict[str, Any]:
        return {}

    def lane(self, network_id: str) -> Any:
        raise AssertionError(network_id)

    def current(self) -> None:
        return None


@st.composite
def configurations(draw: Any) -> Content:
    """Small ones, in which names, numbers and addresses meet often."""
    gateways = draw(st.permutations(GATEWAYS))
    network_ids = draw(st.lists(st.sampled_from(("default", "far")), min_size=1, max_size=2, unique=True))
    networks = [Network(id=each, name=each, gateway_mac=gateways[place]) for place, each in enumerate(network_ids)]
    numbers = draw(st.lists(st.integers(1, 5), max_size=3, unique=True))
    groups = [Group(id=GroupId(number), name=draw(st.sampled_from(NAMES)), display_order=number) for number in numbers]
    home = {number: draw(st.sampled_from(network_ids)) for number in numbers}
    devices = []
    for mac in draw(st.lists(st.sampled_from(MACS), max_size=3, unique=True)):
        number = draw(st.sampled_from([0, *numbers]))
        network = home.get(number) or draw(st.sampled_from(network_ids))
        devices.append(Device(mac=mac, name=mac, dev_type=10, group_id=GroupId(number), network_id=network))
    presets = [
        RlPreset(id=number, key=f"k{draw(st.integers(0, 2))}", label="P", params=EffectParameters(mode=number))
        for number in draw(st.lists(st.integers(1, 4), max_size=2, unique=True))
    ]
    presets = list({preset.key: preset for preset in presets}.values())
    lights = st.builds(
        lambda groups, preset: RlPresetCommand(
            target=GroupsTarget(value=groups), params=RlPresetChoice(preset_id=preset)
        ),
        st.lists(st.sampled_from(numbers), min_size=1, max_size=3).map(tuple),
        st.sampled_from([preset.id for preset in presets]),
    )
    can_light = bool(numbers and presets)
    scenes = [
        Scene(id=place, key=f"s{key}", label=f"S{key}", actions=tuple(draw(st.lists(lights, max_size=2))))
        for place, key in enumerate(draw(st.lists(st.integers(0, 3), max_size=2, unique=True)) if can_light else (), 1)
    ]
    seats = [
        Seat(index=index, target=GroupsTarget(value=(draw(st.sampled_from(numbers)),)))
        if numbers
        else Seat(index=index, target=DeviceTarget(value=MACS[0]))
        for index in draw(st.lists(st.integers(0, 2), max_size=2, unique=True))
    ]
    bindings = [
        RaceBinding(
            id=number,
            name=draw(st.sampled_from(NAMES)),
            event="RACE_START",
            reaction=draw(lights) if can_light else RunScene(scene="s0"),
            display_order=number,
        )
        for number in draw(st.lists(st.integers(1, 3), max_size=2, unique=True))
    ]
    return {
        "networks": {each.id: each for each in networks},
        "groups": {each.id: each for each in groups},
        "devices": {each.mac: each for each in devices},
        "presets": {each.id: each for each in presets},
        "scenes": {each.id: each for each in scenes},
        "seats": {each.index: each for each in seats},
        "race_bindings": {each.id: each for each in bindings},
    }


@contextmanager
def transfer_of(content: Content) -> Iterator[tuple[ConfigurationTransfer, Store]]:
    clock, nobody = SystemClock(), cast(Any, Nobody())
    store = Store.in_memory(clock)
    try:
        with store.transaction() as draft:
            for table, entities in content.items():
                kept: dict[Any, Any] = getattr(draft, table)
                kept.clear()
                kept.update(entities)
        yield ConfigurationTransfer(store, clock, nobody, tasks=nobody, scenes=nobody, race=nobody), store
    finally:
        store.close()


def document_of(content: Content) -> dict[str, Any]:
    with transfer_of(content) as (transfer, _):
        read: dict[str, Any] = json.loads(text_of(transfer.export()))
        return read


def in_words(snapshot: Snapshot) -> dict[str, Any]:
    """The configuration with names in place of numbers."""

    def groups(target: object) -> object:
        if not isinstance(target, GroupsTarget):
            return target
        return sorted(snapshot.groups[GroupId(number)].name if number else "gone" for number in target.value)

    def light(command: object) -> object:
        if not isinstance(command, RlPresetCommand):
            return command
        preset = snapshot.find_preset(command.params.preset_id or 0)
        return groups(command.target), preset and preset.key

    return {
        "groups": sorted(group.name for group in snapshot.groups.values()),
        "devices": {
            mac: snapshot.groups[device.group_id].name if device.group_id else None
            for mac, device in snapshot.devices.items()
        },
        "presets": {preset.key: (preset.label, preset.params) for preset in snapshot.presets.values()},
        "scenes": {scene.key: [light(action) for action in scene.actions] for scene in snapshot.scenes.values()},
        "seats": {index: groups(seat.target) for index, seat in snapshot.seats.items()},
        "race_bindings": sorted((each.name, str(light(each.reaction))) for each in snapshot.race_bindings.values()),
    }


def apart_from_moved(devices: dict[Mac, Any], moved: set[str]) -> dict[Mac, Any]:
    return {mac: group for mac, group in devices.items() if not any(mac in what for what in moved)}


many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(there=configurations(), here=configurations())
def test_replacing_makes_it_the_same_in_words(there: Content, here: Content) -> None:
    with transfer_of(there) as (_, store):
        wanted = in_words(store.snapshot)
    with transfer_of(here) as (transfer, store):
        report = transfer.take(document_of(there), mode="replace")
        found = in_words(store.snapshot)
        moved = {each.what for each in report.remarks if each.kind == "device"}
        found["devices"] = apart_from_moved(found["devices"], moved)
        wanted["devices"] = apart_from_moved(wanted["devices"], moved)
        assert found == wanted
        assert set(store.snapshot.groups) == set(there["groups"]), "with their numbers"
        assert transfer.take(document_of(there), mode="replace").is_without_effect


@many
@given(there=configurations(), here=configurations())
def test_merging_adds_the_file_and_loses_nothing(there: Content, here: Content) -> None:
    with transfer_of(there) as (_, store):
        wanted = in_words(store.snapshot)
    with transfer_of(here) as (transfer, store):
        before = in_words(store.snapshot)
        report = transfer.take(document_of(there))
        found = in_words(store.snapshot)
        moved = {each.what for each in report.remarks if each.kind == "device"}
        taken = apart_from_moved(wanted["devices"], moved)
        assert found["devices"] | taken == found["devices"]
        for part in ("presets", "scenes", "seats"):
            assert found[part] == before[part] | wanted[part]
        assert set(found["groups"]) == set(before["groups"]) | set(wanted["groups"])
        assert set(before["devices"]) <= set(found["devices"])
        assert set(wanted["race_bindings"]) <= set(found["race_bindings"])
        assert {number: group.name for number, group in here["groups"].items()}.items() <= {
            number: group.name for number, group in store.snapshot.groups.items()
        }.items(), "what is here keeps its number"
        assert transfer.take(document_of(there)).is_without_effect


@many
@given(there=configurations(), here=configurations(), mode=st.sampled_from(["merge", "replace"]))
def test_a_try_says_what_is_done(there: Content, here: Content, mode: Mode) -> None:
    with transfer_of(here) as (transfer, store):
        before = store.snapshot
        document = document_of(there)
        planned = transfer.take(document, mode=mode, dry_run=True)
        assert store.snapshot is before
        done = transfer.take(document, mode=mode)
        assert planned.model_copy(update={"is_dry_run": False}) == done
        assert planned.is_without_effect == (store.snapshot is before)
