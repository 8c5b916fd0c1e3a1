"""Scenes as an operator keeps them: created, changed, copied, deleted. Source: spec scenes, sections 3, 5.2 and 14."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.scene import Choreography, Scene
from racelink_core.domain.scene_collapse import collapsed
from racelink_core.domain.scene_reading import (
    ReadingWarning,
    read_actions,
    read_choreography,
    read_network_scope,
    read_stop_on_error,
)
from racelink_core.domain.scene_references import with_preset_ids
from racelink_core.domain.scene_scope import check_scope
from racelink_core.domain.slug import clean_label, copy_label, slug, unique_key
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.turns import give_way
from racelink_core.runtime.utc import utc_text
from racelink_core.state.draft import Draft
from racelink_core.state.store import Store

Fields = Mapping[str, Any]
"""`label`, `key`, `actions`, `stop_on_error` and `network_scope` as they came; what is null was not given."""
MOST_SCENES = 2000
_RESERVED_KEYS = frozenset({"export", "import", "estimate", "run", "runs"})
"""Their addresses are taken."""


class SceneNotFound(RaceLinkError):
    code = "scene_not_found"

    def __init__(self, key: str) -> None:
        super().__init__(f"scene not found: there is none with the key {key!r}. It may have been deleted.")


class SceneInvalid(RaceLinkError):
    """A stored scene cannot be read, so it cannot be used. It stays as it is."""

    code = "scene_invalid"

    def __init__(self, scene: Scene) -> None:
        broken = scene.broken
        problem = "" if broken is None else f" ({broken.problem})"
        super().__init__(
            f"The scene {scene.label} cannot be read{problem}. Give it new actions, or update RaceLink if a newer one "
            "wrote it."
        )
        self.action_index = None if broken is None else broken.action_index


class TooManyScenes(RaceLinkError):
    code = "too_many_scenes"

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_SCENES} scenes already. Delete some first.")


class SavedScene(NamedTuple):
    """`warnings`: what was taken differently from how it came, or will not do what it says."""

    scene: Scene
    warnings: tuple[ReadingWarning, ...]


class Scenes:
    """Whatever a method raises, nothing has changed then."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def get(self, key: str) -> Scene:
        """Raises SceneNotFound."""
        return _find(self._store.snapshot, key)

    def playable(self, key: str) -> Scene:
        """Raises SceneNotFound, or SceneInvalid for one that cannot be read."""
        scene = self.get(key)
        if scene.broken is not None:
            raise SceneInvalid(scene)
        return scene

    def read_draft(self, fields: Fields, stored: Scene | None = None) -> Choreography:
        """What is to be run or estimated without saving it; what is not given comes from `stored`.

        Raises ChoreographyInvalid.
        """
        stored_fields = Choreography() if stored is None else stored
        actions, _ = read_actions(fields.get("actions"), is_saving=True, give_way=give_way)
        scope, stop = fields.get("network_scope"), fields.get("stop_on_error")
        return Choreography(
            actions=actions,
            stop_on_error=stored_fields.stop_on_error if stop is None else read_stop_on_error(stop),
            network_scope=stored_fields.network_scope if scope is None else read_network_scope(scope),
        )

    def create(self, fields: Fields) -> SavedScene:
        """The key comes from `key`, else from the label.

        Raises InvalidValue (ChoreographyInvalid for actions), UnknownNetworks, SceneScopeViolation, NoFreeKey,
        TooManyScenes.
        """
        label = clean_label(fields.get("label"))
        choreography, warnings = read_choreography(fields, is_saving=True, give_way=give_way)
        with self._store.transaction() as draft:
            scene = self._added(draft, fields.get("key") or label, label, self._settled(choreography))
        return SavedScene(self._saved(scene), warnings)

    def update(self, key: str, fields: Fields) -> SavedScene:
        """Only what is given changes; the key never does. Raises as `create`, and SceneNotFound."""
        changes, warnings = _changes(fields)
        with self._store.transaction() as draft:
            before = _find(self._store.snapshot, key)
            scene = before.model_copy(update={**changes, "updated": utc_text(self._clock.unix())})
            if "actions" in changes or "network_scope" in changes:
                scene = self._settled(scene)
            draft.scenes[scene.id] = scene
        return SavedScene(self._saved(scene), warnings)

    def duplicate(self, key: str, label: str | None = None) -> Scene:
        """Raises SceneNotFound, InvalidValue, NoFreeKey, TooManyScenes."""
        wanted = None if label is None else clean_label(label)
        with self._store.transaction() as draft:
            source = _find(self._store.snapshot, key)
            name = wanted or copy_label(source.label)
            scene = self._added(draft, name, name, source)
        return self._saved(scene)

    def delete(self, key: str) -> None:
        """Its id is never given out again. Raises SceneNotFound."""
        with self._store.transaction() as draft:
            del draft.scenes[_find(self._store.snapshot, key).id]

    def _settled(self, choreography: Choreography) -> Any:
        """With presets by id and lists of all groups as everybody. Raises UnknownNetworks or SceneScopeViolation."""
        snapshot = self._store.snapshot
        check_scope(choreography, snapshot)
        return collapsed(with_preset_ids(choreography, snapshot.find_preset), snapshot.groups.keys())

    def _added(self, draft: Draft, wanted_key: object, label: str, source: Choreography) -> Scene:
        if len(draft.scenes) >= MOST_SCENES:
            raise TooManyScenes
        taken = {scene.key for scene in draft.scenes.values()}
        now = utc_text(self._clock.unix())
        scene = Scene(
            id=draft.next_scene_id(),
            key=unique_key(scene_key(str(wanted_key)), taken),
            label=label,
            created=now,
            updated=now,
            actions=source.actions,
            stop_on_error=source.stop_on_error,
            network_scope=source.network_scope,
            broken=source.broken if isinstance(source, Scene) else None,
        )
        draft.scenes[scene.id] = scene
        return scene

    def _saved(self, scene: Scene) -> Scene:
        """As the store holds it now, unless somebody was quicker."""
        return self._store.snapshot.scenes.get(scene.id, scene)


def scene_key(text: str) -> str:
    """The key that a scene gets that is called so, unless another one has it."""
    key = slug(text, "scene")
    return f"{key}_2" if key in _RESERVED_KEYS else key


def _find(snapshot: Snapshot, key: str) -> Scene:
    for scene in snapshot.scenes.values():
        if scene.key == key:
            return scene
    raise SceneNotFound(key)


def _changes(fields: Fields) -> tuple[dict[str, Any], tuple[ReadingWarning, ...]]:
    changes: dict[str, Any] = {}
    warnings: tuple[ReadingWarning, ...] = ()
    if fields.get("label") is not None:
        changes["label"] = clean_label(fields["label"])
    if fields.get("actions") is not None:
        changes["actions"], warnings = read_actions(fields["actions"], is_saving=True, give_way=give_way)
        changes["broken"] = None
    if fields.get("stop_on_error") is not None:
        changes["stop_on_error"] = read_stop_on_error(fields["stop_on_error"])
    if fields.get("network_scope") is not None:
        changes["network_scope"] = read_network_scope(fields["network_scope"])
    return changes, warnings
