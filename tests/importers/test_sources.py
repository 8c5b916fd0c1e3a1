"""Options, files and folders: what is found where, and what is taken of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racelink_core.state.importers.folders import read_file, read_folder
from racelink_core.state.importers.older_data import OlderData
from racelink_core.state.importers.sources import LeftAlone, OlderFile, OlderOptions, read_old

GROUPS = [{"name": "All WLED Nodes", "static_group": 1}, {"name": "Gates"}]


def devices(name: str) -> list[dict[str, Any]]:
    return [{"addr": "AABBCCDDEE01", "name": name, "groupId": 1}]


def state(name: str, version: int = 1) -> str:
    return json.dumps(
        {"schema_version": version, "devices": devices(name), "groups": GROUPS, "networks": [{"id": "n"}]}
    )


def from_options(**options: Any) -> OlderData:
    return read_old([OlderOptions("options", options)])


def from_file(content: object) -> OlderData:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_old([OlderFile("file.json", raw)])


def name_in(data: OlderData) -> str | None:
    if data.state is None:
        return None
    return data.state.devices[0].device.name if data.state.devices else ""


def reasons(data: OlderData) -> str:
    return " | ".join(f"{each.what}: {each.reason}" for each in data.findings.left_out)


LISTS = {"rl_device_config": json.dumps(devices("lists")), "rl_groups_config": json.dumps(GROUPS)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"rl_state_v2": state("two", 2), "rl_state_v1": state("one"), **LISTS}, "two"),
        ({"rl_state_v1": state("one"), **LISTS}, "one"),
        (LISTS, "lists"),
        ({"rl_state_v2": "{broken", "rl_state_v1": state("one")}, "one"),
        ({"rl_state_v2": "{broken", "rl_state_v1": "[]", **LISTS}, "lists"),
        ({"rl_state_v1": state("two", 2)}, "two"),
        ({"rl_state_v2": state("one", 1)}, "one"),
        ({"rl_state_v2": json.loads(state("as an object", 2))}, "as an object"),
        ({"rl_device_config": repr(devices("literal")), "rl_groups_config": repr(GROUPS)}, "literal"),
    ],
)
def test_the_newest_readable_state_counts(options: dict[str, Any], expected: str) -> None:
    assert name_in(from_options(**options)) == expected


def test_the_version_inside_counts_and_not_the_name_of_the_option() -> None:
    data = from_options(rl_state_v1=state("two", 2))
    assert data.state is not None
    assert data.state.has_networks
    data = from_options(rl_state_v2=state("one", 1))
    assert data.state is not None
    assert not data.state.has_networks


def test_a_malformed_state_is_told_with_its_name() -> None:
    assert "rl_state_v2 in options: It cannot be read" in reasons(from_options(rl_state_v2="{", rl_state_v1=state("a")))


@pytest.mark.parametrize(
    "shown", ["### Groups\n\n- Gates: 3", "**8 devices**", "[x](y)", "[1, 2]", '"text"', "[[]]", "[{'a': 1}]", "3"]
)
def test_what_a_page_shows_is_never_taken_for_data(shown: str) -> None:
    data = from_options(rl_device_config=shown, rl_groups_config=shown)
    assert data.state is None
    assert data.findings.left_out_count == 2


def test_one_of_the_two_lists_is_enough() -> None:
    data = from_options(rl_device_config=LISTS["rl_device_config"])
    assert data.state is not None
    assert [(group.id, group.name) for group in data.state.groups.groups] == [(1, "Group 1")]
    assert data.state.devices[0].device.group_id == 1
    data = from_options(rl_groups_config=LISTS["rl_groups_config"], rl_device_config="shown")
    assert data.state is not None
    assert [group.name for group in data.state.groups.groups] == ["Gates"]


@pytest.mark.parametrize("value", [None, False, "", "None", " "])
def test_an_option_that_nobody_stored_is_nothing(value: object) -> None:
    data = from_options(rl_state_v2=value, rl_device_config=value, psi_comms_port=value)
    assert data.is_empty
    assert data.findings.left_out_count == 0
    assert data.sources == []


def test_ports_and_preset_files_are_told_and_limits_taken() -> None:
    data = from_options(
        psi_comms_port="/dev/ttyUSB0",
        rl_comms_port="COM3",
        rl_wled_presets_file="presets_1.json",
        rl_eth_autosync_interval_s="45",
        rl_battery_warn_2s_v="7.1",
        rl_battery_warn_6s_v=99,
    )
    assert [each.what for each in data.findings.left_out] == [
        "rl_comms_port",
        "psi_comms_port",
        "rl_battery_warn_6s_v",
    ]
    assert data.settings == {
        "eth_autosync_interval_s": 45,
        "battery_warn_2s_v": 7.1,
        "wled_presets_file": "presets_1.json",
    }


@pytest.mark.parametrize("value", [5, "no extension", "..", "a/b", "\x00.json", ".hidden.json", "x" * 70 + ".json"])
def test_an_option_that_names_no_file_of_presets_is_left_out(value: object) -> None:
    data = from_options(rl_wled_presets_file=value)
    assert data.settings == {}
    assert [each.what for each in data.findings.left_out] == ["rl_wled_presets_file"]


@pytest.mark.parametrize("value", ["x", "nan", "inf", "4.5", "-1", "9" * 5000, [], {}])
def test_a_number_that_is_none_is_left_out(value: object) -> None:
    data = from_options(rl_eth_autosync_interval_s=value)
    assert data.settings == {}
    assert data.findings.left_out_count == 1


@pytest.mark.parametrize(
    "content",
    [
        {"host": "127.0.0.1", "port": 5077, "debug": False, "options": {"rl_state_v1": state("found")}},
        {"rl_state_v1": state("found")},
        json.loads(state("found")),
        devices("found"),
        repr(devices("found")).encode(),
        b"\xef\xbb\xbf" + state("found").encode(),
    ],
)
def test_what_a_file_is_its_content_tells(content: object) -> None:
    assert name_in(from_file(content)) == "found"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b"[1]",
        b"text",
        b'{"a": 1}',
        b"[" * 100_000,
        b"{" * 50_000,
        b"-" * 50_000,
        b"(" * 100_000,
        b"9" * 100_000,
        b'{"options": {}}',
        b"__import__('os').system('id')",
        b"[1 for x in y]",
    ],
)
def test_a_file_that_is_nothing_of_ours_is_told(content: bytes) -> None:
    data = from_file(content)
    assert data.is_empty
    assert data.findings.left_out_count == 1


def test_files_of_wled_presets_are_taken_by_the_name_they_have() -> None:
    content = json.dumps({"0": {}, "1": {"n": "Red"}}).encode()
    large = content + b" " * (1 << 20)
    files = [OlderFile(name, content) for name in ("/home/me/presets/a.json", "C:\\presets\\b.json", "a.json", "odd?")]
    data = read_old([*files, OlderFile("large.json", large)])
    assert [(each.name, each.content) for each in data.wled_files] == [("a.json", content), ("b.json", content)]
    assert [(each.kind, each.what) for each in data.findings.left_out] == [
        ("wled_presets", "a.json"),
        ("wled_presets", "odd?"),
        ("wled_presets", "large.json"),
    ]
    assert not data.is_empty


def preset(label: str, **more: Any) -> dict[str, Any]:
    return {"key": label.lower(), "label": label, "params": {"mode": 2, "brightness": 100}, "flags": {}, **more}


def presets_of(*records: Any, **top: Any) -> dict[int, str]:
    data = from_file({"schema_version": 2, "presets": list(records), **top})
    assert data.presets is not None
    return {each.id: each.label for each in data.presets.presets}


def test_presets_of_version_1_have_their_place_as_id() -> None:
    assert presets_of(preset("A"), preset("B"), schema_version=1) == {0: "A", 1: "B"}


def test_presets_of_version_2_keep_their_ids_and_a_doubled_one_moves() -> None:
    assert presets_of(preset("A", id=5), preset("B", id=5), preset("C", id=6), next_id=9) == {5: "A", 7: "B", 6: "C"}


@pytest.mark.parametrize(("stored", "expected"), [(9, 9), (2, 6), (None, 6), ("x", 6), (-1, 6)])
def test_the_next_id_is_above_every_id(stored: object, expected: int) -> None:
    data = from_file({"schema_version": 2, "next_id": stored, "presets": [preset("A", id=5)]})
    assert data.presets is not None
    assert data.presets.next_id == expected


def test_presets_are_read_forgivingly() -> None:
    data = from_file(
        {
            "presets": [
                preset("A", params={"mode": 300, "custom3": 40, "color1": [1, 2, 300], "color2": [1], "check1": 1}),
                preset("A"),
                {"label": "Ümlaut ?!", "params": None, "flags": {"arm_on_sync": True, "offset_mode": "x"}, "mood": 1},
                {"label": " "},
                7,
            ]
        }
    )
    assert data.presets is not None
    first, second, third = data.presets.presets
    assert (first.params.mode, first.params.custom3, first.params.color1, first.params.color2) == (
        44,
        8,
        (1, 2, 44),
        None,
    )
    assert first.params.check1 is True
    assert (first.key, second.key, third.key) == ("a", "a_2", "mlaut")
    assert (third.flags.arm_on_sync, third.flags.offset_mode) == (True, False)
    assert data.presets.unknown == {"2": {"mood": 1}}
    assert [each.kind for each in data.findings.left_out] == ["preset", "preset"]


@pytest.mark.parametrize("version", [{"schema_version": 1}, {"version": 1}, {"schema_version": 9}, {}])
def test_scenes_are_kept_as_they_are(version: dict[str, int]) -> None:
    scene = {
        "id": 4,
        "key": "go",
        "label": "Go",
        "actions": [{"kind": "wled_control", "scope": "group", "groups": "all"}],
    }
    data = from_file(
        {**version, "next_id": 9, "scenes": [scene, {"key": "x", "label": "X", "id": 4}, {"label": "no key"}, 3]}
    )
    assert data.scenes is not None
    assert data.scenes.scenes == {4: scene, 5: {"key": "x", "label": "X", "id": 4}}
    assert data.scenes.next_id == 9
    assert data.findings.left_out_count == 2


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def test_an_older_name_counts_only_without_the_newer(tmp_path: Path) -> None:
    write(tmp_path, "standalone_config.json", {"options": {"rl_state_v1": state("old name")}})
    write(tmp_path, "scenes.json", {"scenes": []})
    assert name_in(read_old(read_folder(tmp_path))) == "old name"
    write(tmp_path, "rl_standalone_config.json", {"options": {"rl_state_v1": state("new name")}})
    data = read_old(read_folder(tmp_path))
    assert name_in(data) == "new name"
    assert "rl_standalone_config.json is there and newer" in reasons(data)


def test_rotorhazards_options_win_over_the_standalone_configuration(tmp_path: Path) -> None:
    write(tmp_path, "rl_standalone_config.json", {"options": {"rl_state_v1": state("standalone")}})
    data = read_old(
        [OlderOptions("RotorHazard's options", {"rl_state_v1": state("rotorhazard")}), *read_folder(tmp_path)]
    )
    assert name_in(data) == "rotorhazard"
    assert "Devices and groups come from rl_state_v1 in RotorHazard's options" in reasons(data)


def test_folders_of_wled_presets_are_read_the_newer_one_first(tmp_path: Path) -> None:
    for name in ("presets", "rl_wled_presets"):
        (tmp_path / name).mkdir()
    assert read_folder(tmp_path) == []
    write(tmp_path / "presets", "a.json", {"1": {"n": "older"}})
    write(tmp_path / "presets", "b.json", {"1": {}})
    write(tmp_path / "rl_wled_presets", "a.json", {"1": {"n": "newer"}})
    write(tmp_path / "rl_wled_presets", ".a.json", {"1": {}})
    data = read_old(read_folder(tmp_path))
    assert {each.name: b"newer" in each.content for each in data.wled_files} == {"a.json": True, "b.json": False}


def test_what_cannot_be_read_as_a_file_is_told(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "missing") == []
    (tmp_path / "rl_presets.json").mkdir()
    (left,) = read_folder(tmp_path)
    assert isinstance(left, LeftAlone)
    (tmp_path / "large").write_bytes(b" " * ((4 << 20) + 1))
    for path in (tmp_path / "large", tmp_path / "missing", Path("/dev/zero")):
        assert isinstance(read_file(path), LeftAlone)
