"""RL presets as an operator keeps them. Source: spec scenes, section 7.2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from racelink_core.domain.clock import Clock
from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.errors import NotFound, RaceLinkError
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.preset_reading import read_preset_flags, read_preset_params
from racelink_core.domain.scene import Scene
from racelink_core.domain.scene_references import preset_references
from racelink_core.domain.slug import clean_label, copy_label, slug, unique_key
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.utc import utc_text
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

Fields = Mapping[str, Any]
"""`label`, `key`, `params` and `flags` as they came; what is null was not given."""
MOST_PRESETS = 2000
_RESERVED_KEYS = frozenset({"schema"})
"""Their addresses are taken."""
_SCENES_PER_SLICE = 20


class TooManyPresets(RaceLinkError):
    code = "too_many_presets"

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_PRESETS} RL presets already. Delete some first.")


class PresetInUse(RaceLinkError):
    """Scenes refer to the preset, and nobody said that it may go all the same."""

    code = "preset_in_use"

    def __init__(self, preset: RlPreset, scenes: Iterable[Scene]) -> None:
        self.used_by_scenes = [{"key": scene.key, "label": scene.label} for scene in scenes]
        names = ", ".join(scene["label"] for scene in self.used_by_scenes[:5])
        super().__init__(
            f"{preset.label} is used by {len(self.used_by_scenes)} scene(s): {names}. "
            "Choose another preset there first, or delete it all the same."
        )


class RlPresets:
    """Whatever a method raises, nothing has changed then."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def get(self, key: str) -> RlPreset:
        """Raises NotFound."""
        return _find(self._store.snapshot, key)

    def create(self, fields: Fields) -> RlPreset:
        """Raises InvalidValue (ChoreographyInvalid for params and flags), NoFreeKey, TooManyPresets."""
        label = clean_label(fields.get("label"))
        params, _ = read_preset_params(fields.get("params"), is_saving=True)
        flags = read_preset_flags(fields.get("flags"))
        with self._store.transaction() as draft:
            return self._added(draft, fields.get("key") or label, label, params, flags)

    def update(self, key: str, fields: Fields) -> RlPreset:
        """Partial; `params` and `flags` replace the whole block. The key stays. Raises as `create`, and NotFound."""
        changes: dict[str, Any] = {}
        if fields.get("label") is not None:
            changes["label"] = clean_label(fields["label"])
        if fields.get("params") is not None:
            changes["params"], _ = read_preset_params(fields["params"], is_saving=True)
        if fields.get("flags") is not None:
            changes["flags"] = read_preset_flags(fields["flags"])
        with self._store.transaction() as draft:
            before = _find(self._store.snapshot, key)
            preset = before.model_copy(update={**changes, "updated": utc_text(self._clock.unix())})
            draft.presets[preset.id] = preset
        return preset

    def duplicate(self, key: str, label: str | None = None) -> RlPreset:
        """Raises NotFound, InvalidValue, NoFreeKey, TooManyPresets."""
        wanted = None if label is None else clean_label(label)
        with self._store.transaction() as draft:
            source = _find(self._store.snapshot, key)
            name = wanted or copy_label(source.label)
            return self._added(draft, name, name, source.params, source.flags)

    def delete(self, key: str, *, is_forced: bool = False) -> tuple[Scene, ...]:
        """Returns the scenes that refer to it; they stay, and say at each run what is missing.

        Raises NotFound; PresetInUse when scenes refer to it and it is not forced.
        """
        with self._store.transaction() as draft:
            preset = _find(self._store.snapshot, key)
            users = self.users(preset)
            if users and not is_forced:
                raise PresetInUse(preset, users)
            del draft.presets[preset.id]
        return users

    def users(self, preset: RlPreset) -> tuple[Scene, ...]:
        """The scenes that refer to it, by id or by key."""
        snapshot = self._store.snapshot
        by_key = {preset.key, f"RL:{preset.key}"}
        return tuple(
            scene
            for scene in in_slices(snapshot.scenes.values(), _SCENES_PER_SLICE)
            if any(reference == preset.id or reference in by_key for reference in preset_references(scene))
        )

    def _added(
        self, draft: Draft, wanted_key: object, label: str, params: EffectParameters, flags: EffectFlags
    ) -> RlPreset:
        if len(draft.presets) >= MOST_PRESETS:
            raise TooManyPresets
        now = utc_text(self._clock.unix())
        preset = RlPreset(
            id=draft.next_preset_id(),
            key=unique_key(preset_key(str(wanted_key)), {each.key for each in draft.presets.values()}),
            label=label,
            created=now,
            updated=now,
            params=params,
            flags=flags,
        )
        draft.presets[preset.id] = preset
        return preset


def preset_key(text: str) -> str:
    """The key that a preset gets that is called so, unless another one has it."""
    key = slug(text, "preset")
    return f"{key}_2" if key in _RESERVED_KEYS else key


def _find(snapshot: Snapshot, key: str) -> RlPreset:
    for preset in snapshot.presets.values():
        if preset.key == key:
            return preset
    raise NotFound("RL preset", key)
