"""How services reach the gateways, without knowing who connects them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from racelink_core.domain.errors import RaceLinkError
from racelink_core.gateway.lane import Lane


class Lanes(Protocol):
    def lane(self, network_id: str) -> Lane:
        """Raises NoGateway."""
        ...

    def lanes(self) -> Mapping[str, Lane]:
        """Networks whose gateway is connected."""
        ...


class NothingConnected(RaceLinkError):
    """No gateway at all; nothing was started."""

    code = "unavailable"

    def __init__(self) -> None:
        super().__init__(
            "No gateway is connected. Plug one in: it is found by itself. The gateway status says what was tried."
        )


def require_any(lanes: Lanes) -> None:
    """Raises NothingConnected."""
    if not lanes.lanes():
        raise NothingConnected
