"""What pages are told while a scene runs. Source: spec http-api, section 10.2; spec scenes, section 15."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from racelink_core.services.scene_runner.results import SceneResult

if TYPE_CHECKING:
    from racelink_core.services.scene_runner.service import Progress


def progress_row(progress: Progress) -> dict[str, Any]:
    row: dict[str, Any] = {"scene_key": progress.run.scene_key, "run_id": progress.run.id}
    if progress.result is not None:
        return row | {"status": "finished", "result": result_row(progress.result)}
    row |= {"index": progress.index, "kind": progress.kind, "status": progress.status}
    if progress.action is not None:
        row["duration_ms"] = progress.action.duration_ms
        if progress.action.error is not None:
            row["error"] = progress.action.error
    return row


def result_row(result: SceneResult) -> dict[str, Any]:
    """Without what is not set."""
    return result.model_dump(mode="json", exclude_none=True)
