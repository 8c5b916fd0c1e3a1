"""The plain plan of each command: whom it addresses, and what each of them is told.

Source: spec scenes, sections 6, 7 and 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    HeadlessCommand,
    LocateCommand,
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetCommand,
    StartblockCommand,
    SyncCommand,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.group import GroupId
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.addressing import everyone, resolve, resolve_singly
from racelink_core.planning.brightness import DEFAULT_SYNC_BRIGHTNESS
from racelink_core.planning.operation import Degradation, WireOperation
from racelink_core.planning.startblock import slot_streams
from racelink_core.protocol.bodies import Control, Headless, Indicate, Offset, Preset, Sync
from racelink_core.protocol.catalogues import HEADLESS_SCENES
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

Draft = tuple[tuple[WireOperation, ...], tuple[Degradation, ...]]
_DARK = EffectParameters(brightness=0)
_NO_EFFECT, _NO_FLAGS = EffectParameters(), EffectFlags()
WLED_PRESET_IDS = range(1, 251)
DEFAULT_PRESET_BRIGHTNESS = 128
"""A PRESET always carries a brightness (spec scenes, section 4)."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What nodes shall show: an effect, or a preset stored on them."""

    flags: PacketFlags
    effect: EffectParameters
    wled_preset_id: int | None = None

    def body(self, group_id: GroupId) -> Control | Preset:
        if self.wled_preset_id is not None:
            return Preset(group_id, self.flags, self.wled_preset_id, self.effect.brightness or 0)
        return control_body(group_id, self.flags, self.effect)

    def in_offset_mode(self, is_offset: bool) -> Appearance:
        """The same for lamps in offset mode, or for those outside of it, whatever was chosen."""
        flags = self.flags | PacketFlags.OFFSET_MODE if is_offset else self.flags & ~PacketFlags.OFFSET_MODE
        return replace(self, flags=flags)


def draft(command: Command, snapshot: Snapshot, sync_brightness: Mapping[str, int]) -> Draft:
    if isinstance(command, SyncCommand):
        return _sync(snapshot, sync_brightness)
    if isinstance(command, LocateCommand):
        return _locate(command, snapshot)
    if isinstance(command, BlackoutCommand):
        return _blackout(command, snapshot)
    if isinstance(command, HeadlessCommand):
        return _headless(command, snapshot)
    if isinstance(command, StartblockCommand):
        return _startblock(command, snapshot)
    if isinstance(command, OffsetGroupCommand):
        raise TypeError("an offset group is planned as a scene of one action")
    appearance = appearance_of(command, snapshot)
    if isinstance(appearance, Degradation):
        return (), (appearance,)
    addressees, degraded = resolve(command.target, snapshot)
    operations = (
        WireOperation(addressee.network_ids, RadioPacket(addressee.receiver, appearance.body(addressee.group_id)))
        for addressee in addressees
    )
    return tuple(operations), degraded


def control_body(group_id: GroupId, flags: PacketFlags, effect: EffectParameters) -> Control:
    """custom3 and the checks share one byte: if one of them is sent, all are, absent ones as 0."""
    shares_byte = not (effect.custom3 is effect.check1 is effect.check2 is effect.check3 is None)
    return Control(
        group_id,
        int(flags),  # planning compares flags all the time, which is slow for enums
        brightness=effect.brightness,
        mode=effect.mode,
        speed=effect.speed,
        intensity=effect.intensity,
        custom1=effect.custom1,
        custom2=effect.custom2,
        custom3=(effect.custom3 or 0) if shares_byte else None,
        check1=bool(effect.check1) if shares_byte else None,
        check2=bool(effect.check2) if shares_byte else None,
        check3=bool(effect.check3) if shares_byte else None,
        palette=effect.palette,
        color1=effect.color1,
        color2=effect.color2,
        color3=effect.color3,
    )


def packet_flags(flags: EffectFlags, brightness: int | None) -> PacketFlags:
    """The four chosen flags, and the two that follow from the brightness (spec scenes, 6)."""
    result = PacketFlags.HAS_BRI
    if brightness is None or brightness > 0:
        result |= PacketFlags.POWER_ON
    if flags.arm_on_sync:
        result |= PacketFlags.ARM_ON_SYNC
    if flags.force_tt0:
        result |= PacketFlags.FORCE_TT0
    if flags.force_reapply:
        result |= PacketFlags.FORCE_REAPPLY
    if flags.offset_mode:
        result |= PacketFlags.OFFSET_MODE
    return result


