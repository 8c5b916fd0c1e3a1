"""Puts RL presets from files into a transaction's draft, by key. Source: spec scenes, section 7.2."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.command import PresetReference
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.preset_reading import read_preset_flags, read_preset_params
from racelink_core.domain.slug import clean_label
from racelink_core.domain.whole_number import whole_number
from racelink_core.services.import_tally import Tally
from racelink_core.services.rl_presets import MOST_PRESETS, preset_key
from racelink_core.state.draft import Draft
from racelink_core.state.importers.findings import Findings


class PresetMerge:
    """A preset is the same if it has the same key.

    replaces   what is there and differs gives way
    keeps_ids  a new one has the id that it had where it comes from, if that is free: bindings hold ids
    """

    def __init__(self, draft: Draft, findings: Findings, utc: str, *, replaces: bool, keeps_ids: bool = False) -> None:
        self._draft, self._findings, self._utc = draft, findings, utc
        self._replaces, self._keeps_ids = replaces, keeps_ids
        self._by_key = {preset.key: preset for preset in draft.presets.values()}
        self._here: dict[int, int] = {}
        self.tally = Tally()

    def take(self, record: Any) -> None:
        """Never raises for what the record holds."""
        if not isinstance(record, dict):
            self._findings.leave_out("preset", "a record", "It is no preset.")
            return
        try:
            label = clean_label(record.get("label"))
            params, warnings = read_preset_params(record.get("params"), is_saving=False)
            content = {"label": label, "params": params, "flags": read_preset_flags(record.get("flags"))}
        except InvalidValue as error:
            self._findings.leave_out("preset", record.get("label") or record.get("key"), f"{error}.")
            return
        for warning in warnings:
            self._findings.change("preset", label, warning.text)
        number = whole_number(record.get("id"))
        preset = self._merged(preset_key(str(record.get("key") or label)), content, number)
        if preset is not None and number is not None:
            self._here[number] = preset.id

    def reference_here(self, reference: PresetReference) -> PresetReference:
        """An id means a preset of the file, if the file has any; a key means the same everywhere."""
        if isinstance(reference, int):
            missing = f"missing_preset_{reference}" if self._here else reference
            return self._here.get(reference, missing)
        preset = self._by_key.get(reference.removeprefix("RL:"))
        return reference if preset is None else preset.id

    def _merged(self, key: str, content: dict[str, Any], wanted_id: int | None) -> RlPreset | None:
        present = self._by_key.get(key)
        if present is None:
            return self._added(key, content, wanted_id)
        wanted = present.model_copy(update=content)
        if wanted == present:
            self.tally.same += 1
        elif self._replaces:
            present = self._put(wanted.model_copy(update={"updated": self._utc}))
            self.tally.replaced.append(present.label)
        else:
            self.tally.kept.append(present.label)
        return present

    def _added(self, key: str, content: dict[str, Any], wanted_id: int | None) -> RlPreset | None:
        if len(self._draft.presets) >= MOST_PRESETS:
            self._findings.leave_out("preset", content["label"], f"There are {MOST_PRESETS} presets already.")
            return None
        number = self._id_for(wanted_id)
        preset = self._put(RlPreset(id=number, key=key, created=self._utc, updated=self._utc, **content))
        self.tally.added.append(preset.label)
        return preset

    def _id_for(self, wanted: int | None) -> int:
        is_kept = self._keeps_ids and wanted is not None and wanted > 0 and wanted not in self._draft.presets
        return wanted if is_kept and wanted is not None else self._draft.next_preset_id()

    def _put(self, preset: RlPreset) -> RlPreset:
        self._draft.presets[preset.id] = self._by_key[preset.key] = preset
        return preset
