"""What a plan costs: the same packets, summed. Source: spec scenes, section 16; design 3.14."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from racelink_core.domain.duty_cycle import WINDOW_S, limit_of
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.scene import Action, Delay
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.planning.scene.plan import SceneOperation, ScenePlan
from racelink_core.planning.scene.planner import profile_of
from racelink_core.planning.scene.segments import segments

OVERHEAD_MS = 10.0
"""What gateway and link add to each packet, until it was measured (design 3.14)."""
_LENGTH_AND_TYPE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Sums:
    """packets        every fragment of a stream counts
    bytes          on the wire: body, radio header, and two bytes per frame between host and gateway
    radio_ms       time on air
    airtime_ms     time on air, and the delays
    wall_clock_ms  from the first byte to the end: between barriers the slowest network
    """

    packets: int = 0
    bytes: int = 0
    radio_ms: float = 0.0
    airtime_ms: float = 0.0
    wall_clock_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class NetworkSums:
    """duty_cycle_percent  share of what the region allows in an hour; None where there is no limit"""

    packets: int
    bytes: int
    radio_ms: float
    duty_cycle_percent: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """`per_action` in the order of the actions; its wall clocks need not add up, networks work side by side."""

    total: Sums
    per_action: tuple[Sums, ...]
    per_network: Mapping[str, NetworkSums]

    @property
    def busiest_network_radio_ms(self) -> float:
        return max((sums.radio_ms for sums in self.per_network.values()), default=0.0)


@dataclass
class Prices:
    """What one packet costs on each network."""

    profiles: Mapping[str, RadioProfile | None]
    overheads_ms: Mapping[str, float] = field(default_factory=dict)

    def radio_ms(self, operation: SceneOperation) -> float:
        """All fragments of a stream together."""
        profile = self.profiles[operation.network_id]
        if profile is None:
            return 0.0
        return sum(time_on_air_ms(length, profile) for length in operation.packet.radio_lengths())

    def lane_ms(self, operation: SceneOperation) -> float:
        """How long the network is busy with it."""
        overhead_ms = self.overheads_ms.get(operation.network_id, OVERHEAD_MS)
        return self.radio_ms(operation) + overhead_ms * len(operation.packet.radio_lengths())


def prices_of(snapshot: Snapshot, overheads_ms: Mapping[str, float] | None = None) -> Prices:
    profiles = {network_id: profile_of(network) for network_id, network in snapshot.networks.items()}
    return Prices(profiles, overheads_ms or {})


def estimate(plan: ScenePlan, snapshot: Snapshot, overheads_ms: Mapping[str, float] | None = None) -> Estimate:
    """`overheads_ms`: what was measured per network; OVERHEAD_MS for the others."""
    prices = prices_of(snapshot, overheads_ms)
    per_action = tuple(
        _sums(plan.of_action(index), _delay_ms(action), prices) for index, action in enumerate(plan.actions)
    )
    sums = _sums(plan.operations, sum(map(_delay_ms, plan.actions)), prices)
    total = Sums(sums.packets, sums.bytes, sums.radio_ms, sums.airtime_ms, _wall_clock_ms(plan, prices))
    return Estimate(total, per_action, _per_network(plan, snapshot, prices))


def wire_bytes(operation: SceneOperation) -> int:
    """Radio bytes of every fragment, and the two that frame it between host and gateway."""
    return sum(operation.packet.radio_lengths()) + _LENGTH_AND_TYPE_BYTES


def _wall_clock_ms(plan: ScenePlan, prices: Prices) -> float:
    wall_clock_ms = 0.0
    for indexes in segments(plan.actions):
        operations = (operation for operation in plan.operations if operation.action in indexes)
        wall_clock_ms += _slowest_lane_ms(operations, prices) + sum(_delay_ms(plan.actions[each]) for each in indexes)
    return wall_clock_ms


def _slowest_lane_ms(operations: Iterable[SceneOperation], prices: Prices) -> float:
    lanes: dict[str, float] = {}
    for operation in operations:
        lanes[operation.network_id] = lanes.get(operation.network_id, 0.0) + prices.lane_ms(operation)
    return max(lanes.values(), default=0.0)


def _sums(operations: tuple[SceneOperation, ...], delay_ms: int, prices: Prices) -> Sums:
    radio_ms = sum(map(prices.radio_ms, operations))
    return Sums(
        packets=sum(len(operation.packet.radio_lengths()) for operation in operations),
        bytes=sum(map(wire_bytes, operations)),
        radio_ms=radio_ms,
        airtime_ms=radio_ms + delay_ms,
        wall_clock_ms=_slowest_lane_ms(operations, prices) + delay_ms,
    )


def _per_network(plan: ScenePlan, snapshot: Snapshot, prices: Prices) -> dict[str, NetworkSums]:
    found: dict[str, NetworkSums] = {}
    for network_id, network in snapshot.networks.items():
        operations = tuple(each for each in plan.operations if each.network_id == network_id)
        if not operations:
            continue
        sums = _sums(operations, 0, prices)
        limit_percent = limit_of(network)
        share = None if limit_percent is None else sums.radio_ms / (WINDOW_S * 1000 * limit_percent / 100) * 100
        found[network_id] = NetworkSums(sums.packets, sums.bytes, sums.radio_ms, share)
    return found


def _delay_ms(action: Action) -> int:
    return action.duration_ms if isinstance(action, Delay) else 0
