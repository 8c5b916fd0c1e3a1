"""When an address may be tried: one attempt in flight, a minimum interval, back-off, cool-down (design 3.7).

Moments are the given clock's seconds. Nothing is waited for here: the caller asks `next_at_s` and comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from racelink_core.domain.clock import Clock
from racelink_core.domain.timings import Timings
from racelink_core.links.contract import LinkError

_STEPS = (1.0, 2.5, 5.0, 10.0, 15.0)
"""Times `backoff_first_s`: 2, 5, 10, 20, 30 s, of which the last repeats (spec services, 2.4)."""


class AttemptRefused(LinkError):
    """An attempt is in flight for this address, or the next one is not due yet."""

    code = "ATTEMPT_REFUSED"


@dataclass(slots=True)
class _Record:
    is_in_flight: bool = False
    failures: int = 0
    earliest_at_s: float = 0.0
    """The minimum interval after the last attempt's begin; a reset keeps it."""
    wait_until_s: float = 0.0
    is_not_ours: bool = False


class Attempt:
    """What became of one attempt. Without a word it has failed."""

    def __init__(self) -> None:
        self.is_success = False
        self.is_not_ours = False

    def success(self) -> None:
        """It is connected: the count of failures starts anew."""
        self.is_success = True

    def not_ours(self) -> None:
        """Something else lives there: the address is left alone for `Timings.cool_down_s`."""
        self.is_not_ours = True


class Attempts:
    """The policy for all addresses."""

    def __init__(self, clock: Clock, timings: Timings, random: Random) -> None:
        self._clock, self._timings, self._random = clock, timings, random
        self._records: dict[str, _Record] = {}

    @contextmanager
    def attempt(self, address: str) -> Iterator[Attempt]:
        """Holds the address for one attempt. Leaving it, in whatever way, settles when the next one is due.

        Raises AttemptRefused when one is in flight or the next is not due.
        """
        record = self._records.setdefault(address, _Record())
        if record.is_in_flight:
            raise AttemptRefused(address, "it is being tried already.")
        now_s = self._clock.monotonic()
        if now_s < self.next_at_s(address):
            wait_s = self.next_at_s(address) - now_s
            raise AttemptRefused(address, f"it is tried again in {wait_s:.1f} s. Retry by hand to try it sooner.")
        record.is_in_flight = True
        record.earliest_at_s = now_s + self._timings.attempt_min_interval_s
        attempt = Attempt()
        try:
            yield attempt
        finally:
            record.is_in_flight = False
            self._settle(record, attempt)

    def next_at_s(self, address: str) -> float:
        """The moment from which the address may be tried; one that has passed, or 0 when it never was."""
        record = self._records.get(address)
        return 0.0 if record is None else max(record.earliest_at_s, record.wait_until_s)

    def is_due(self, address: str) -> bool:
        """Whether `attempt` would be granted now."""
        return not self.is_in_flight(address) and self._clock.monotonic() >= self.next_at_s(address)

    def is_in_flight(self, address: str) -> bool:
        record = self._records.get(address)
        return record is not None and record.is_in_flight

    def is_cooling_down(self, address: str) -> bool:
        """Whether something that is not ours answered there, not long ago."""
        record = self._records.get(address)
        return record is not None and record.is_not_ours and self._clock.monotonic() < record.wait_until_s

    def failures(self, address: str) -> int:
        """How often the address failed in a row."""
        record = self._records.get(address)
        return 0 if record is None else record.failures

    def reset(self, address: str | None = None) -> None:
        """Forgets failures and cool-down, of every address if none is named: somebody retries by hand, or plugged in.

        The minimum interval stays, and so does an attempt in flight.
        """
        for name in [address] if address is not None else list(self._records):
            if (record := self._records.get(name)) is not None:
                record.failures, record.wait_until_s, record.is_not_ours = 0, 0.0, False
                self._drop_if_idle(name, record)

    def _drop_if_idle(self, address: str, record: _Record) -> None:
        if not record.is_in_flight and self._clock.monotonic() >= record.earliest_at_s:
            del self._records[address]

    def _settle(self, record: _Record, attempt: Attempt) -> None:
        now_s = self._clock.monotonic()
        record.is_not_ours = attempt.is_not_ours
        if attempt.is_not_ours:
            record.failures = 0
            record.wait_until_s = now_s + self._timings.cool_down_s
        elif attempt.is_success:
            record.failures = 0
            record.wait_until_s = 0.0
        else:
            record.wait_until_s = now_s + self._pause_s(record.failures)
            record.failures += 1

    def _pause_s(self, failures_before: int) -> float:
        step = _STEPS[min(failures_before, len(_STEPS) - 1)]
        pause_s = min(self._timings.backoff_max_s, self._timings.backoff_first_s * step)
        jitter = self._timings.backoff_jitter
        return pause_s * self._random.uniform(1 - jitter, 1 + jitter)
