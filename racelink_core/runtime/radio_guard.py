"""Makes it impossible to wait for the radio while something else waits for us (design 3.4).

A store transaction forbids the radio for the greenlet that runs it; a gateway session asks before
every send. So no lock is held across radio I/O, by construction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from racelink_core.domain.errors import RaceLinkError

_local = threading.local()


class RadioForbidden(RaceLinkError):
    """A programming error: radio I/O was tried inside a store transaction."""

    code = "radio_forbidden"


@contextmanager
def radio_forbidden(reason: str) -> Iterator[None]:
    outer = getattr(_local, "reason", None)
    _local.reason = reason
    try:
        yield
    finally:
        _local.reason = outer


def require_radio_allowed() -> None:
    """Raises RadioForbidden inside `radio_forbidden`."""
    reason = getattr(_local, "reason", None)
    if reason is not None:
        raise RadioForbidden(f"A packet must not be sent inside a {reason}. Commit first, then send.")
