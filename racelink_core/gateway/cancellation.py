"""Taking a command back while it waits."""

from __future__ import annotations

from collections.abc import Callable


class Cancellation:
    """Handed along with what may be taken back; how far it came is in the outcome of that.

    A packet that is in flight is finished; what still waits, also a timed order, ends as cancelled.
    """

    def __init__(self) -> None:
        self.is_cancelled = False
        self._hooks: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Harmless twice, and after the end."""
        self.is_cancelled = True
        for hook in tuple(self._hooks):
            hook()

    def attach(self, hook: Callable[[], None]) -> Callable[[], None]:
        """Calls `hook` on `cancel`; returns what detaches it."""
        self._hooks.append(hook)
        return lambda: self._hooks.remove(hook) if hook in self._hooks else None
