"""What each device type is called and can do. Source: spec wire, section 21."""

from __future__ import annotations

from typing import Literal, NamedTuple

Capability = Literal["WLED", "STARTBLOCK", "LEDMATRIX"]


class DeviceType(NamedTuple):
    name: str
    capabilities: frozenset[Capability]


_WLED: frozenset[Capability] = frozenset({"WLED"})
_STARTBLOCK: frozenset[Capability] = frozenset({"WLED", "STARTBLOCK"})
_TYPES: dict[int, DeviceType] = {
    1: DeviceType("Gateway_Rev1", frozenset()),
    10: DeviceType("WLED_Rev1", _WLED),
    11: DeviceType("WLED_Rev3", _WLED),
    12: DeviceType("WLED_Rev4", _WLED),
    13: DeviceType("WLED_Rev5", _WLED),
    14: DeviceType("WLED_Eth_Gledopto", _WLED),
    50: DeviceType("WLED_Startblock_Rev3", _STARTBLOCK),
    51: DeviceType("WLED_Startblock_HWP", _STARTBLOCK),
}


def device_type(type_id: int) -> DeviceType:
    """Unknown ids are tolerated: `UNKNOWN_<id>` without capabilities."""
    return _TYPES.get(type_id) or DeviceType(f"UNKNOWN_{type_id}", frozenset())
