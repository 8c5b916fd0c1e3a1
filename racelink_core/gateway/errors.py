"""What goes wrong between a packet and its gateway."""

from __future__ import annotations

from racelink_core.domain.errors import RaceLinkError
from racelink_core.links.contract import LinkError


class NotAGateway(LinkError):
    """The port opened, but what is behind it did not say that it is a RaceLink gateway."""

    code = "NOT_FOUND"

    def __init__(self, url: str, attempts: int) -> None:
        super().__init__(
            url,
            f"No RaceLink gateway answered {attempts} requests. Another device? The port is left alone for a while.",
        )


class GatewayTooOld(LinkError):
    """A gateway whose firmware speaks an older protocol: it does not answer STATE_REQUEST."""

    code = "GATEWAY_TOO_OLD"

    def __init__(self, url: str, name: str) -> None:
        super().__init__(
            url,
            f"{name} does not report its state: its firmware is too old for this program. Update the gateway's "
            "firmware (0.1.10 or newer), then plug it in again.",
        )
        self.name = name


class DuplicateGateway(LinkError):
    """The same gateway is already in use through another port."""

    code = "PORT_BUSY"

    def __init__(self, url: str, mac: str, used_url: str) -> None:
        super().__init__(url, f"Gateway {mac} is already in use through {used_url}; this second way to it is not used.")
        self.used_url = used_url


class NotSendable(RaceLinkError):
    """A packet that a host must never send; nothing was written."""

    code = "invalid_packet"

    def __init__(self, packet: str, problem: str) -> None:
        super().__init__(f"{packet} was not sent: {problem}")
        self.packet, self.problem = packet, problem


class LaneFull(RaceLinkError):
    """Too many commands wait for one gateway; this one was not queued."""

    code = "lane_full"

    def __init__(self, network_id: str, waiting: int) -> None:
        super().__init__(
            f"{waiting} commands already wait for the gateway of network {network_id!r}. "
            "Wait until some of them are sent, or ask for less at once."
        )
        self.network_id, self.waiting = network_id, waiting


class NoGateway(RaceLinkError):
    """No gateway serves this network at the moment."""

    code = "unavailable"

    def __init__(self, network_id: str) -> None:
        super().__init__(
            f"No gateway is connected for network {network_id!r}. Plug it in; it is found by itself. "
            "The gateway status says what was tried."
        )
        self.network_id = network_id
