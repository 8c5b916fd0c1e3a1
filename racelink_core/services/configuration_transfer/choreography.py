"""RL presets and scenes, by key. They are put in place as from a file of scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.configuration_document import InvalidConfiguration
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.preset_reading import read_preset_flags, read_preset_params
from racelink_core.domain.slug import clean_label
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.whole_number import whole_number
from racelink_core.runtime.turns import Turns
from racelink_core.services.configuration_transfer.records import Known, placed_objects
from racelink_core.services.configuration_transfer.taking import Taking
from racelink_core.services.preset_merge import PresetMerge
from racelink_core.services.rl_presets import preset_key
from racelink_core.services.scene_merge import SceneMerge
from racelink_core.services.scene_transfer import preset_form, say_what_is_missing, scene_form
from racelink_core.services.scenes import scene_key

Record = Mapping[str, Any]


def written_presets(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [preset_form(preset) for preset in Turns().between(snapshot.presets.values())]


def written_scenes(snapshot: Snapshot) -> list[dict[str, Any]]:
    """They name presets by key."""
    return [scene_form(scene, snapshot) for scene in Turns().between(snapshot.scenes.values())]


def read_presets(value: object) -> list[Record]:
    """Raises InvalidConfiguration."""
    keys, ids = Known(), Known()
    records = []
    for path, record in placed_objects(value, "presets"):
        try:
            label = clean_label(record.get("label"))
            read_preset_params(record.get("params"), is_saving=False)
            read_preset_flags(record.get("flags"))
        except InvalidValue as error:
            raise InvalidConfiguration(f"{path}.{error.field}", error.problem) from error
        keys.add(preset_key(str(record.get("key") or label)), f"{path}.key")
        number = whole_number(record.get("id"))
        if number is not None:
            ids.add(number, f"{path}.id")
        records.append(record)
    return records


def read_scenes(value: object) -> list[Record]:
    """Actions that this version cannot read are kept as they are. Raises InvalidConfiguration."""
    keys = Known()
    records = []
    for path, record in placed_objects(value, "scenes"):
        keys.add(_key_of(record, path), f"{path}.key")
        records.append(record)
    return records


def take_presets(records: list[Record], taking: Taking) -> None:
    draft = taking.draft
    if taking.replaces:
        named = {preset_key(str(record.get("key") or record["label"])) for record in records}
        for preset in tuple(draft.presets.values()):
            if preset.key not in named:
                del draft.presets[preset.id]
                taking.removed("presets", preset.label)
    merge = PresetMerge(draft, taking.findings, taking.utc, replaces=True, keeps_ids=True)
    taking.tally("presets", merge.tally)
    for record in Turns().between(records):
        merge.take(record)
        _say_other_id(record, merge, taking)
    taking.preset_of = merge.reference_here


def take_scenes(records: list[Record], taking: Taking) -> None:
    draft, before = taking.draft, dict(taking.draft.scenes)
    if taking.replaces:
        named = {_key_of(record, "") for record in records}
        for scene in before.values():
            if scene.key not in named:
                del draft.scenes[scene.id]
                taking.removed("scenes", scene.label)
    merge = SceneMerge(
        draft,
        taking.findings,
        taking.utc,
        replaces=True,
        new_groups=taking.new_group_ids(),
        new_networks=taking.networks,
        preset_of=taking.preset_of,
    )
    taking.tally("scenes", merge.tally)
    for record in Turns().between(records):
        merge.take(record)


def say_what_scenes_miss(taking: Taking, before: Snapshot) -> None:
    """Of what changed, and of everything where something else may be gone."""
    for scene in Turns().between(taking.draft.scenes.values()):
        if taking.replaces or before.scenes.get(scene.id) != scene:
            say_what_is_missing(scene, taking.draft, taking.findings)


def _say_other_id(record: Record, merge: PresetMerge, taking: Taking) -> None:
    number = whole_number(record.get("id"))
    here = None if number is None else merge.reference_here(number)
    if isinstance(here, int) and here != number:
        reason = f"It has id {here} here, and had {number} there. Check RotorHazard's bindings to it."
        taking.findings.change("preset", record["label"], reason)


def _key_of(record: Record, path: str) -> str:
    """Raises InvalidConfiguration."""
    try:
        return scene_key(str(record.get("key") or clean_label(record.get("label"))))
    except InvalidValue as error:
        raise InvalidConfiguration(f"{path}.{error.field}", error.problem) from error
