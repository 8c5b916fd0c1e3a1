"""`racelink scene`: what would a scene send, why, and what does it cost on air?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from racelink_core.domain.errors import InvalidValue, RaceLinkError
from racelink_core.domain.scene import Choreography
from racelink_core.domain.scene_reading import read_choreography
from racelink_core.planning.scene.estimate import Estimate, Prices, estimate, prices_of
from racelink_core.planning.scene.plan import ON_PAPER, PlanOptions, SceneOperation, ScenePlan
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.protocol.bodies import Control, Offset, Preset
from racelink_core.protocol.frame_text import describe_packet
from racelink_core.sim.fleet_file import load_fleet


@dataclass(frozen=True, slots=True)
class _SceneFile:
    key: str
    choreography: Choreography


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    plan = actions.add_parser("plan", help="plan scenes for a fleet, on paper")
    plan.add_argument("--fleet", type=Path, required=True, metavar="FILE", help="networks, groups, devices, presets")
    plan.add_argument("scenes", nargs="+", type=Path, metavar="SCENE", help="a scene, in the form of the API")
    plan.add_argument("--naive", action="store_true", help="one packet per target, nothing saved")
    plan.add_argument("--json", action="store_true", help="one JSON object per line and scene")


def run(arguments: argparse.Namespace) -> int:
    """0 = every scene was planned; 2 = a file cannot be read, or holds no scene."""
    try:
        snapshot = load_fleet(arguments.fleet).to_snapshot()
        scenes = [_read(path) for path in arguments.scenes]
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 2
    for scene in scenes:
        plan = plan_scene(scene.choreography, snapshot, ON_PAPER, PlanOptions(is_naive=arguments.naive))
        cost, prices = estimate(plan, snapshot), prices_of(snapshot)
        if arguments.json:
            print(json.dumps(_as_json(scene.key, plan, cost, prices)))
        else:
            print("\n".join(_as_text(scene.key, plan, cost, prices)))
    return 0


def _read(path: Path) -> _SceneFile:
    """Raises InvalidValue with the file and what is wrong in it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue(str(path), f"cannot be read: {error}") from error
    scene = document.get("scene", document) if isinstance(document, Mapping) else None
    if not isinstance(scene, Mapping):
        raise InvalidValue(str(path), "holds no scene: an object with `actions` is needed")
    try:
        choreography = read_choreography(scene, is_saving=False).choreography
    except InvalidValue as error:
        raise InvalidValue(f"{path}: {error.field}", error.problem) from error
    return _SceneFile(str(scene.get("key") or path.stem), choreography)


def _as_json(key: str, plan: ScenePlan, cost: Estimate, prices: Prices) -> dict[str, Any]:
    return {
        "key": key,
        "operations": [_operation(operation, prices) for operation in plan.operations],
        "totals": {
            "packets": cost.total.packets,
            "bytes": cost.total.bytes,
            "radio_ms": round(cost.total.radio_ms, 3),
            "busiest_network_radio_ms": round(cost.busiest_network_radio_ms, 3),
            "wall_clock_ms": round(cost.total.wall_clock_ms, 3),
        },
        "degraded": [{"action": each.action, "code": each.code} for each in plan.degraded],
        "rewrites": [{"name": each.name, "saved_ms": each.saved_ms} for each in plan.rewrites],
    }


def _operation(operation: SceneOperation, prices: Prices) -> dict[str, Any]:
    packet = operation.packet
    return {
        "action": operation.action,
        "network_id": operation.network_id,
        "receiver": str(packet.receiver),
        "group_id": _group_id(operation),
        "opcode": packet.opcode,
        "body": packet.body.to_bytes().hex().upper(),
        "radio_ms": round(prices.radio_ms(operation), 3),
    }


def _group_id(operation: SceneOperation) -> int | None:
    """None: a packet without a group filter."""
    body = operation.packet.body
    return body.group_id if isinstance(body, Control | Preset | Offset) else None


def _as_text(key: str, plan: ScenePlan, cost: Estimate, prices: Prices) -> list[str]:
    total = cost.total
    lines = [
        f"{key}: {total.packets} packets, {total.bytes} bytes, {total.radio_ms:.1f} ms on air,"
        f" {total.wall_clock_ms:.1f} ms from start to end"
    ]
    for operation in plan.operations:
        why = f"  ({operation.reason})" if operation.reason else ""
        said = describe_packet(operation.packet)
        lines.append(
            f"  {operation.action:>2}  {operation.network_id:<10} {prices.radio_ms(operation):6.1f} ms  {said}{why}"
        )
    lines += [f"  not possible in action {each.action}: {each.detail} ({each.code})" for each in plan.degraded]
    lines += [f"  saved by {each.name}: {each.saved_ms:.1f} ms" for each in plan.rewrites]
    return lines
