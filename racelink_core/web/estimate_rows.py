"""What the API says about the cost of scenes. Source: spec http-api, 9.2; spec scenes, 16.3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import OffsetGroupCommand
from racelink_core.domain.scene import Action
from racelink_core.planning.scene.checks import SceneWarning
from racelink_core.planning.scene.estimate import Sums, wire_bytes
from racelink_core.planning.scene.plan import ActionDegradation, SceneOperation, offset_strategy
from racelink_core.protocol.bodies import Offset
from racelink_core.services.scene_estimates import SceneEstimate
from racelink_core.web.lora_row import LoraRow, lora_row
from racelink_core.web.replies import Reply


class CostRow(FrozenModel):
    """packets        every fragment of a stream counts, on every network that sends it
    bytes          on the wire, with radio header and framing
    radio_ms       time on air
    airtime_ms     time on air and delays
    wall_clock_ms  from the first byte to the end: between barriers the slowest network
    """

    packets: int
    bytes: int
    radio_ms: float
    airtime_ms: float
    wall_clock_ms: float


class PacketRow(FrozenModel):
    """One packet on one network, and why it is sent. `child`: counts from 0; null: not of one child."""

    network_id: str
    receiver: str
    opcode: int
    body_bytes: int
    bytes: int
    radio_ms: float
    child: int | None
    reason: str


class DegradedRow(FrozenModel):
    """A part that cannot be done as things are, or that lamps will not show."""

    action_index: int
    child_index: int | None
    code: str
    problem: str


class ActionCostRow(CostRow):
    """`packet_list`: null unless it was asked for."""

    index: int
    kind: str
    detail: Mapping[str, Any]
    packet_list: tuple[PacketRow, ...] | None


class NetworkCostRow(FrozenModel):
    """`duty_cycle_percent`: of what the region allows in an hour; null where there is no limit."""

    packets: int
    bytes: int
    radio_ms: float
    duty_cycle_percent: float | None


class RewriteRow(FrozenModel):
    """What one pass of the planner saved of the time on air, summed over all networks."""

    name: str
    saved_ms: float


class EstimateReply(Reply):
    """`lora`: the slowest radio profile of the networks that take part.

    warnings  why lamps will not show it, though every packet is sent: no_capable_device, offline,
              left_in_offset_mode, not_in_offset_mode
    """

    total: CostRow
    per_network: Mapping[str, NetworkCostRow]
    per_action: tuple[ActionCostRow, ...]
    degraded: tuple[DegradedRow, ...]
    warnings: tuple[DegradedRow, ...]
    rewrites: tuple[RewriteRow, ...]
    lora: LoraRow
    resolved_network_ids: tuple[str, ...]
    network_scope_mode: Literal["auto", "explicit"]


def estimate_reply(found: SceneEstimate, mode: Literal["auto", "explicit"], *, explains: bool) -> EstimateReply:
    plan, costs = found.plan, found.costs
    networks = [found.snapshot.networks[network_id] for network_id in plan.network_ids]
    actions = zip(plan.actions, costs.per_action, strict=True)
    return EstimateReply(
        total=CostRow(**_fields(costs.total)),
        per_network={network_id: NetworkCostRow(**_fields(sums)) for network_id, sums in costs.per_network.items()},
        per_action=tuple(
            _action_row(index, action, sums, found, explains) for index, (action, sums) in enumerate(actions)
        ),
        degraded=tuple(map(_degraded_row, plan.degraded)),
        warnings=tuple(map(_degraded_row, found.warnings)),
        rewrites=tuple(RewriteRow(name=each.name, saved_ms=each.saved_ms) for each in plan.rewrites),
        lora=lora_row(networks),
        resolved_network_ids=plan.network_ids,
        network_scope_mode=mode,
    )


def _degraded_row(each: ActionDegradation | SceneWarning) -> DegradedRow:
    return DegradedRow(action_index=each.action, child_index=each.child, code=each.code, problem=each.detail)


def _action_row(index: int, action: Action, sums: Sums, found: SceneEstimate, explains: bool) -> ActionCostRow:
    operations = found.plan.of_action(index)
    return ActionCostRow(
        index=index,
        kind=action.kind,
        detail=_container_detail(action, operations) if isinstance(action, OffsetGroupCommand) else {},
        packet_list=tuple(_packet_row(each, found) for each in operations) if explains else None,
        **_fields(sums),
    )


def _container_detail(action: OffsetGroupCommand, operations: Iterable[SceneOperation]) -> dict[str, Any]:
    offsets = [each for each in operations if isinstance(each.packet.body, Offset)]
    reasons = dict.fromkeys(each.reason for each in offsets if each.reason)
    return {
        "wire_path": offset_strategy(offsets),
        "reasons": list(reasons),
        "offset_mode": action.offset.mode,
        "offset_packets": len(offsets),
        "offset_total_bytes": sum(len(each.packet.body.to_bytes()) for each in offsets),
        "child_count": len(action.actions),
    }


def _packet_row(operation: SceneOperation, found: SceneEstimate) -> PacketRow:
    packet = operation.packet
    return PacketRow(
        network_id=operation.network_id,
        receiver=str(packet.receiver),
        opcode=packet.opcode,
        body_bytes=len(packet.body.to_bytes()),
        bytes=wire_bytes(operation),
        radio_ms=found.prices.radio_ms(operation),
        child=operation.child,
        reason=operation.reason,
    )


def _fields(sums: Any) -> dict[str, Any]:
    return {name: getattr(sums, name) for name in type(sums).__slots__}
