"""Compares STATUS with what a device was told, and says in its reading whether it follows."""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.told import Told
from racelink_core.planning.light import Light, light_of
from racelink_core.protocol.replies import StatusReply
from racelink_core.state.store import Store

UNSEEN = "All that can be seen is as told. The rest of the command was sent; no lamp can confirm it."
RESTARTED = "The lamp has restarted. It is asked what it shows."


class Following:
    def __init__(self, store: Store, clock: Clock, late_answer_s: float) -> None:
        """late_answer_s   so long after a request its answer may still come"""
        self._store, self._clock, self._late_answer_s = store, clock, late_answer_s

    def told(self, mac: Mac) -> Told | None:
        return self._store.readings.of(mac).told

    def light(self, told: Told) -> Light:
        """What the lamp should show: what it was told, inside the venue's limit of today."""
        return light_of(told).within(self._store.snapshot.settings.brightness_ceiling)

    def age_s(self, told: Told) -> float:
        """How long ago it was told, in seconds of the calendar's clock."""
        return max(0.0, self._clock.unix() - told.at_s)

    def judge(self, mac: Mac, status: StatusReply, *, is_fresh: bool) -> tuple[str, ...]:
        """The differences; empty: it follows as far as can be seen, or was told nothing.

        is_fresh   it surely describes the lamp after the last command; else a difference proves nothing yet
        """
        reading = self._store.readings.of(mac)
        if reading.told is None:
            return ()
        light = self.light(reading.told)
        if light.is_empty or light.armed is not None:
            return ()
        differences = light.expectation.differences(status)
        if not differences:
            follows, reason = ("sent", UNSEEN) if light.has_unseen else ("yes", None)
            self._store.readings.update(mac, follows=follows, follows_reason=reason)
            return ()
        if not is_fresh and self.age_s(reading.told) <= self._late_answer_s:
            return ()
        if reading.follows != "no":
            self._store.readings.update(mac, follows="no", follows_reason=shown(differences))
        return differences

    def given_up(self, mac: Mac, differences: tuple[str, ...], repeats: int) -> None:
        reason = (
            f"{shown(differences)} It was told again {repeats} times. Check its power and reception, and whether its "
            "firmware knows the effect; then send the command again."
        )
        self._store.readings.update(mac, follows="no", follows_reason=reason)

    def restarted(self, mac: Mac) -> None:
        """Its light is its own now; what was told before counts, and is told again as a whole."""
        if self.told(mac) is not None:
            self._store.readings.update(mac, follows="unknown", follows_reason=RESTARTED, repeated_sequence=0)

    def has_unseen_left(self, mac: Mac) -> bool:
        """Whether a part that STATUS does not show was not repeated yet."""
        reading = self._store.readings.of(mac)
        if reading.told is None or not light_of(reading.told).has_unseen:
            return False
        return reading.told.unseen_sequence > reading.repeated_sequence

    def repeated(self, mac: Mac, told: Told) -> None:
        """All of it was sent once more."""
        self._store.readings.update(mac, repeated_sequence=told.sequence)


def shown(differences: tuple[str, ...]) -> str:
    return f"It shows {', '.join(differences)}."
