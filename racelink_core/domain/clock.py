"""The clock that code waits by. Injected, so that tests and the simulator can run it faster."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Seconds on one monotonic scale, which a simulation may run faster than the system's.

    Every timeout in the code is in this clock's seconds; `system_s` turns a duration into what an
    `Event.wait` or a socket wants. `from_system` and `to_system` convert moments, e.g. time stamps of the port process.
    """

    def monotonic(self) -> float: ...
    def unix(self) -> float:
        """Wall clock, Unix seconds."""
        ...

    def sleep(self, seconds: float) -> None: ...
    def system_s(self, seconds: float) -> float: ...
    def from_system(self, system_monotonic_s: float) -> float: ...
    def to_system(self, monotonic_s: float) -> float: ...
