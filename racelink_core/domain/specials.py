"""Which properties and functions a device has, by what its type can do. Source: spec scenes, section 9.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from racelink_core.domain.device import Device
from racelink_core.domain.device_type import Capability
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.node_options import PROPERTIES, NodeProperty
from racelink_core.domain.special_functions import ALIASES, FUNCTIONS, SpecialFunction


class CapabilitySpecials(NamedTuple):
    label: str
    properties: tuple[NodeProperty, ...]
    functions: tuple[SpecialFunction, ...]


class UnsupportedOption(RaceLinkError):
    """A property was named that this device does not have."""

    code = "unsupported_option"

    def __init__(self, device: Device, key: str) -> None:
        super().__init__(
            f"{device.name} ({device.type.name}) has no property {key[:40]!r}. "
            "GET /api/specials lists what each kind of device has."
        )
        self.mac, self.key = device.mac, key[:40]


class UnsupportedFunction(RaceLinkError):
    """A function was named that this device does not have."""

    code = "unsupported_function"

    def __init__(self, device: Device, key: str) -> None:
        super().__init__(
            f"{device.name} ({device.type.name}) has no function {key[:40]!r}. "
            "GET /api/specials lists what each kind of device can do."
        )
        self.mac, self.key = device.mac, key[:40]


_LABELS: Mapping[Capability, str] = {"WLED": "WLED", "STARTBLOCK": "Startblock", "LEDMATRIX": "LED matrix"}
CATALOGUE: Mapping[Capability, CapabilitySpecials] = {
    capability: CapabilitySpecials(
        label,
        tuple(each for each in PROPERTIES if each.capability == capability),
        tuple(each for each in FUNCTIONS if each.capability == capability),
    )
    for capability, label in _LABELS.items()
}


def properties_of(device: Device) -> Iterator[NodeProperty]:
    return (each for each in PROPERTIES if each.capability in device.type.capabilities)


def find_property(device: Device, key: str) -> NodeProperty:
    """Raises UnsupportedOption."""
    for each in properties_of(device):
        if each.key == key:
            return each
    raise UnsupportedOption(device, key)


def find_function(device: Device, key: str) -> SpecialFunction:
    """By name or older name. Raises UnsupportedFunction."""
    wanted = ALIASES.get(key, key)
    for each in FUNCTIONS:
        if each.key == wanted and each.capability in device.type.capabilities:
            return each
    raise UnsupportedFunction(device, key)


def expected_specials(device: Device) -> dict[str, int]:
    """By flat key, what the device should have: stored, or else what a fresh node has, where that is known."""
    flat: dict[str, int] = {}
    for each in properties_of(device):
        value = each.expected_of(device.specials)
        if value is not None:
            flat |= each.to_flat(value)
    return flat
