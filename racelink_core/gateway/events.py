"""What a gateway said, with its name and the moment on it."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.protocol.gateway_messages import GatewayMessage


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """`at_s` is when the bytes were read from the device, in Clock seconds."""

    gateway: Mac
    message: GatewayMessage
    at_s: float
