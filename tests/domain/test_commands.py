"""Commands and targets as they arrive as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    LocateCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    SyncCommand,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectFlags, FlagsOverride
from racelink_core.domain.group import Group
from racelink_core.domain.settings import Settings
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target

COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
TARGET: TypeAdapter[Target] = TypeAdapter(Target)
EVERYONE = {"kind": "broadcast"}


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": 1}}, RlPresetCommand),
        ({"kind": "rl_effect", "target": EVERYONE, "params": {"mode": 3}}, RlEffectCommand),
        ({"kind": "wled_preset", "target": EVERYONE, "params": {"presetId": 250, "brightness": 9}}, WledPresetCommand),
        ({"kind": "sync"}, SyncCommand),
        ({"kind": "blackout", "target": EVERYONE}, BlackoutCommand),
        ({"kind": "locate", "target": EVERYONE}, LocateCommand),
    ],
)
def test_the_kind_decides_which_command_it_is(document: dict[str, Any], kind: type) -> None:
    command = COMMAND.validate_python(document)
    assert isinstance(command, kind)
    assert COMMAND.validate_json(COMMAND.dump_json(command)) == command


def test_a_preset_is_chosen_by_the_scene_name_or_by_ours() -> None:
    assert RlPresetChoice.model_validate({"presetId": 4}) == RlPresetChoice.model_validate({"preset_id": 4})


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "disco"},
        {"kind": "sync", "target": EVERYONE},
        {"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": True}},
        {"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": ""}},
        {"kind": "rl_preset", "target": EVERYONE, "params": {"presetId": 1, "brightness": 256}},
        {"kind": "wled_preset", "target": EVERYONE, "params": {"presetId": 256, "brightness": 9}},
        {"kind": "wled_preset", "target": EVERYONE, "params": {"brightness": 1}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"mode": True}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"speed": 1.5}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"custom3": 32}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"color1": [1, 2]}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"color1": [1, 2, False]}},
        {"kind": "rl_effect", "target": EVERYONE, "params": {"glitter": 1}},
        {"kind": "locate", "target": EVERYONE, "seconds": True},
        {"kind": "blackout"},
    ],
)
def test_a_command_that_says_something_else_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        COMMAND.validate_python(document)


def test_a_command_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        LocateCommand(target=BroadcastTarget()).seconds = 9  # type: ignore[misc]


def test_groups_are_sorted_and_named_once() -> None:
    target = TARGET.validate_python({"kind": "groups", "value": [9, 2, 9]})
    assert target == GroupsTarget(value=(2, 9))


def test_a_device_is_named_by_any_spelling_of_its_mac() -> None:
    target = TARGET.validate_python({"kind": "device", "value": "ac:67:b2:12:34:56"})
    assert isinstance(target, DeviceTarget)
    assert target.value == "AC67B2123456"


@pytest.mark.parametrize("groups", [[], [0, 1], [255], [True], [1.0], ["1"], 1])
def test_a_group_that_cannot_be_a_target_is_refused(groups: object) -> None:
    with pytest.raises(ValidationError):
        TARGET.validate_python({"kind": "groups", "value": groups})


@pytest.mark.parametrize("group_id", [0, 255, True, 1.0, "1"])
def test_a_group_has_an_id_from_1_to_254(group_id: object) -> None:
    with pytest.raises(ValidationError):
        Group.model_validate({"id": group_id, "name": "Pit wall"})


def test_a_brightness_ceiling_is_no_boolean() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"brightness_ceiling": True})


def test_an_override_changes_only_what_it_names() -> None:
    flags = EffectFlags(arm_on_sync=True, force_tt0=True)
    assert FlagsOverride(force_tt0=False).applied_to(flags) == EffectFlags(arm_on_sync=True)
