"""When to write a SYNC, so that the light changes at a given moment. Pure.

Source: spec gateway-and-node-model, A5: lamps fire when the packet's last symbol is out. What the gateway and its link
add is measured from the write to TX_DONE (design 3.14). Of the quickest packet, the way there and the way back took
about the same; what made others slower is mostly a report that was read late.
"""

from __future__ import annotations

WAY_THERE = 0.5
"""The share of the least overhead that passes before the packet is on air."""
AUTOSYNC_S = 30.0
"""A gateway that has sent no SYNC for so long sends one by itself, and is deaf to us meanwhile (A8)."""


def write_at_s(shown_at_s: float, air_s: float, overhead_ms: float) -> float:
    """`shown_at_s`: the wanted moment. `air_s`: the packet's time on air. All moments on one clock."""
    return shown_at_s - lead_s(air_s, overhead_ms)


def lead_s(air_s: float, overhead_ms: float) -> float:
    """From the write to the change of light."""
    return air_s + overhead_ms / 1000 * WAY_THERE


def guard_at_s(write_s: float, now_s: float, air_s: float, overhead_ms: float, guard_s: float) -> float | None:
    """When to send a SYNC that fires nothing, so that the gateway's own does not come in between.

    At once where the wait is shorter than `guard_s`; None: there is no room for it any more.
    """
    at_s = max(now_s, write_s - guard_s)
    return at_s if at_s + 2 * (air_s + overhead_ms / 1000) <= write_s else None
