"""Devices: list, search, status, names, groups, direct control. Source: spec http-api, section 4."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Literal

from flask import Blueprint, Response
from pydantic import Field, model_validator

from racelink_core.domain.command import LocateCommand, WledPresetChoice, WledPresetCommand
from racelink_core.domain.effect import FlagsOverride
from racelink_core.domain.group import ALL_GROUPS, UNCONFIGURED, GroupId
from racelink_core.domain.reading import NOTHING_HEARD
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.protocol.flags import PacketFlags
from racelink_core.web.api.tasks import task_reply
from racelink_core.web.failures import ApiFailure
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, json_response, reply
from racelink_core.web.requests import Address, Integer, Name, RequestBody, find_device, find_devices, read_body
from racelink_core.web.rows import DeviceRow, device_row

if TYPE_CHECKING:
    from racelink_core.host import Host

_ROWS_PER_SLICE = 50
AssignableGroup = Annotated[Integer, Field(ge=UNCONFIGURED, le=254)]
Macs = Annotated[tuple[Address, ...], Field(min_length=1, max_length=1000)]
ByteField = Annotated[Integer, Field(ge=0, le=255)]


class DevicesReply(Reply):
    """`ts`: the host's clock, Unix seconds, against which `last_seen_ts` is read; browsers' clocks differ."""

    ts: float
    devices: tuple[DeviceRow, ...]


class DiscoverBody(RequestBody):
    targetGroupId: AssignableGroup = 0  # noqa: N815
    newGroupName: Name | None = None  # noqa: N815
    discoveryGroup: AssignableGroup | Literal["all"] = 0  # noqa: N815


class StatusBody(RequestBody):
    """Names devices, or a group, or neither for everything."""

    selection: Macs | None = None
    macs: Macs | None = None
    groupId: Annotated[Integer, Field(ge=0, le=255)] | None = None  # noqa: N815

    @model_validator(mode="after")
    def _names_one_target(self) -> StatusBody:  # noqa: N804 - runs on the instance
        if sum(value is not None for value in (self.selection, self.macs, self.groupId)) > 1:
            raise ValueError("give macs or groupId, not both")
        return self


class UpdateMetaBody(RequestBody):
    macs: Macs
    groupId: AssignableGroup | None = None  # noqa: N815
    name: Name | None = None


class ControlBody(RequestBody):
    macs: Macs | None = None
    groupId: Annotated[Integer, Field(ge=1, le=255)] | None = None  # noqa: N815
    flags: ByteField
    presetId: Annotated[Integer, Field(ge=1, le=250)]  # noqa: N815
    brightness: ByteField

    @model_validator(mode="after")
    def _names_one_target(self) -> ControlBody:  # noqa: N804 - runs on the instance
        if (self.macs is None) == (self.groupId is None):
            raise ValueError("give either macs or groupId")
        return self


class IndicateBody(RequestBody):
    macs: Macs
    indicator_type: ByteField = 4
    duration_sec: Integer = 5


def register(blueprint: Blueprint, host: Host) -> None:
    @blueprint.get("/api/devices")
    def list_devices() -> Response:
        readings, now_unix_s = host.store.readings.all(), host.clock.unix()
        rows: list[DeviceRow] = []
        for device in host.store.snapshot.devices.values():
            reading = readings.get(device.mac, NOTHING_HEARD)
            rows.append(device_row(device, reading, now_unix_s=now_unix_s, stale_after_s=host.timings.stale_after_s))
            if len(rows) % _ROWS_PER_SLICE == 0:
                time.sleep(0)
        return reply(DevicesReply.model_construct(ts=now_unix_s, devices=tuple(rows)))

    @blueprint.post("/api/discover")
    def discover() -> Response:
        body = read_body(DiscoverBody)
        if body.newGroupName is None and body.targetGroupId != UNCONFIGURED:
            host.store.snapshot.group(GroupId(body.targetGroupId))
        target = None if body.newGroupName else body.targetGroupId or None
        return task_reply(
            host.discovery.start(
                target_group=None if target is None else GroupId(target),
                new_group_name=body.newGroupName,
                discovery_group=body.discoveryGroup,
                origin=WEB_OPERATOR,
            )
        )

    @blueprint.post("/api/status")
    def poll_status() -> Response:
        body, snapshot = read_body(StatusBody), host.store.snapshot
        macs = find_devices(body.selection or body.macs or (), snapshot)
        if body.groupId == UNCONFIGURED:
            macs = tuple(device.mac for device in snapshot.members(UNCONFIGURED))
        if macs or body.groupId == UNCONFIGURED:
            return task_reply(host.status.start(tuple(DeviceTarget(value=mac) for mac in macs), origin=WEB_OPERATOR))
        return task_reply(host.status.start(_group_target(body.groupId, host), origin=WEB_OPERATOR))

    @blueprint.post("/api/devices/update-meta")
    def update_meta() -> Response:
        body = read_body(UpdateMetaBody)
        macs = find_devices(body.macs, host.store.snapshot)
        if body.name is not None and len(macs) == 1:
            host.devices.rename(macs[0], body.name)
        if body.groupId is None:
            return json_response(
                {"ok": True, "changed": len(macs), "skipped_offline": 0, "timed_out": 0, "total": len(macs)}
            )
        if body.groupId != UNCONFIGURED and body.groupId not in host.store.snapshot.groups:
            raise ApiFailure(400, "unknown_group_id", f"There is no group {body.groupId}.", group_ids=[body.groupId])
        return task_reply(host.grouping.start_assign(macs, GroupId(body.groupId), origin=WEB_OPERATOR))

    @blueprint.post("/api/devices/control")
    def control() -> Response:
        """Applies a preset that is stored on the nodes. `changed` counts packets that left."""
        body = read_body(ControlBody)
        changed = 0
        for target in _control_targets(body, host):
            command = WledPresetCommand(
                target=target,
                params=WledPresetChoice(presetId=body.presetId, brightness=body.brightness),
                flags_override=_flags_override(body.flags),
            )
            changed += host.dispatcher.submit(command, WEB_OPERATOR).packets_sent
        return json_response({"ok": True, "changed": changed})

    @blueprint.post("/api/devices/indicate")
    def indicate() -> Response:
        body = read_body(IndicateBody)
        seconds = min(max(body.duration_sec, 0), 255)
        count = 0
        for mac in find_devices(body.macs, host.store.snapshot):
            command = LocateCommand(target=DeviceTarget(value=mac), seconds=seconds, indicator=body.indicator_type)
            result = host.dispatcher.submit(command, WEB_OPERATOR)
            if result.code == "unavailable":
                raise ApiFailure(503, result.code, result.detail or "No gateway is ready.")
            count += result.ok
        return json_response({"ok": True, "count": count})

    @blueprint.delete("/api/devices/<address>")
    def forget(address: str) -> Response:
        host.devices.forget(find_device(address, host.store.snapshot))
        return json_response({"ok": True})


def _group_target(group_id: int | None, host: Host) -> Target:
    if group_id is None or group_id == ALL_GROUPS:
        return BroadcastTarget()
    host.store.snapshot.group(GroupId(group_id))
    return GroupsTarget(value=(group_id,))


def _control_targets(body: ControlBody, host: Host) -> list[Target]:
    if body.macs is not None:
        return [DeviceTarget(value=mac) for mac in find_devices(body.macs, host.store.snapshot)]
    return [_group_target(body.groupId, host)]


def _flags_override(flags: int) -> FlagsOverride:
    """POWER_ON and HAS_BRI are derived, never chosen (spec scenes, 6)."""
    return FlagsOverride(
        arm_on_sync=bool(flags & PacketFlags.ARM_ON_SYNC),
        force_tt0=bool(flags & PacketFlags.FORCE_TT0),
        force_reapply=bool(flags & PacketFlags.FORCE_REAPPLY),
        offset_mode=bool(flags & PacketFlags.OFFSET_MODE),
    )
