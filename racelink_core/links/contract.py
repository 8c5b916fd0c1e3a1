"""What every byte transport gives: open, write, bytes received, lost, close (design 3.7).

All moments here are seconds on the system's monotonic clock (`time.monotonic()`), as the port
process stamps them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from racelink_core.domain.errors import RaceLinkError


class LinkError(RaceLinkError):
    """A link could not be opened or used. `url` names it."""

    code = "HOST_ERROR"

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"{url}: {problem}")
        self.url, self.problem = url, problem


class PortNotFound(LinkError):
    """There is no such device, host or simulated gateway."""

    code = "NOT_FOUND"


class PortBusy(LinkError):
    """Another process holds the port."""

    code = "PORT_BUSY"


class LinkLost(LinkError):
    """The link was open and is gone: unplugged, connection closed, port process died."""

    code = "LINK_LOST"


class LinkOverrun(LinkError):
    """More was written than the other side takes; the order was refused whole."""

    code = "LINK_OVERRUN"


class LinkListener(Protocol):
    """Called in order, on the link's reader greenlet. Returns quickly and never raises."""

    def received(self, data: bytes, at_s: float) -> None: ...

    def written(self, order: int, at_s: float) -> None:
        """The bytes of `order` were handed to the device at `at_s`."""
        ...

    def lost(self, error: LinkError) -> None:
        """Called once; nothing is called after it. Not called after `close`."""
        ...


class Link(Protocol):
    """One open connection."""

    url: str

    def write(self, data: bytes, *, send_at_s: float | None = None) -> int:
        """Queues bytes for one write call, now or at the given moment; returns the order's number.

        Never blocks. Raises LinkLost or LinkOverrun, in which case nothing is written. Orders without
        `send_at_s` are written at once, even while a timed one waits.
        """
        ...

    def cancel(self, order: int) -> bool:
        """Takes back a timed order. True: it was not and will not be written. Waits for the answer."""
        ...

    def catch_up(self, timeout_s: float) -> float:
        """Waits until everything read so far was delivered to the listener.

        Returns the moment up to which that holds. Raises LinkLost, also when `timeout_s` passes.
        """
        ...

    def close(self) -> None:
        """Frees the port. Harmless twice, and after a loss."""
        ...


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port that could be a gateway. `url` is what `Driver.open` takes."""

    url: str
    description: str = ""
    usb_id: str | None = None
    """Vendor and product in hex, "10C4:EA60"."""


class Driver(Protocol):
    """Opens links of its URL schemes. Every driver passes `tests/links/contract_suite.py`."""

    schemes: tuple[str, ...]

    def open(self, url: str, listener: LinkListener) -> Link:
        """Waits cooperatively until open, with exclusive use. Raises PortNotFound, PortBusy or LinkError."""
        ...

    def ports(self) -> tuple[PortInfo, ...]:
        """Candidates that are present now, without those that were excluded."""
        ...

    def watch_ports(self, changed: Callable[[], None]) -> None:
        """Calls `changed` whenever `ports()` would answer differently."""
        ...

    def close(self) -> None:
        """Closes every link and ends what the driver started. Harmless twice."""
        ...
