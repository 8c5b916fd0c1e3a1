"""Scenes and the presets that they use, into a file and out of one. Source: spec scenes, section 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from racelink_core import __version__
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.clock import Clock
from racelink_core.domain.command import OffsetGroupCommand, PresetReference, SyncCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import GroupId
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import Delay, ExplicitScope, Scene
from racelink_core.domain.scene_form import choreography_form
from racelink_core.domain.scene_references import preset_references, with_presets
from racelink_core.domain.slug import slug
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_core.runtime.turns import Turns
from racelink_core.runtime.utc import utc_text
from racelink_core.services.import_report import KindReport
from racelink_core.services.preset_merge import PresetMerge
from racelink_core.services.scene_merge import SceneMerge
from racelink_core.services.scenes import SceneInvalid, SceneNotFound
from racelink_core.services.trial import tried
from racelink_core.services.way_back import backed_up
from racelink_core.state.draft import Draft
from racelink_core.state.importers.findings import Finding, Findings
from racelink_core.state.store import Store

FORMAT, VERSION = "racelink-scenes", 1
OnConflict = Literal["keep", "replace", "replace_all"]
"""What is there with the same key and differs: it stays, gives way, or all scenes give way to those of the file."""
Document = Mapping[str, Any]


class NoScenesInFile(RaceLinkError):
    """The document holds neither scenes nor presets; nothing was changed."""

    code = "no_scenes_in_file"

    def __init__(self) -> None:
        super().__init__("The file holds no scenes. Choose one that RaceLink exported. Nothing was changed.")


class SceneImportReport(FrozenModel):
    """taken     presets and scenes, by name
    changed   what was taken, but not as it stood there, or will not reach anybody here
    left_out  what was not taken, with the reason
    removed   scenes that were here and gave way to the file
    """

    is_dry_run: bool
    on_conflict: OnConflict
    taken: tuple[KindReport, ...]
    changed: tuple[Finding, ...]
    changed_count: int
    left_out: tuple[Finding, ...]
    left_out_count: int
    removed: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in sentences."""
        counts = [line for kind in self.taken for line in _counted(kind)]
        if self.removed:
            counts.append(f"Scenes that are no longer here: {self.removed}.")
        found = [f"{each.what}: {each.reason}" for each in (*self.left_out, *self.changed)]
        hidden = self.left_out_count + self.changed_count - len(found)
        rest = [f"And {hidden} more remarks."] if hidden > 0 else []
        return (*(counts or ["There was nothing to take."]), *found, *rest)


class SceneTransfer:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def export(self, keys: Iterable[str] = ()) -> dict[str, Any]:
        """Without keys, all of them. Presets are named by their keys, which mean the same on every host.

        Raises SceneNotFound, and SceneInvalid for a scene that was asked for and cannot be read.
        """
        snapshot = self._store.snapshot
        by_key = {scene.key: scene for scene in snapshot.scenes.values()}
        wanted = list(dict.fromkeys(keys))
        scenes = [_wanted(by_key, key) for key in wanted] if wanted else list(by_key.values())
        used: dict[int, RlPreset] = {}
        for scene in scenes:
            for reference in preset_references(scene):
                preset = snapshot.find_preset(reference)
                if preset is not None:
                    used[preset.id] = preset
        turns = Turns()
        return {
            "format": FORMAT,
            "schema_version": VERSION,
            "racelink": __version__,
            "exported": utc_text(self._clock.unix()),
            "presets": [preset_form(preset) for _, preset in sorted(used.items())],
            "scenes": [scene_form(scene, snapshot) for scene in turns.between(scenes)],
        }

    def take(self, document: Document, on_conflict: OnConflict = "keep", *, dry_run: bool = False) -> SceneImportReport:
        """All of it or nothing; twice is harmless. A backup is made before anything gives way.

        Raises NoScenesInFile, StoreError.
        """
        scenes, presets = _records(document, "scenes", "scene"), _records(document, "presets", "preset")
        if not scenes and not presets:
            raise NoScenesInFile
        planned = self._planned(scenes, presets, on_conflict)
        if dry_run:
            return planned
        if on_conflict != "keep":
            backed_up(self._store)
        with self._store.transaction() as draft:
            return self._merged(draft, scenes, presets, on_conflict)

    def _planned(self, scenes: list[Any], presets: list[Any], on_conflict: OnConflict) -> SceneImportReport:
        """The same as applying it, in a transaction that is given up."""
        planned = tried(self._store, lambda draft: self._merged(draft, scenes, presets, on_conflict))
        return planned.model_copy(update={"is_dry_run": True})

    def _merged(
        self, draft: Draft, scenes: list[Any], presets: list[Any], on_conflict: OnConflict
    ) -> SceneImportReport:
        findings, before = Findings(), dict(draft.scenes)
        utc = utc_text(self._clock.unix())
        taken_presets = PresetMerge(draft, findings, utc, replaces=on_conflict != "keep")
        for record in presets:
            taken_presets.take(record)
        if on_conflict == "replace_all":
            draft.reserve_scene_ids(max(draft.scenes, default=0) + 1)
            draft.scenes.clear()
        merge = SceneMerge(
            draft, findings, utc, replaces=on_conflict == "replace", preset_of=taken_presets.reference_here
        )
        for record in _once_each(scenes, findings):
            merge.take(record)
        for scene in draft.scenes.values():
            if before.get(scene.id) != scene:
                say_what_is_missing(scene, draft, findings)
        keys_now = {scene.key for scene in draft.scenes.values()}
        return SceneImportReport(
            is_dry_run=False,
            on_conflict=on_conflict,
            taken=(taken_presets.tally.report("preset"), merge.tally.report("scene")),
            changed=findings.changed,
            changed_count=findings.changed_count,
            left_out=findings.left_out,
            left_out_count=findings.left_out_count,
            removed=sum(scene.key not in keys_now for scene in before.values()),
        )


