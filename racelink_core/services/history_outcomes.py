"""Whom something in the history was for, and what became of each device. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.command import Command, StartblockCommand, SyncCommand
from racelink_core.domain.group import GroupId
from racelink_core.domain.outcome import CommandResult
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget
from racelink_core.gateway.asked import Asked
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack, IdentifyReply
from racelink_core.services.directory import Directory

_EVERYONE = "everyone"


def whom(command: Command, snapshot: Snapshot) -> str:
    """The target in words."""
    if isinstance(command, SyncCommand) or isinstance(command.target, BroadcastTarget):
        return _EVERYONE
    if isinstance(command.target, DeviceTarget):
        device = snapshot.devices.get(command.target.value)
        return command.target.value if device is None else f"{device.name} ({device.mac})"
    names = []
    for number in command.target.value:
        group = snapshot.groups.get(GroupId(number))
        names.append(f"group {number}" if group is None else f"{group.name} (group {number})")
    return ", ".join(names)


def devices_of_command(command: Command, result: CommandResult, snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """MACs by outcome: what a device confirmed, else how its network's share ended. Empty for everyone."""
    if isinstance(command, SyncCommand) or isinstance(command.target, BroadcastTarget):
        return {}
    if isinstance(command, StartblockCommand):
        members = [device for mac in result.devices if (device := snapshot.devices.get(mac)) is not None]
    elif isinstance(command.target, DeviceTarget):
        device = snapshot.devices.get(command.target.value)
        members = [] if device is None else [device]
    else:
        wanted = set(command.target.value)
        members = [device for device in snapshot.devices.values() if device.group_id in wanted]
    found: dict[str, list[str]] = {}
    for device in members:
        of_network = result.networks.get(network_of(device, snapshot) or "", result.status)
        found.setdefault(result.devices.get(device.mac, of_network).value, []).append(device.mac)
    return _frozen(found)


def devices_of_request(asked: Asked, directory: Directory, snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """MACs by outcome; the three bytes of the address for a node that nobody knows."""
    found: dict[str, list[str]] = {}
    heard: set[RadioAddress] = set()

    def known(address: RadioAddress) -> str:
        device = directory.find(asked.network_id, address, snapshot)
        return str(address) if device is None else device.mac

    for event in asked.replies.events:
        message = event.message
        if isinstance(message, Forwarded):
            heard.add(message.sender)
            found.setdefault(_answer(message), []).append(_mac_in(message) or known(message.sender))
    missing = sorted((asked.expected or frozenset()) - heard)
    if missing:
        found.setdefault(_silence(asked), []).extend(known(address) for address in missing)
    return _frozen(found)


def plain(value: Any) -> Any:
    """As JSON has it: models and dataclasses become objects, bytes become hex, what is None is left out."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(got) for each in fields(value) if (got := getattr(value, each.name)) is not None}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _answer(message: Forwarded) -> str:
    if isinstance(message.reply, Ack):
        return "acknowledged" if message.reply.is_ok else "refused"
    return "answered"


def _silence(asked: Asked) -> str:
    if asked.replies.detail is not None or not asked.sent:
        return "not_sent"
    return "disturbed" if asked.replies.is_disturbed else "silent"


def _mac_in(message: Forwarded) -> Mac | None:
    return message.reply.mac if isinstance(message.reply, IdentifyReply) else None


def _frozen(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {outcome: tuple(macs) for outcome, macs in found.items()}
