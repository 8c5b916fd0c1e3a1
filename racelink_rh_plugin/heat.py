"""Who flies in RotorHazard's current heat, and on which channel, for starting blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.startblock import FIRST_SLOT, NO_CHANNEL, SLOTS, SlotEntry

from .rotorhazard import RhApi

_LONGEST_CALLSIGN = 64


class HeatUnreadable(RaceLinkError):
    """RotorHazard did not say who flies; nothing is shown rather than something wrong."""

    code = "heat_unreadable"

    def __init__(self, reason: Exception) -> None:
        super().__init__(
            f"RotorHazard's current heat cannot be read ({type(reason).__name__}: {reason}). "
            "The starting blocks keep what they show. Choose the heat again."
        )


def current_heat(rhapi: RhApi) -> list[SlotEntry]:
    """Seat 0 is slot 1. Seats without a pilot are left out; in practice mode all are. Raises HeatUnreadable."""
    try:
        pilots: Mapping[int, int | None] = dict(rhapi.race.pilots or {})
        channels = _channels(rhapi.race.frequencyset)
        return [
            SlotEntry(
                slot=seat + FIRST_SLOT,
                callsign=str(rhapi.db.pilot_by_id(pilot_id).display_callsign)[:_LONGEST_CALLSIGN],
                channel=channels[seat] if seat < len(channels) else NO_CHANNEL,
            )
            for seat, pilot_id in sorted(pilots.items())
            if pilot_id and seat + FIRST_SLOT in SLOTS
        ]
    except Exception as error:
        raise HeatUnreadable(error) from error


def _channels(frequencyset: Any) -> Sequence[str]:
    """By seat: band and number, as "R1"; a frequency without a name has none."""
    stored = json.loads(frequencyset.frequencies)
    return [
        f"{band}{number}" if band and number else NO_CHANNEL
        for band, number in zip(stored.get("b", ()), stored.get("c", ()), strict=False)
    ]