def _wanted(by_key: Mapping[str, Scene], key: str) -> Scene:
    if key not in by_key:
        raise SceneNotFound(key)
    if by_key[key].broken is not None:
        raise SceneInvalid(by_key[key])
    return by_key[key]


def scene_form(scene: Scene, snapshot: Snapshot) -> dict[str, Any]:
    """One that cannot be read goes with the actions as they were written."""

    def by_key(reference: PresetReference) -> PresetReference:
        preset = snapshot.find_preset(reference)
        return reference if preset is None else f"RL:{preset.key}"

    form = choreography_form(with_presets(scene, by_key))
    actions = {} if scene.broken is None else {"actions": scene.broken.raw}
    return {"key": scene.key, "label": scene.label, **form, **actions}


def preset_form(preset: RlPreset) -> dict[str, Any]:
    """Only what is set."""
    return preset.model_dump(mode="json", include={"id", "key", "label"}) | {
        "params": preset.params.model_dump(mode="json", exclude_none=True),
        "flags": preset.flags.model_dump(mode="json", exclude_defaults=True),
    }


def _records(document: Document, many: str, one: str) -> list[Any]:
    """A list, or a single record under its own name."""
    listed = document.get(many)
    if isinstance(listed, list):
        return listed
    single = document.get(one)
    return [single] if isinstance(single, dict) else []


def _once_each(scenes: Iterable[Any], findings: Findings) -> Iterator[Mapping[str, Any]]:
    keys: set[str] = set()
    for record in Turns().between(scenes):
        if not isinstance(record, dict):
            findings.leave_out("scene", "a record", "It is no scene.")
            continue
        key = slug(str(record.get("key") or record.get("label")), "scene")
        if key in keys:
            findings.leave_out("scene", record.get("label"), "Its key is there twice; the first one counts.")
            continue
        keys.add(key)
        yield record


def say_what_is_missing(scene: Scene, draft: Draft, findings: Findings) -> None:
    """What a scene refers to and this host does not have."""
    missing: dict[str, None] = {}
    for action in scene.actions:
        if isinstance(action, Delay | SyncCommand):
            continue
        for part in (action, *action.actions) if isinstance(action, OffsetGroupCommand) else (action,):
            if isinstance(part.target, GroupsTarget):
                unknown = [group for group in part.target.value if GroupId(group) not in draft.groups]
                missing.update(
                    dict.fromkeys(f"group {group}" if group else "a group that is gone" for group in unknown)
                )
            elif isinstance(part.target, DeviceTarget) and part.target.value not in draft.devices:
                missing[f"device {part.target.value}"] = None
    for reference in preset_references(scene):
        if reference not in draft.presets:
            missing[f"RL preset {reference}"] = None
    if isinstance(scene.network_scope, ExplicitScope):
        unknown_networks = [each for each in scene.network_scope.network_ids if each not in draft.networks]
        missing.update(dict.fromkeys(f"network {each}" for each in unknown_networks))
    if missing:
        named = ", ".join(list(missing)[:10]) + (" ..." if len(missing) > 10 else "")
        findings.change("scene", scene.label, f"Not on this host: {named}. Choose others before you run it.")


def _counted(kind: KindReport) -> Iterator[str]:
    name = "Presets" if kind.kind == "preset" else "Scenes"
    for done, names in (("added", kind.added), ("replaced", kind.replaced), ("kept as they are here", kind.kept)):
        if names:
            shown = ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")
            yield f"{name} {done}: {len(names)} ({shown})."
    if kind.same:
        yield f"{name} that are here just like that: {kind.same}."