def appearance_of(
    command: RlPresetCommand | RlEffectCommand | WledPresetCommand, snapshot: Snapshot
) -> Appearance | Degradation:
    """What the nodes shall show, or why nobody can say."""
    effect, stored_flags, wled_preset_id = _NO_EFFECT, _NO_FLAGS, None
    if isinstance(command, RlPresetCommand):
        reference = command.params.preset_id
        if reference is None:
            return Degradation("missing_preset_id", "No RL preset is chosen. Choose one.")
        preset = snapshot.find_preset(reference)
        if preset is None:
            sentence = f"There is no RL preset {reference}. It may have been deleted; choose another."
            return Degradation("preset_not_found", sentence)
        effect, stored_flags = preset.params, preset.flags
        if command.params.brightness is not None:
            effect = effect.model_copy(update={"brightness": command.params.brightness})
    elif isinstance(command, RlEffectCommand):
        effect = command.params
    elif command.params.preset_id not in WLED_PRESET_IDS:
        sentence = f"Nodes hold no WLED preset {command.params.preset_id}. Choose one of 1 to 250."
        return Degradation("preset_not_found", sentence)
    else:
        brightness = DEFAULT_PRESET_BRIGHTNESS if command.params.brightness is None else command.params.brightness
        effect, wled_preset_id = EffectParameters(brightness=brightness), command.params.preset_id
    flags = command.flags_override.applied_to(stored_flags)
    return Appearance(packet_flags(flags, effect.brightness), effect, wled_preset_id)


def _blackout(command: BlackoutCommand, snapshot: Snapshot) -> Draft:
    """Trusts no note: every addressee leaves offset mode first, then all go dark (design, section 6)."""
    addressees, degraded = resolve(command.target, snapshot)
    flags = packet_flags(EffectFlags(force_tt0=True), 0)
    leave = [
        WireOperation(to.network_ids, RadioPacket(to.receiver, Offset(to.group_id, OffsetMode.NONE)))
        for to in addressees
    ]
    darken = [
        WireOperation(to.network_ids, RadioPacket(to.receiver, control_body(to.group_id, flags, _DARK)))
        for to in addressees
    ]
    return (*leave, *darken), degraded


def _locate(command: LocateCommand, snapshot: Snapshot) -> Draft:
    addressees, degraded = resolve_singly(command.target, snapshot)
    body = Indicate(command.indicator, command.seconds)
    return tuple(WireOperation(to.network_ids, RadioPacket(to.receiver, body)) for to in addressees), degraded


def _headless(command: HeadlessCommand, snapshot: Snapshot) -> Draft:
    """A node takes it whatever its group is, so that a group becomes its members."""
    if command.scene not in HEADLESS_SCENES:
        sentence = f"Lamps know no scene {command.scene}. Choose one of {', '.join(map(str, HEADLESS_SCENES))}."
        return (), (Degradation("headless_scene_not_found", sentence),)
    addressees, degraded = resolve_singly(command.target, snapshot)
    body = Headless(command.scene, command.brightness)
    return tuple(WireOperation(to.network_ids, RadioPacket(to.receiver, body)) for to in addressees), degraded


def _startblock(command: StartblockCommand, snapshot: Snapshot) -> Draft:
    """Without a source for the current heat, every covered slot is shown empty (design, section 6)."""
    streams, degraded = slot_streams(command.target, command.params.entries or (), snapshot)
    operations = (
        WireOperation((each.network_id,), each.packet_to(device.radio_address))
        for each in streams
        for device in each.devices
    )
    return tuple(operations), degraded


def _sync(snapshot: Snapshot, sync_brightness: Mapping[str, int]) -> Draft:
    """One operation per brightness: networks whose last PRESET differed cannot share a packet."""
    addressees, degraded = everyone(snapshot)
    networks: dict[int, list[str]] = {}
    for addressee in addressees:
        for network_id in addressee.network_ids:
            networks.setdefault(sync_brightness.get(network_id, DEFAULT_SYNC_BRIGHTNESS), []).append(network_id)
    operations = (
        WireOperation(tuple(network_ids), RadioPacket(BROADCAST, Sync(0, brightness, SYNC_TRIGGER)))
        for brightness, network_ids in networks.items()
    )
    return tuple(operations), degraded
