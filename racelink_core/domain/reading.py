"""What a node last reported, and what it was last told. Changes by the second; saved in batches."""

from __future__ import annotations

from typing import Literal

from racelink_core.domain.base import FrozenModel


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
    effect_id, brightness, flags, config_byte   mirror of STATUS, or of the last command accepted by the gateway
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
    node_rssi_dbm: int = 0
    node_snr_db: int = 0
    host_rssi_dbm: int = 0
    host_snr_db: int = 0
    last_ack: Acknowledgement | None = None

    @property
    def presence(self) -> Literal["online", "offline", "unknown"]:
        return "unknown" if self.online is None else "online" if self.online else "offline"


NOTHING_HEARD = Reading()
