"""What a device was last told about its light, as it is kept over restarts. What it means: `planning/light.py`."""

from __future__ import annotations

from racelink_core.domain.base import FrozenModel


class Told(FrozenModel):
    """The commands that together make up a lamp's light. Bodies of packets as hex digits; empty = none.

    sequence         number of the newest of these commands; a later command has a larger one
    at_s             when its packet was out, Unix seconds
    by               whose command it was
    whole            opcode and body of the PRESET or HEADLESS that set the whole look
    control          body of a CONTROL with everything that was told on top of it
    armed            body of the CONTROL that waits for a SYNC
    offset           body of the last OFFSET
    unseen_sequence  number of the newest command with a part that STATUS does not show; 0 = none
    """

    sequence: int
    at_s: float
    by: str
    whole: str = ""
    control: str = ""
    armed: str = ""
    offset: str = ""
    unseen_sequence: int = 0
