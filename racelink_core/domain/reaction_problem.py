"""Why a reaction would do nothing: what it refers to does not exist, or no longer. Pure; raises nothing."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.command import RlPresetCommand, SyncCommand
from racelink_core.domain.race_binding import Reaction, RunScene, StopScene
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, Target


@dataclass(frozen=True, slots=True)
class ReactionProblem:
    """`code`: what a command that fails for the same reason has. `text`: what is missing and what to do next."""

    code: str
    text: str


def problem_of_reaction(reaction: Reaction, snapshot: Snapshot) -> ReactionProblem | None:
    """None: everything that it refers to is there. Of several groups one that is left is enough."""
    if isinstance(reaction, StopScene | SyncCommand):
        return None
    if isinstance(reaction, RunScene):
        return _of_scene(reaction.scene, snapshot)
    problem = _of_preset(reaction, snapshot) if isinstance(reaction, RlPresetCommand) else None
    return problem or _of_target(reaction.target, snapshot)


def _of_scene(key: str, snapshot: Snapshot) -> ReactionProblem | None:
    scene = next((each for each in snapshot.scenes.values() if each.key == key), None)
    if scene is None:
        return ReactionProblem("scene_not_found", f"The scene {key!r} no longer exists. Choose another one.")
    if scene.broken is not None:
        return ReactionProblem(
            "scene_invalid", f"The scene {scene.label} cannot be read. Repair it, or choose another."
        )
    return None


def _of_preset(command: RlPresetCommand, snapshot: Snapshot) -> ReactionProblem | None:
    reference = command.params.preset_id
    if reference is None:
        return ReactionProblem("missing_preset_id", "No RL preset is chosen. Choose one.")
    if snapshot.find_preset(reference) is None:
        return ReactionProblem("preset_not_found", f"The RL preset {reference} no longer exists. Choose another one.")
    return None


def _of_target(target: Target, snapshot: Snapshot) -> ReactionProblem | None:
    if isinstance(target, BroadcastTarget):
        return None
    if isinstance(target, DeviceTarget):
        if target.value in snapshot.devices:
            return None
        return ReactionProblem("target_not_found", f"The device {target.value} no longer exists. Choose another one.")
    if any(group_id in snapshot.groups for group_id in target.value):
        return None
    if target.is_tombstone:
        return ReactionProblem("target_not_found", "Its groups were deleted. Choose others.")
    missing = ", ".join(map(str, target.value))
    return ReactionProblem("target_not_found", f"There is no group {missing}. Choose groups that exist.")
