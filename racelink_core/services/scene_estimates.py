"""What a scene would cost if it ran now: the plan of the runner, summed. Source: spec scenes, section 16."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.command import StartblockCommand
from racelink_core.domain.scene import Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.scene.checks import SceneWarning, find_warnings
from racelink_core.planning.scene.estimate import Estimate, Prices, estimate, prices_of
from racelink_core.planning.scene.plan import Conditions, ScenePlan
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.runtime.turns import Turns, give_way
from racelink_core.services.scene_runner.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class SceneEstimate:
    """`snapshot`: the configuration that it was planned for; `prices`: what single packets cost.

    warnings  why lamps will not show it, though every packet is sent
    """

    plan: ScenePlan
    costs: Estimate
    snapshot: Snapshot
    prices: Prices
    warnings: tuple[SceneWarning, ...] = ()


class SceneEstimates:
    """Nothing is sent. Networks without a gateway count as if they had one."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    def of(self, choreography: Choreography) -> SceneEstimate:
        around, snapshot = self._around, self._around.store.snapshot
        lanes = around.lanes.lanes()
        heat = around.startblock.heat
        shows_heat = any(
            isinstance(action, StartblockCommand) and action.params.entries is None for action in choreography.actions
        )
        conditions = Conditions(
            notes={network_id: lane.notes for network_id, lane in lanes.items()},
            sync_brightness=dict(around.outbound.sync_brightness),
            heat=heat() if heat is not None and shows_heat else (),
            give_way=Turns().give_way_if_long,
        )
        plan = plan_scene(choreography, snapshot, conditions, around.plan_options())
        overheads_ms = {network_id: lane.overhead_ms for network_id, lane in lanes.items() if lane.overhead_ms > 0}
        readings = around.store.readings
        warnings = find_warnings(plan, snapshot, conditions.notes or {}, lambda mac: readings.of(mac).online, give_way)
        costs, prices = estimate(plan, snapshot, overheads_ms), prices_of(snapshot, overheads_ms)
        return SceneEstimate(plan, costs, snapshot, prices, warnings)
