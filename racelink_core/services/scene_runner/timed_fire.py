"""When to write a SYNC, so that the light changes at a given moment. Pure.

Source: spec gateway-and-node-model, A5: lamps fire when the packet's last symbol is out. What the gateway and its link
add is measured from the write to TX_DONE (design 3.14). Of the quickest packet, the way there and the way back took
about the same; what made others slower is mostly a report that was read late.
"""

from __future__ import annotations

from collections.abc import Iterator

WAY_THERE = 0.5
"""The share of the least overhead that passes before the packet is on air."""


def write_at_s(shown_at_s: float, air_s: float, overhead_ms: float) -> float:
    """`shown_at_s`: the wanted moment. `air_s`: the packet's time on air. All moments on one clock."""
    return shown_at_s - lead_s(air_s, overhead_ms)


def lead_s(air_s: float, overhead_ms: float) -> float:
    """From the write to the change of light."""
    return air_s + overhead_ms / 1000 * WAY_THERE


def guards_at_s(last_s: float, now_s: float, air_s: float, overhead_ms: float, guard_s: float) -> Iterator[float]:
    """When to send SYNCs that fire nothing, so that the gateway's own does not come in between.

    At once and then every `guard_s`, whenever the wait ends: who watches the air learns nothing. `last_s`: when all of
    them must be out; there may be no room for any.
    """
    at_s = now_s
    while at_s + 2 * (air_s + overhead_ms / 1000) <= last_s:
        yield at_s
        at_s += guard_s
