"""Keeps the garbage collector from halting the hub."""

from __future__ import annotations

import gc

_MIDDLE = 4
"""So many young collections between two middle ones. After the usual ten these took 1.5 ms (measured 2026-11)."""
_RARELY = 250
"""So many middle collections between two full ones, each of which visits everything that is alive."""


def spare_what_stays() -> None:
    """What is alive now, mostly modules and models, is not visited again by later collections.

    Visiting it took 20 to 70 ms with 200 devices (measured 2026-11). Call it once everything is loaded.
    """
    gc.collect()
    gc.freeze()
    young, _, _ = gc.get_threshold()
    gc.set_threshold(young, _MIDDLE, _RARELY)
