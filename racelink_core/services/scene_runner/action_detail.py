"""The facts about one action that go into its result. Pure. Source: spec scenes, section 15."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from racelink_core.domain.command import OffsetGroupCommand, RlPresetCommand
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.scene import Action, Delay
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.scene.plan import ActionDegradation, ScenePlan, offset_strategy
from racelink_core.protocol.bodies import Offset
from racelink_core.services.scene_runner.results import SEND_FAILED
from racelink_core.services.scene_runner.shares import Share


def detail_of(index: int, plan: ScenePlan, shares: Sequence[Share], snapshot: Snapshot) -> dict[str, Any]:
    action = plan.actions[index]
    degraded = [each for each in plan.degraded if each.action == index]
    detail: dict[str, Any] = {}
    if isinstance(action, Delay):
        detail["requested_ms"] = action.duration_ms
    elif isinstance(action, OffsetGroupCommand):
        detail |= _container(action, shares, degraded)
    elif isinstance(action, RlPresetCommand):
        detail |= _preset(action, snapshot)
    sentences = [*(each.detail for each in degraded), *(why for share in shares if (why := share.why_failed))]
    if sentences:
        detail["problem"] = " ".join(dict.fromkeys(sentences))
    return detail


def error_of(degradation: ActionDegradation, action: Action) -> str:
    """The stable text of the scene format."""
    if degradation.code == "preset_not_found" and isinstance(action, RlPresetCommand):
        return f"preset_not_found: {action.params.preset_id}"
    return degradation.code


def _preset(action: RlPresetCommand, snapshot: Snapshot) -> dict[str, Any]:
    reference = action.params.preset_id
    preset = None if reference is None else snapshot.find_preset(reference)
    return {} if preset is None else {"preset_key": preset.key, "preset_id": preset.id}


def _container(
    action: OffsetGroupCommand, shares: Sequence[Share], degraded: Sequence[ActionDegradation]
) -> dict[str, Any]:
    offsets = [share for share in shares if isinstance(share.operation.packet.body, Offset)]
    reasons = dict.fromkeys(share.operation.reason for share in offsets if share.operation.reason)
    return {
        "wire_path": offset_strategy(share.operation for share in offsets),
        "reasons": list(reasons),
        "offset_mode": action.offset.mode,
        "offset_packet_count": len(offsets),
        "offset_total_bytes": sum(len(share.operation.packet.body.to_bytes()) for share in offsets),
        "offset_packets": _offset_packets(offsets),
        "children": [_child(index, action, shares, degraded) for index in range(len(action.actions))],
    }


def _offset_packets(offsets: Sequence[Share]) -> dict[str, dict[str, Any]]:
    """By group; of a packet to several networks, all must have sent it."""
    found: dict[str, dict[str, Any]] = {}
    for share in offsets:
        body = share.operation.packet.body
        if not isinstance(body, Offset):
            continue
        row = found.setdefault(str(body.group_id), {"ok": True, "mode": body.mode.name.lower()})
        if body.group_id != ALL_GROUPS:
            row["target_group"] = body.group_id
        if not share.is_sent:
            row |= {"ok": False, "stage": "offset", "error": "send_offset_failed"}
    return found


def _child(
    index: int, action: OffsetGroupCommand, shares: Sequence[Share], degraded: Sequence[ActionDegradation]
) -> dict[str, Any]:
    child = action.actions[index]
    own = [share for share in shares if share.operation.child == index]
    row: dict[str, Any] = {"index": index, "kind": child.kind, "ok": True}
    degradation = next((each for each in degraded if each.child == index), None)
    if degradation is not None:
        row |= {
            "ok": False,
            "degraded": True,
            "error": degradation.code,
            "problem": degradation.detail,
            "target": child.target.model_dump(mode="json"),
        }
    if any(not share.is_sent for share in own):
        row |= {"ok": False, "error": SEND_FAILED}
    return row
