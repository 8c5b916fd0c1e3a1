"""Stored scenes follow what they refer to. Pure work on a transaction's draft. Source: spec scenes, section 3.1."""

from __future__ import annotations

from racelink_core.domain.scene_references import NewIds, with_new_groups
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices

_PER_SLICE = 4


def follow_groups(draft: Draft, new_ids: NewIds) -> int:
    """Returns how many scenes changed. Those that cannot be read stay as they are."""
    changed = 0
    for scene in in_slices(tuple(draft.scenes.values()), _PER_SLICE):
        after = with_new_groups(scene, new_ids)
        if after is not scene:
            draft.scenes[scene.id] = after
            changed += 1
    return changed
