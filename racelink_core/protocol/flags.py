"""The flags byte of PRESET and CONTROL, and the one flag of SYNC. Source: spec wire, sections 7 and 10."""

from __future__ import annotations

from enum import IntFlag


class PacketFlags(IntFlag):
    """Bits 6 and 7 are reserved: sent as 0, kept when read."""

    POWER_ON = 0x01
    ARM_ON_SYNC = 0x02
    HAS_BRI = 0x04
    FORCE_TT0 = 0x08
    FORCE_REAPPLY = 0x10
    OFFSET_MODE = 0x20


SYNC_TRIGGER = 0x01
"""In a 5-byte SYNC: fires everything that is armed."""
