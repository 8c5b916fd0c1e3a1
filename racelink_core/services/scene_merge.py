"""Puts scenes from files into a transaction's draft, by key. Source: spec scenes, sections 3 and 5.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import JsonValue, ValidationError

from racelink_core.domain.command import PresetReference
from racelink_core.domain.errors import InvalidValue, RaceLinkError
from racelink_core.domain.scene import BrokenActions, Choreography, Scene
from racelink_core.domain.scene_reading import ChoreographyInvalid, read_choreography
from racelink_core.domain.scene_references import NewIds, with_networks, with_new_groups, with_presets
from racelink_core.domain.slug import clean_label, unique_key
from racelink_core.runtime.turns import give_way
from racelink_core.services.import_tally import Tally
from racelink_core.services.scenes import MOST_SCENES, scene_key
from racelink_core.state.draft import Draft
from racelink_core.state.importers.findings import Findings

Record = Mapping[str, Any]


def _unchanged(reference: PresetReference) -> PresetReference:
    return reference


class SceneMerge:
    """A scene is the same if it has the same key. What cannot be read is kept as it was written, and shown as such.

    replaces        what is there and differs gives way
    new_groups      groups that have other numbers here than where the scenes come from
    new_networks    networks that have other ids here
    preset_of       how a reference to a preset is written here
    """

    def __init__(
        self,
        draft: Draft,
        findings: Findings,
        utc: str,
        *,
        replaces: bool,
        new_groups: NewIds | None = None,
        new_networks: Mapping[str, str] | None = None,
        preset_of: Callable[[PresetReference], PresetReference] = _unchanged,
    ) -> None:
        self._draft, self._findings, self._utc, self._replaces = draft, findings, utc, replaces
        self._new_groups, self._preset_of = new_groups or {}, preset_of
        self._new_networks = new_networks or {}
        self._by_key = {scene.key: scene for scene in draft.scenes.values()}
        self.tally = Tally()

    def take(self, record: Record, wanted_id: int | None = None) -> None:
        """`wanted_id` is kept if nobody has it. Never raises for what the record holds."""
        try:
            label = clean_label(record.get("label"))
            key = scene_key(str(record.get("key") or label))
        except InvalidValue as error:
            self._findings.leave_out("scene", record.get("label") or record.get("key"), f"{error}.")
            return
        found = self._read(record, label)
        present = self._by_key.get(key)
        if present is not None:
            self._meet(present, found, label)
        else:
            self._add(record, found, key, label, wanted_id)

    def _meet(self, present: Scene, found: Choreography | BrokenActions, label: str) -> None:
        wanted = present.model_copy(update={"label": label, **_content(found)})
        if wanted == present:
            self.tally.same += 1
        elif self._replaces:
            self._put(wanted.model_copy(update={"updated": self._utc}))
            self.tally.replaced.append(label)
        else:
            self.tally.kept.append(label)

    def _add(
        self, record: Record, found: Choreography | BrokenActions, key: str, label: str, wanted_id: int | None
    ) -> None:
        if len(self._draft.scenes) >= MOST_SCENES:
            self._findings.leave_out("scene", label, f"There are {MOST_SCENES} scenes already.")
            return
        is_free = wanted_id is not None and wanted_id not in self._draft.scenes
        number = wanted_id if wanted_id is not None and is_free else self._draft.next_scene_id()
        try:
            scene = Scene(
                id=number,
                key=unique_key(key, self._by_key),
                label=label,
                created=_moment(record.get("created"), self._utc),
                updated=_moment(record.get("updated"), self._utc),
            )
        except RaceLinkError as error:
            self._findings.leave_out("scene", label, str(error))
            return
        self._put(scene.model_copy(update=_content(found)))
        self.tally.added.append(label)

    def _put(self, scene: Scene) -> None:
        self._draft.scenes[scene.id] = self._by_key[scene.key] = scene

    def _read(self, record: Record, label: str) -> Choreography | BrokenActions:
        try:
            choreography, warnings = read_choreography(record, is_saving=False, give_way=give_way)
        except ChoreographyInvalid as error:
            self._findings.change(
                "scene", label, f"It cannot be read ({error}); it is kept as it was written and can be edited anew."
            )
            return BrokenActions(
                raw=_kept(record.get("actions")), problem=str(error), code=error.reason, action_index=error.action_index
            )
        for warning in warnings:
            place = "" if warning.action_index is None else f"Action {warning.action_index + 1}: "
            self._findings.change("scene", label, place + warning.text)
        here = with_networks(with_new_groups(choreography, self._new_groups), self._new_networks)
        return with_presets(here, self._preset_of)


def _content(found: Choreography | BrokenActions) -> dict[str, Any]:
    if isinstance(found, BrokenActions):
        return {**dict(Choreography()), "broken": found}
    return {**dict(found), "broken": None}


def _moment(value: object, otherwise: str) -> str:
    is_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return value if isinstance(value, str) and is_text and 0 < len(value) <= 40 else otherwise


def _kept(raw: object) -> JsonValue:
    """What can be stored, for whatever was read: at worst as text."""
    text = json.dumps(raw, ensure_ascii=False, default=str).encode("utf-8", "replace")
    try:
        return BrokenActions.model_validate({"raw": json.loads(text), "problem": "", "code": ""}).raw
    except (ValidationError, ValueError, RecursionError):
        return text.decode("utf-8")
