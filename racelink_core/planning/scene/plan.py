"""The plan of a scene: what runner, estimator, preview and tests share (design 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.scene import Action
from racelink_core.domain.startblock import SlotEntry
from racelink_core.protocol.offset import Offset
from racelink_core.protocol.radio_packet import RadioPacket


@dataclass(frozen=True, slots=True)
class SceneOperation:
    """One packet of one action on one network. What goes to three networks is three of them (design, section 6).

    child      index of the container's child that it carries; None for plain actions and OFFSET packets
    reason     why this packet is in the plan, for the operator
    """

    action: int
    network_id: str
    packet: RadioPacket
    child: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActionDegradation:
    """A part of an action that cannot be done: a stable code, and a sentence that says what to do."""

    action: int
    code: str
    detail: str
    child: int | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What one pass saved of the radio time, summed over all networks."""

    name: str
    saved_ms: float


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """`operations` in the order of sending; each network sends its own in that order, all wait at the barriers.

    network_ids  the scene's scope: every network that a broadcast or a sync of it may use
    """

    actions: tuple[Action, ...]
    operations: tuple[SceneOperation, ...]
    degraded: tuple[ActionDegradation, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    network_ids: tuple[str, ...] = ()

    def of_action(self, index: int) -> tuple[SceneOperation, ...]:
        return tuple(operation for operation in self.operations if operation.action == index)


def offset_strategy(operations: Iterable[SceneOperation]) -> str:
    """How a container tells its offsets, by the names of spec scenes, 12; `already_told`: nothing is sent."""
    groups = [each.packet.body.group_id for each in operations if isinstance(each.packet.body, Offset)]
    if not groups:
        return "already_told"
    if ALL_GROUPS not in groups:
        return "B_per_group_explicit"
    return "A_broadcast_formula" if set(groups) == {ALL_GROUPS} else "C_formula_plus_overrides"


def no_turn() -> None:
    """Who plans outside a host gives nobody a turn."""


@dataclass(frozen=True)
class Conditions:
    """What a plan depends on besides the configuration.

    notes            what is known about offset mode, by network id. None: as for a rehearsal on paper, unknown is "no"
    sync_brightness  brightness of each network's last PRESET (design 3.17)
    attached         networks whose gateway is connected; None: all of them
    heat             pilots for starting blocks that show the current heat
    give_way         called every millisecond or so of planning
    """

    notes: Mapping[str, OffsetNotes] | None = None
    sync_brightness: Mapping[str, int] = field(default_factory=dict)
    attached: frozenset[str] | None = None
    heat: Sequence[SlotEntry] = ()
    give_way: Callable[[], None] = no_turn


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """is_naive     one packet per target, no rewrites
    used_fields  what each effect uses, by its number: other fields are not sent beside `mode`, which changes what
                 nodes keep (spec scenes, 13). None: everything is sent
    """

    is_naive: bool = False
    used_fields: Mapping[int, frozenset[str]] | None = None


ON_PAPER = Conditions()
EVERY_REWRITE = PlanOptions()
