"""Which lamps may have been deaf for a command: a node hears nothing from a question until its answer is out.

Source: spec gateway-and-node-model, B3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.gateway.events import GatewayEvent
from racelink_core.protocol.gateway_messages import Forwarded

_REPORTED_WITHIN_S = 0.3
"""A command is reported when all of it was sent; so long before, its packet may have gone out."""


class OpenQuestion:
    """One question on its way. All moments are Clock seconds."""

    def __init__(self, asked: Iterable[Mac]) -> None:
        self._asked = {mac.radio_address: mac for mac in asked}
        self._answered_at_s: dict[RadioAddress, float] = {}
        self._ended_at_s: float | None = None

    def answered(self, event: GatewayEvent) -> None:
        """Called on the link's reader."""
        if isinstance(event.message, Forwarded):
            self._answered_at_s[event.message.sender] = event.at_s

    def end(self, at_s: float) -> None:
        """Nobody waits for answers any more."""
        self._ended_at_s = at_s

    def deaf_among(self, commanded: Collection[Mac], now_s: float) -> set[Mac]:
        """Those of them that may have been about to answer when a command went out that is reported now."""
        return {mac for address, mac in self._asked.items() if mac in commanded and self._may_be_deaf(address, now_s)}

    def _may_be_deaf(self, address: RadioAddress, now_s: float) -> bool:
        hears_since_s = self._answered_at_s.get(address, self._ended_at_s)
        return hears_since_s is None or hears_since_s > now_s - _REPORTED_WITHIN_S
