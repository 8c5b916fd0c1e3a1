"""What a run needs of the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from racelink_core.domain.clock import Clock
from racelink_core.domain.timings import Timings
from racelink_core.planning.scene.plan import PlanOptions
from racelink_core.services.lanes import Lanes
from racelink_core.services.outbound import Outbound
from racelink_core.services.startblock import Startblock
from racelink_core.state.store import Store


@dataclass(frozen=True)
class Surroundings:
    """`plan_options` is asked before each plan."""

    store: Store
    lanes: Lanes
    outbound: Outbound
    startblock: Startblock
    clock: Clock
    timings: Timings
    plan_options: Callable[[], PlanOptions]
