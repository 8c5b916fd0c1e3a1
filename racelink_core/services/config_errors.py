"""Why a node was not configured."""

from __future__ import annotations

from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.protocol.replies import AckStatus

_STATUS_WORDS = {
    AckStatus.BAD_TYPE: "it does not know this request",
    AckStatus.BAD_LEN: "the value is out of its range",
    AckStatus.UNAUTHORIZED: "this gateway is not its master",
    AckStatus.BUSY: "it is busy; try again in a moment",
    AckStatus.ERROR: "it could not carry it out",
}


class ConfigRefused(RaceLinkError):
    """The node answered that it did not do it; nothing was stored."""

    code = "config_refused"

    def __init__(self, device: Device, status: int) -> None:
        super().__init__(f"{device.name} refused: {status_words(status)} (status {status}). Nothing was stored.")
        self.mac, self.status = device.mac, status


class ConfigSilent(RaceLinkError):
    """The node did not answer at all; nothing was stored."""

    code = "no_reply"

    def __init__(self, device: Device) -> None:
        super().__init__(
            f"{device.name} did not answer. Is it switched on, within range, and paired with this gateway? Nothing was "
            "stored; read the value to see whether the lamp took it."
        )
        self.mac = device.mac


class ConfigNotSent(RaceLinkError):
    """The gateway did not put it on air, or other traffic kept drowning the answer; the node did nothing wrong."""

    code = "not_sent"

    def __init__(self, device: Device, why: str) -> None:
        super().__init__(f"Nothing is known about {device.name}: {why}. Try again.")
        self.mac = device.mac


class DeviceWithoutNetwork(RaceLinkError):
    """Nobody knows which gateway reaches the device."""

    code = "device_without_network"

    def __init__(self, device: Device) -> None:
        super().__init__(f"{device.name} belongs to no network yet. Discover it, so that its gateway is known.")
        self.mac = device.mac


class NothingStored(RaceLinkError):
    """The host's value shall be pushed, and the host has none."""

    code = "nothing_stored"

    def __init__(self, device: Device, key: str) -> None:
        super().__init__(f"No {key} is stored for {device.name}. Save a value, or import the device's own.")
        self.mac, self.key = device.mac, key


def status_words(status: int) -> str:
    """What a status byte of an acknowledgement says, as half a sentence."""
    try:
        return _STATUS_WORDS[AckStatus(status)]
    except (ValueError, KeyError):
        return "it did not say why"
