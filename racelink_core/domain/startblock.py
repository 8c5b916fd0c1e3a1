"""Starting blocks: which slots a block shows, and what is to be shown in them. Source: spec scenes, section 9.4."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.device import Device

FIRST_SLOT, LAST_SLOT = 1, 8
SLOTS = range(FIRST_SLOT, LAST_SLOT + 1)
NO_CHANNEL = "--"


class SlotEntry(FrozenModel):
    """One pilot. Texts are cleaned for the display when they are sent."""

    slot: int = Field(ge=FIRST_SLOT, le=LAST_SLOT, strict=True)
    callsign: str = Field(default="", max_length=64)
    channel: str = Field(default=NO_CHANNEL, max_length=8)


HeatSource = Callable[[], Sequence[SlotEntry]]
"""Gives the pilots of the current heat. Called before each run, on its greenlet."""


class SourceSlot(FrozenModel):
    """As scenes store it: slots count from 0."""

    slot: int = Field(ge=0, lt=LAST_SLOT, strict=True)
    callsign: str = Field(default="", max_length=64)
    racechannel: str = Field(default=NO_CHANNEL, max_length=8)


def _named(value: object) -> object:
    """Also takes `[slot, callsign, channel]`."""
    if isinstance(value, list | tuple) and 1 <= len(value) <= len(SourceSlot.model_fields):
        return dict(zip(SourceSlot.model_fields, value, strict=False))
    return value


class StartblockChoice(FrozenModel):
    """Whose names are shown. Field names are those of the scene format."""

    fn_key: Annotated[str, Field(pattern="^startblock_control$")] = "startblock_control"
    startblock_use_current_heat: bool = Field(default=True, strict=True)
    startblock_slot_list: tuple[Annotated[SourceSlot, BeforeValidator(_named)], ...] = Field(
        default=(), max_length=LAST_SLOT
    )

    @field_validator("startblock_slot_list")
    @classmethod
    def _once_each(cls, value: tuple[SourceSlot, ...]) -> tuple[SourceSlot, ...]:
        if len({each.slot for each in value}) != len(value):
            raise ValueError("each slot may be named once")
        return value

    @property
    def entries(self) -> tuple[SlotEntry, ...] | None:
        """None: those of the current heat."""
        if self.startblock_use_current_heat:
            return None
        return tuple(
            SlotEntry(slot=each.slot + FIRST_SLOT, callsign=each.callsign, channel=each.racechannel)
            for each in self.startblock_slot_list
        )

    @classmethod
    def of(cls, entries: Sequence[SlotEntry] | None) -> StartblockChoice:
        """None: the current heat."""
        if entries is None:
            return cls()
        listed = tuple(
            SourceSlot(slot=entry.slot - FIRST_SLOT, callsign=entry.callsign, racechannel=entry.channel)
            for entry in entries
        )
        return cls(startblock_use_current_heat=False, startblock_slot_list=listed)


def is_startblock(device: Device) -> bool:
    return "STARTBLOCK" in device.type.capabilities


def covered_slots(device: Device) -> range:
    """Empty for other devices. One whose options were never read or written covers everything."""
    if not is_startblock(device):
        return range(0)
    stored: Mapping[str, Any] = device.specials
    first = _within_slots(stored.get("startblock_first_slot", FIRST_SLOT))
    count = _within_slots(stored.get("startblock_slots", LAST_SLOT))
    return range(first, min(LAST_SLOT, first + count - 1) + 1)


def _within_slots(value: int) -> int:
    return min(max(value, FIRST_SLOT), LAST_SLOT)
