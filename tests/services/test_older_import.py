"""What happens to a store when older data is put into it: all or nothing, twice is harmless, originals stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.domain.command import SyncCommand
from racelink_core.domain.device import Device, Position
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scene import Delay
from racelink_core.domain.scene_form import action_form
from racelink_core.domain.settings import Settings
from racelink_core.runtime.clock import SystemClock
from racelink_core.runtime.native_pool import NativePool
from racelink_core.services.import_report import ImportReport, KindReport, OnConflict
from racelink_core.services.older_import import NothingToImport, OlderImport
from racelink_core.services.wled_presets import WledPresets
from racelink_core.state.errors import StoreFull
from racelink_core.state.importers.sources import OlderFile, OlderOptions, Source
from racelink_core.state.store import Store

ALL = {"name": "All WLED Nodes", "static_group": 1}
MACS = [Mac(f"AABBCCDDEE{number:02X}") for number in range(10)]


@pytest.fixture
def pool() -> Iterator[NativePool]:
    pool = NativePool()
    yield pool
    pool.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "data", SystemClock())
    yield store
    store.close()


@pytest.fixture
def older(store: Store, pool: NativePool) -> OlderImport:
    return OlderImport(store, SystemClock(), pool)


def device(number: int, **more: Any) -> dict[str, Any]:
    return {"addr": MACS[number], "name": f"lamp {number}", "groupId": 0, "dev_type": 10, **more}


def state(devices: list[Any], *names: str, **more: Any) -> OlderFile:
    groups = [ALL, *({"name": name} for name in names)]
    value = {"schema_version": 1, "devices": devices, "groups": groups, **more}
    return OlderFile("state.json", json.dumps(value).encode())


def networks(*records: dict[str, Any], devices: list[Any], groups: list[Any]) -> OlderFile:
    value = {"schema_version": 2, "devices": devices, "groups": groups, "networks": records}
    return OlderFile("state.json", json.dumps(value).encode())


def presets(*records: tuple[int, str], next_id: int = 0) -> OlderFile:
    listed = [{"id": number, "key": key, "label": key, "params": {"mode": number}} for number, key in records]
    return OlderFile("presets.json", json.dumps({"schema_version": 2, "next_id": next_id, "presets": listed}).encode())


def scenes(*records: tuple[int, str], action: Any = 1, next_id: int = 0) -> OlderFile:
    listed = [{"id": number, "key": key, "label": key, "actions": [action]} for number, key in records]
    return OlderFile("scenes.json", json.dumps({"version": 1, "next_id": next_id, "scenes": listed}).encode())


def ask(older: OlderImport, *sources: Source, on_conflict: OnConflict = "keep") -> ImportReport:
    return older.run(sources, "request", on_conflict)


def part(report: ImportReport, kind: str) -> KindReport:
    return next(each for each in report.taken if each.kind == kind)


def group_names(store: Store) -> dict[int, str]:
    return {group.id: group.name for group in store.snapshot.groups.values()}


def add_groups(store: Store, **names: int) -> None:
    with store.transaction() as draft:
        for name, number in names.items():
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=name, display_order=number)


def test_twice_is_as_good_as_once(older: OlderImport, store: Store) -> None:
    sources = (state([device(1, groupId=1), device(2)], "Gates"), presets((20, "a")), scenes((3, "go"), next_id=9))
    first = ask(older, *sources)
    snapshot, documents = store.snapshot, store.older_documents
    second = ask(older, *sources)
    assert not first.is_without_effect
    assert second.is_without_effect
    assert (second.backup, second.undo) == (None, None)
    assert store.snapshot is snapshot
    assert store.older_documents == documents
    assert [kind.same for kind in second.taken] == [1, 1, 2, 1, 1]


def test_groups_keep_their_number_or_find_their_name_or_get_a_new_number(older: OlderImport, store: Store) -> None:
    add_groups(store, Pit=1, Gates=5)
    report = ask(
        older, state([device(1, groupId=1), device(2, groupId=2), device(3, groupId=3)], "Start", "Gates", "Net")
    )
    assert group_names(store) == {1: "Pit", 5: "Gates", 2: "Start", 3: "Net"}
    assert {each.name: each.group_id for each in store.snapshot.devices.values()} == {
        "lamp 1": 2,
        "lamp 2": 5,
        "lamp 3": 3,
    }
    assert [each.what for each in report.changed] == ["Gates", "Start"] or {each.what for each in report.changed} == {
        "Gates",
        "Start",
    }
    again = ask(
        older, state([device(1, groupId=1), device(2, groupId=2), device(3, groupId=3)], "Start", "Gates", "Net")
    )
    assert again.is_without_effect


def test_two_groups_of_one_name_stay_two(older: OlderImport, store: Store) -> None:
    for _ in range(2):
        ask(older, state([device(1, groupId=2)], "Gate", "Gate"))
        assert group_names(store) == {1: "Gate", 2: "Gate"}
        assert store.snapshot.devices[MACS[1]].group_id == 2


def test_a_device_that_is_there_stays_as_it_is_unless_replaced(older: OlderImport, store: Store) -> None:
    add_groups(store, Gates=1)
    here = Device(mac=MACS[1], name="mine", group_id=GroupId(1), network_id="default", position=Position(x=0.5, y=0.5))
    with store.transaction() as draft:
        draft.devices[here.mac] = here
    source = state([device(1, name="older", groupId=2, last_seen_ts=5.0)], "Gates", "Start")
    assert part(ask(older, source), "device").kept == (f"mine ({MACS[1]})",)
    assert store.snapshot.devices[MACS[1]] == here
    assert part(ask(older, source, on_conflict="replace"), "device").replaced == (f"older ({MACS[1]})",)
    now = store.snapshot.devices[MACS[1]]
    assert (now.name, now.group_id, now.position) == ("older", 2, here.position)
    assert now.group_push_pending, "the node was not told of its group yet"
    assert store.readings.of(MACS[1]).last_seen_s == 5.0
    assert ask(older, source, on_conflict="replace").is_without_effect


def test_a_reading_of_today_is_not_replaced(older: OlderImport, store: Store) -> None:
    store.readings.update(MACS[1], last_seen_s=99.0, voltage_mv=8000)
    ask(older, state([device(1, last_seen_ts=5.0, voltage_mV=1)]))
    assert (store.readings.of(MACS[1]).last_seen_s, store.readings.of(MACS[1]).voltage_mv) == (99.0, 8000)


def test_a_group_stays_on_one_network(older: OlderImport, store: Store) -> None:
    source = networks(
        {"id": "a"},
        {"id": "b"},
        devices=[device(1, groupId=1, network_id="a"), device(2, groupId=1, network_id="b"), device(3, network_id="b")],
        groups=[ALL, {"name": "Gates", "network_id": "a"}],
    )
    report = ask(older, source)
    found = store.snapshot.devices
    assert (found[MACS[1]].group_id, found[MACS[2]].group_id, found[MACS[3]].group_id) == (1, 0, 0)
    assert store.snapshot.groups[GroupId(1)].network_id == "a"
    assert [each.kind for each in report.changed] == ["device"]
    assert ask(older, source).is_without_effect


def test_a_network_served_by_the_same_gateway_is_the_same_network(older: OlderImport, store: Store) -> None:
    with store.transaction() as draft:
        draft.networks["default"] = draft.networks["default"].model_copy(update={"gateway_mac": Mac("F412FA5A0001")})
    source = networks(
        {"id": "n1", "gateway_mac": "F412FA5A0001"},
        {"id": "n2", "gateway_mac": "F412FA5A0002"},
        devices=[device(1, network_id="n1"), device(2, network_id="n2")],
        groups=[ALL],
    )
    ask(older, source)
    assert set(store.snapshot.networks) == {"default", "n2"}
    assert [each.network_id for each in store.snapshot.devices.values()] == ["default", "n2"]
    assert ask(older, source).is_without_effect


def test_a_network_that_is_there_keeps_its_radio_and_its_gateway(older: OlderImport, store: Store) -> None:
    gateway = Mac("F412FA5A0001")
    with store.transaction() as draft:
        draft.networks["default"] = draft.networks["default"].model_copy(update={"gateway_mac": gateway})
    before = store.snapshot.networks["default"]
    ask(older, state([device(1)]), on_conflict="replace")
    assert store.snapshot.networks["default"] is before, "version 1 only assumes a network"
    source = networks(
        {"id": "default", "name": "Track", "region": "EU868", "channel_id": 3, "gateway_mac": "F412FA5A0009"},
        devices=[device(1)],
        groups=[ALL],
    )
    assert part(ask(older, source), "network").kept == ("Track",)
    ask(older, source, on_conflict="replace")
    now = store.snapshot.networks["default"]
    assert (now.name, now.gateway_mac) == ("Track", gateway)


def test_presets_keep_their_id_or_get_one_that_nobody_had(older: OlderImport, store: Store) -> None:
    report = ask(older, presets((1, "other"), (30, "far"), next_id=50))
    by_key = {preset.key: preset.id for preset in store.snapshot.presets.values()}
    assert by_key["green_go"] == 1
    assert (by_key["far"], by_key["other"]) == (30, 50)
    assert [each.what for each in report.changed] == ["other"]
    with store.transaction() as draft:
        assert draft.next_preset_id() == 51


def test_a_preset_that_is_there_stays_unless_replaced(older: OlderImport, store: Store) -> None:
    source = presets((90, "green_go"))
    assert part(ask(older, source), "preset").kept == ("green_go",)
    assert part(ask(older, source, on_conflict="replace"), "preset").replaced == ("green_go",)
    assert store.snapshot.presets[1].label == "green_go"
    assert 90 not in store.snapshot.presets


def light(group: int, preset: int) -> dict[str, Any]:
    target = {"kind": "group", "value": group}
    return {"kind": "wled_control", "target": target, "params": {"presetId": preset, "brightness": 9}}


def test_scenes_are_read_with_the_numbers_of_today(older: OlderImport, store: Store) -> None:
    add_groups(store, Pit=1)
    sources = (
        state([], "Gates"),
        presets((1, "other")),
        scenes((3, "go"), (4, "stop"), action=light(1, 1), next_id=12),
    )
    report = ask(older, *sources)
    assert part(report, "scene").added == ("go", "stop")
    scene = store.snapshot.scenes[3]
    assert [action_form(action) for action in scene.actions] == [
        {
            "kind": "rl_preset",
            "target": {"kind": "groups", "value": [2]},
            "params": {"presetId": 9, "brightness": 9},
            "flags_override": {},
        }
    ]
    reasons = [each.reason for each in report.changed if (each.kind, each.what) == ("scene", "go")]
    assert len(reasons) == 2
    assert "wled_control" in " ".join(reasons)
    assert part(ask(older, *sources), "scene").same == 2
    with store.transaction() as draft:
        assert draft.next_scene_id() == 12


def test_a_scene_that_is_there_stays_unless_replaced(older: OlderImport, store: Store) -> None:
    ask(older, scenes((3, "go"), action={"kind": "sync"}))
    assert part(ask(older, scenes((8, "go"), action={"kind": "delay"})), "scene").kept == ("go",)
    assert isinstance(store.snapshot.scenes[3].actions[0], SyncCommand)
    ask(older, scenes((8, "go"), action={"kind": "delay"}), on_conflict="replace")
    assert isinstance(store.snapshot.scenes[3].actions[0], Delay)
    ask(older, scenes((3, "new"), action={"kind": "sync"}))
    assert {scene.key: scene.id for scene in store.snapshot.scenes.values()} == {"go": 3, "new": 9}


@pytest.mark.parametrize("odd", [1, {"kind": "hologram"}, {"kind": "rl_effect", "x\ud800": "\ud800"}])
def test_a_scene_that_makes_no_sense_is_kept_and_shown_as_such(older: OlderImport, store: Store, odd: Any) -> None:
    report = ask(older, scenes((3, "go"), action=odd), presets((90, "far")))
    scene = store.snapshot.scenes[3]
    assert scene.actions == ()
    assert scene.broken is not None
    assert scene.broken.action_index == 0
    assert [each.what for each in report.changed] == ["go"]
    assert part(ask(older, scenes((3, "go"), action=odd)), "scene").same == 1


def test_scenes_that_an_earlier_version_could_only_keep_are_taken_over_at_the_next_start(
    older: OlderImport, store: Store
) -> None:
    kept = {"scene": {"key": "go", "label": "Go", "actions": [light(1, 1)]}, "groups": {"1": 5}, "presets": {"1": 7}}
    with store.transaction() as draft:
        draft.older_documents.update({"scene:4": json.dumps(kept), "scene:6": "no json", "next_scene_id": "30"})
    older.at_first_start()
    older.at_first_start()
    form = action_form(store.snapshot.scenes[4].actions[0])
    assert (form["target"]["value"], form["params"]["presetId"]) == ([5], 7)
    assert dict(store.older_documents) == {"scene:6": "no json"}
    with store.transaction() as draft:
        assert draft.next_scene_id() == 30


def test_files_of_wled_presets_come_along_and_one_of_them_is_in_use(store: Store, pool: NativePool) -> None:
    wled_presets = WledPresets(store, SystemClock(), pool)
    older = OlderImport(store, SystemClock(), pool, wled_presets=wled_presets)
    files = [OlderFile(f"presets/{name}.json", json.dumps({"1": {"n": name}}).encode()) for name in "ab"]
    option = OlderOptions("options", {"rl_wled_presets_file": "a.json"})
    report = older.run([*files, option], "request", dry_run=True)
    assert part(report, "wled_presets").added == ("a.json", "b.json")
    assert wled_presets.list().files == ()
    older.run([*files, option], "request")
    assert {file.name for file in wled_presets.list().files} == {"a.json", "b.json"}
    assert dict(wled_presets.names()) == {1: "a"}
    changed = OlderFile("presets/a.json", b'{"1": {"n": "other"}}')
    assert part(older.run([changed], "request"), "wled_presets").same == 1
    assert dict(wled_presets.names()) == {1: "a"}


def test_settings_are_taken_where_nobody_chose_otherwise(older: OlderImport, store: Store) -> None:
    with store.transaction() as draft:
        draft.settings = Settings(battery_warn_2s_v=7.2)
    options = OlderOptions("options", {"rl_battery_warn_2s_v": "6.5", "rl_battery_warn_6s_v": "19.5"})
    ask(older, options)
    assert (store.snapshot.settings.battery_warn_2s_v, store.snapshot.settings.battery_warn_6s_v) == (7.2, 19.5)
    ask(older, options, on_conflict="replace")
    assert store.snapshot.settings.battery_warn_2s_v == 6.5


def test_the_first_start_takes_the_place_of_what_we_start_with(tmp_path: Path, store: Store, pool: NativePool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "rl_presets.json").write_bytes(presets((1, "mine"), next_id=7).content)
    options = {
        "rl_state_v2": networks({"id": "n1"}, devices=[device(1, network_id="n1")], groups=[ALL]).content.decode()
    }
    OlderImport(store, SystemClock(), pool, home=home, options=lambda: options).at_first_start()
    assert [(preset.id, preset.key) for preset in store.snapshot.presets.values()] == [(1, "mine")]
    assert set(store.snapshot.networks) == {"n1"}
    assert MACS[1] in store.snapshot.devices
    with store.transaction() as draft:
        assert draft.next_preset_id() == 9, "those of the presets we start with are never used again"


def test_a_store_that_somebody_changed_is_left_alone_at_the_start(
    tmp_path: Path, store: Store, pool: NativePool
) -> None:
    add_groups(store, Mine=1)

    def unexpected() -> dict[str, Any]:
        raise AssertionError("nobody should look")

    older = OlderImport(store, SystemClock(), pool, home=tmp_path, options=unexpected)
    older.at_first_start()
    assert older.notices == ()


@pytest.mark.parametrize("options", [lambda: {"rl_state_v1": "{broken"}, lambda: 1 / 0])
def test_a_first_start_goes_on_whatever_is_found(
    store: Store, pool: NativePool, options: Callable[[], dict[str, Any]]
) -> None:
    older = OlderImport(store, SystemClock(), pool, options=options)
    older.at_first_start()
    (notice,) = older.notices
    assert "older RaceLink" in notice
    assert store.is_untouched, "the next start tries again"


def test_nothing_found_is_no_news(tmp_path: Path, store: Store, pool: NativePool) -> None:
    older = OlderImport(store, SystemClock(), pool, home=tmp_path, options=dict)
    older.at_first_start()
    assert older.notices == ()
    with pytest.raises(NothingToImport):
        older.from_home()
    with pytest.raises(NothingToImport):
        ask(older, *older.from_options())


def test_the_report_outlives_a_restart(tmp_path: Path, pool: NativePool) -> None:
    store = Store.open(tmp_path / "data", SystemClock())
    report = ask(OlderImport(store, SystemClock(), pool), state([device(1)]))
    store.close()
    store = Store.open(tmp_path / "data", SystemClock())
    assert OlderImport(store, SystemClock(), pool).last_report == report
    assert store.is_untouched is False
    store.close()


def test_a_full_disk_changes_nothing(older: OlderImport, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.snapshot

    def full(*_: object) -> None:
        raise StoreFull("the disk")

    monkeypatch.setattr(store._database, "write", full)
    with pytest.raises(StoreFull):
        ask(older, state([device(1)]))
    assert store.snapshot is before
    assert older.last_report is None
    assert store.readings.of(MACS[1]).last_seen_s == 0


def test_the_backup_brings_back_what_was_there(tmp_path: Path, pool: NativePool) -> None:
    data = tmp_path / "data"
    store = Store.open(data, SystemClock())
    add_groups(store, Mine=1)
    report = ask(OlderImport(store, SystemClock(), pool), state([device(1)], "Theirs"))
    store.close()
    assert report.backup is not None
    for suffix in ("", "-wal", "-shm"):
        (data / f"racelink.sqlite{suffix}").unlink(missing_ok=True)
    (data / "racelink.sqlite").write_bytes(Path(report.backup).read_bytes())
    store = Store.open(data, SystemClock())
    assert group_names(store) == {1: "Mine"}
    assert not store.snapshot.devices
    assert store.notices == ()
    store.close()


_ANY = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12)
)
_NAMES = st.sampled_from(["Gates", "Start", "", "All WLED Nodes", "unconfigured", "x" * 70]) | _ANY
_DEVICE = st.fixed_dictionaries(
    {},
    optional={
        "addr": st.sampled_from([*MACS[:4], "F" * 12]) | _ANY,
        "name": _NAMES,
        "groupId": st.integers(-2, 260) | _ANY,
        "dev_type": _ANY,
        "flags": _ANY,
        "state": _ANY,
        "brightness": _ANY,
        "effect": _ANY,
        "last_seen_ts": _ANY,
        "specials": st.dictionaries(st.sampled_from(["wled_bri", "wled_seg0_stop", "other"]), _ANY) | _ANY,
        "network_id": st.sampled_from(["default", "n1"]) | _ANY,
        "voltage_mV": _ANY,
        "last_known_rf_config": _ANY,
    },
)
_GROUP = st.fixed_dictionaries(
    {}, optional={"name": _NAMES, "network_id": st.sampled_from(["n1"]) | _ANY, "more": _ANY}
)
_NETWORK = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["default", "n1", "n2"]) | _ANY,
        "name": _NAMES,
        "kind": st.sampled_from(["rf", "ethernet"]) | _ANY,
        "gateway_mac": st.sampled_from(["F412FA5A0001"]) | _ANY,
        "region": _ANY,
        "channel_id": _ANY,
        "rf_config": _ANY,
        "node_port": _ANY,
    },
)
_NAMED = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(-1, 12) | _ANY,
        "key": st.sampled_from(["a", "green_go"]) | _ANY,
        "label": _NAMES,
        "params": st.dictionaries(st.sampled_from(["mode", "color1", "check1"]), _ANY) | _ANY,
    },
)


def _many(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(one | _ANY, max_size=5)


_DOCUMENT = st.one_of(
    st.fixed_dictionaries(
        {"schema_version": st.sampled_from([1, 2]) | _ANY, "devices": _many(_DEVICE)},
        optional={"groups": _many(_GROUP) | _ANY, "networks": _many(_NETWORK) | _ANY},
    ),
    st.fixed_dictionaries({"presets": _many(_NAMED)}, optional={"next_id": _ANY, "schema_version": _ANY}),
    st.fixed_dictionaries({"scenes": _many(_NAMED)}, optional={"next_id": _ANY, "version": _ANY}),
    _many(_DEVICE),
    _many(_GROUP),
    _ANY,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(documents=st.lists(_DOCUMENT, max_size=3), on_conflict=st.sampled_from(["keep", "replace"]))
def test_whatever_lies_there_an_import_is_whole_and_repeatable(documents: list[Any], on_conflict: OnConflict) -> None:
    pool = NativePool()
    with TemporaryDirectory() as folder:
        store = Store.open(Path(folder), SystemClock())
        with store.transaction() as draft:
            draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Gates")
            draft.devices[MACS[1]] = Device(mac=MACS[1], name="here", group_id=GroupId(1), network_id="default")
        contents = [json.dumps(document).encode() for document in documents]
        sources = [OlderFile(f"{number}.json", content) for number, content in enumerate(contents)]
        before = store.snapshot
        older = OlderImport(store, SystemClock(), pool)
        try:
            ask(older, *sources, on_conflict=on_conflict)
        except NothingToImport:
            assert store.snapshot is before
        else:
            assert ask(older, *sources, on_conflict=on_conflict).is_without_effect
        if on_conflict == "keep":
            assert store.snapshot.devices[MACS[1]] == before.devices[MACS[1]]
            assert store.snapshot.presets[1] == before.presets[1]
        assert_whole(store)
        snapshot = store.snapshot
        store.close()
        store = Store.open(Path(folder), SystemClock())
        assert store.notices == ()
        assert store.snapshot == snapshot
        store.close()
    pool.close()


def assert_whole(store: Store) -> None:
    """Every reference leads somewhere, and a group lies on one network."""
    snapshot = store.snapshot
    for each in snapshot.devices.values():
        assert each.group_id == 0 or each.group_id in snapshot.groups
        assert each.network_id is None or each.network_id in snapshot.networks
    for group in snapshot.groups.values():
        assert len({each.network_id for each in snapshot.members(group.id)} - {None}) <= 1
        assert group.network_id is None or group.network_id in snapshot.networks
    keys = [preset.key for preset in snapshot.presets.values()]
    assert len(keys) == len(set(keys))
    gateways = [network.gateway_mac for network in snapshot.networks.values() if network.gateway_mac]
    assert len(gateways) == len(set(gateways))
