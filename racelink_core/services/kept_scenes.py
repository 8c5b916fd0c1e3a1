"""Scenes of older hosts that an earlier version of this one could only keep as they were written: taken over once."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from racelink_core.domain.command import PresetReference
from racelink_core.services.scene_merge import SceneMerge
from racelink_core.state.importers.findings import Findings
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
SCENE = "scene:"
"""Ids of kept scenes: a document with `scene` as it was written, and `groups` and `presets`, which map the numbers
in it to those of today. Without entries the numbers are those of today."""
NEXT_SCENE_ID = "next_scene_id"


def take_kept_scenes(store: Store, utc: str) -> None:
    """What is damaged stays where it is. Raises StoreError."""
    kept = {key: text for key, text in store.older_documents.items() if key.startswith(SCENE)}
    next_id = store.older_documents.get(NEXT_SCENE_ID)
    if not kept and next_id is None:
        return
    findings = Findings()
    with store.transaction() as draft:
        if next_id is not None:
            draft.reserve_scene_ids(int(next_id) if next_id.isdecimal() else 0)
            draft.older_documents[NEXT_SCENE_ID] = None
        for key, text in kept.items():
            document = _document(text)
            if document is None:
                _log.warning("A kept scene cannot be read and stays as it is: %s", key)
                continue
            presets = _numbers(document.get("presets"))

            def preset_of(reference: PresetReference, presets: Mapping[int, int] = presets) -> PresetReference:
                return presets.get(reference, reference) if isinstance(reference, int) else reference

            groups = _numbers(document.get("groups"))
            new_groups = {old: new or None for old, new in groups.items()}
            merge = SceneMerge(draft, findings, utc, replaces=False, new_groups=new_groups, preset_of=preset_of)
            number = key.removeprefix(SCENE)
            merge.take(document["scene"], int(number) if number.isdecimal() else None)
            draft.older_documents[key] = None
    for finding in (*findings.left_out, *findings.changed):
        _log.info("Scene %s: %s", finding.what, finding.reason)


def _document(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_whole = isinstance(document, dict) and isinstance(document.get("scene"), dict)
    return document if is_whole else None


def _numbers(value: object) -> dict[int, int]:
    if not isinstance(value, dict):
        return {}
    return {int(old): new for old, new in value.items() if str(old).isdecimal() and isinstance(new, int)}
