"""A simulation as plain rows: what its nodes show, and what was on air. Times in ms on the pump's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.sim.air import Transmission
from racelink_core.sim.node import SimulatedNode
from racelink_core.sim.pump import Pump


def node_rows(pump: Pump) -> Iterator[dict[str, Any]]:
    """One row per node, in the order of the fleet file."""
    for node in tuple(pump.simulation.nodes.values()):
        yield _node_row(node, pump)


def air_rows(pump: Pump) -> Iterator[dict[str, Any]]:
    """One row per packet that has ended, in the order in which they began; the newest 20000."""
    now_s = pump.simulation.engine.now_s
    for sent in pump.simulation.air_log:
        if sent.end_s <= now_s:
            yield _air_row(sent, pump)


def _node_row(node: SimulatedNode, pump: Pump) -> dict[str, Any]:
    """`master` as on air, 6 digits; `offset_mode` the active one; a node without power is dark."""
    lamp = node.lamp
    look = lamp.look
    brightness = lamp.brightness if node.is_powered else 0
    return {
        "mac": node.mac,
        "network_id": node.network_id,
        "group_id": node.group_id,
        "master": None if node.master is None else str(node.master),
        "on": brightness > 0,
        "brightness": brightness,
        "mode": look.mode,
        "speed": look.speed,
        "intensity": look.intensity,
        "palette": look.palette,
        "colors": [list(look.color1), list(look.color2), list(look.color3)],
        "preset_id": lamp.preset_id,
        "offset_mode": lamp.active.mode.name.lower(),
        "offset_ms": lamp.phase_ms,
        "offset_pending": lamp.pending is not None,
        "armed": lamp.armed is not None,
        "shown_since_ms": _ms(lamp.shown_since_s, pump),
        "voltage_mv": node.voltage_mv,
    }


def _air_row(sent: Transmission, pump: Pump) -> dict[str, Any]:
    """`opcode` has 7 bits; `sender` and `receiver` are 3-byte addresses, `heard_by` MACs."""
    packet = parse_radio(sent.raw)
    return {
        "start_ms": _ms(sent.start_s, pump),
        "duration_ms": round((sent.end_s - sent.start_s) * 1000, 3),
        "network_id": sent.sender.network_id,
        "sender": str(packet.sender),
        "receiver": str(packet.receiver),
        "opcode": packet.opcode,
        "body": packet.body_bytes.hex(),
        "heard_by": list(sent.heard_by),
    }


def _ms(engine_s: float, pump: Pump) -> float:
    return round(pump.clock_s(engine_s) * 1000, 3)
