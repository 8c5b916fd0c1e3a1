"""Which properties and functions a device has, by what its type can do. Source: spec scenes, section 9.2."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from racelink_core.domain.device import Device
from racelink_core.domain.device_type import Capability, device_type
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


def properties_of(device: Device) -> tuple[NodeProperty, ...]:
    return _of_type(device.dev_type).properties


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
    of_type, specials = _of_type(device.dev_type), device.specials
    flat = dict(of_type.usual)
    if specials:
        for prop in of_type.properties:
            stored = prop.stored_in(specials)
            if stored is not None:
                flat |= prop.to_flat(stored)
    return flat


class _OfType(NamedTuple):
    properties: tuple[NodeProperty, ...]
    usual: Mapping[str, int]


@lru_cache(maxsize=256)
def _of_type(dev_type: int) -> _OfType:
    """Asked for every row of every list."""
    capabilities = device_type(dev_type).capabilities
    properties = tuple(each for each in PROPERTIES if each.capability in capabilities)
    return _OfType(properties, {each.key: each.default for each in properties if each.default is not None})
