"""What a node last reported, and what it was last told. Changes by the second; saved in batches."""

from __future__ import annotations

from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.told import Told

Follows = Literal["unknown", "yes", "no", "sent"]
"""Whether a lamp does what it was told: yes and no as far as STATUS shows; sent: it shows no difference, and what it
cannot show was sent."""


class Acknowledgement(FrozenModel):
    """The last ACK of a node. `at_s` is Unix time."""

    ok: bool
    opcode: int
    status: int
    at_s: float


class Reading(FrozenModel):
    """One node as it was last heard. Times are Unix seconds; 0 = never. Voltage 0 = unknown.

    online      None until something was heard or missed since the host started
    preset_id   the WLED preset slot that the host asked for last; status never changes it
    battery_low  by the rule of `domain/battery.py`, which looks at more than one report
    effect_id, brightness, flags, config_byte   mirror of STATUS, or of the last command accepted by the gateway
    told        the light it was told; None: nothing yet, or nobody knows whether the last command went out
    follows     whether it does that, with the reason in words
    repeated_sequence   up to which command the parts that STATUS does not show were repeated
    """

    online: bool | None = None
    link_error: str | None = None
    last_seen_s: float = 0.0
    flags: int = 0
    config_byte: int = 0
    preset_id: int = 0
    effect_id: int = 0
    brightness: int = 0
    voltage_mv: int = 0
    battery_low: bool = False
    node_rssi_dbm: int = 0
    node_snr_db: int = 0
    host_rssi_dbm: int = 0
    host_snr_db: int = 0
    last_ack: Acknowledgement | None = None
    told: Told | None = None
    follows: Follows = "unknown"
    follows_reason: str | None = None
    repeated_sequence: int = 0

    @property
    def presence(self) -> Literal["online", "offline", "unknown"]:
        return "unknown" if self.online is None else "online" if self.online else "offline"

    @property
    def warns_of_battery(self) -> bool:
        """Low, and not merely remembered from before the start."""
        return self.battery_low and self.online is not None


NOTHING_HEARD = Reading()
