"""What healing does: its figures per network. Switched by `/api/settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from racelink_core.domain.base import FrozenModel
from racelink_core.services.healing import Figures
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class HealingRow(FrozenModel):
    """One network. Everything is counted since the start of the host; `*_ms` is time on air.

    state            what healing does now, or why it does nothing, as a sentence
    waiting          lamps whose turn is still to come
    checked          answers compared with what was told
    followed         lamps that followed at once
    repeated         times that a lamp was told again because it showed something else, or was answering when told
    healed           lamps that followed after that
    given_up         lamps that still did not
    sent_unverified  times that what no lamp can confirm was sent once more
    unanswered       lamps that answered no question
    airtime_ms       spent on questions, answers and repetitions
    budget_ms        the most that it may spend in a minute
    budget_left_ms   what it may spend at once; negative while overdrawn
    """

    network_id: str
    state: str
    waiting: int
    checked: int
    followed: int
    repeated: int
    healed: int
    given_up: int
    sent_unverified: int
    unanswered: int
    airtime_ms: float
    budget_ms: float
    budget_left_ms: float


class HealingReply(Reply):
    enabled: bool
    airtime_percent: int
    networks: tuple[HealingRow, ...]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/healing")
    @describe("Read what healing did on each network.", reply=HealingReply)
    def show_healing() -> Response:
        settings = host.store.snapshot.settings
        return reply(
            HealingReply(
                enabled=settings.healing,
                airtime_percent=settings.healing_airtime_percent,
                networks=tuple(map(_row, host.healing.figures)),
            )
        )


def _row(figures: Figures) -> HealingRow:
    counts = figures.counts
    return HealingRow(
        network_id=figures.network_id,
        state=figures.state,
        waiting=figures.waiting,
        checked=counts.checked,
        followed=counts.followed,
        repeated=counts.repeated,
        healed=counts.healed,
        given_up=counts.given_up,
        sent_unverified=counts.sent_unverified,
        unanswered=counts.unanswered,
        airtime_ms=round(counts.airtime_ms, 1),
        budget_ms=round(figures.budget_ms, 1),
        budget_left_ms=round(figures.budget_left_ms, 1),
    )
