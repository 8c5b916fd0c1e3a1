"""Devices: list, search, status, names, groups, direct control. Source: spec http-api, section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from flask import Response
from pydantic import Field, model_validator

from racelink_core.domain.base import DeferredRoot
from racelink_core.domain.command import LocateCommand, WledPresetChoice, WledPresetCommand
from racelink_core.domain.effect import FlagsOverride
from racelink_core.domain.group import ALL_GROUPS, UNCONFIGURED, GroupId
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.protocol.flags import PacketFlags
from racelink_core.web.api.tasks import TaskReply, refuse_while_busy, task_reply
from racelink_core.web.description import describe
from racelink_core.web.device_texts import DeviceTexts
from racelink_core.web.failures import ApiFailure
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, reply, with_etag
from racelink_core.web.requests import (
    ADDRESS_ERRORS,
    Address,
    Integer,
    Name,
    RequestBody,
    find_device,
    find_devices,
    find_known_devices,
    read_body,
)
from racelink_core.web.routes import Routes
from racelink_core.web.rows import DeviceRow

if TYPE_CHECKING:
    from racelink_core.host import Host

AssignableGroup = Annotated[Integer, Field(ge=UNCONFIGURED, le=254)]
Macs = Annotated[tuple[Address, ...], Field(min_length=1, max_length=1000)]
ByteField = Annotated[Integer, Field(ge=0, le=255)]


class DevicesReply(Reply):
    """`last_seen_ts` is by the host's clock, which `GET /api/master` tells."""

    devices: tuple[DeviceRow, ...]


class ChangedReply(Reply):
    """`changed`: how many packets left their gateway."""

    changed: int


class CountReply(Reply):
    """`count`: how many devices were sent it."""

    count: int


class MetaReply(Reply):
    """`changed`: devices whose record is another one now. Without a group nothing is sent, so the others are 0.

    With a group the answer is a task, whose result has the same four counts.
    """

    changed: int
    skipped_offline: int
    timed_out: int
    total: int


class UpdateMetaReply(DeferredRoot[MetaReply | TaskReply]):
    """The counts, or, when the devices change their group, a task."""


class ForgottenReply(Reply):
    """`emptied_seats`: how many seats of the race timer have no lamps any more."""

    emptied_seats: int


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


def register(routes: Routes, host: Host) -> None:
    texts = DeviceTexts(host)

    @routes.get("/api/devices")
    @describe("List the devices.", reply=DevicesReply, has_etag=True)
    def list_devices() -> Response:
        return with_etag(Response(texts.reply(), 200, mimetype="application/json"))

    @routes.post("/api/discover")
    @describe(
        "Search for nodes and take them in. `newGroupName` wins over `targetGroupId`.",
        reply=TaskReply,
        body=DiscoverBody,
        errors=("not_found", "unavailable"),
        is_busy_gated=True,
    )
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

    @routes.post("/api/status")
    @describe(
        "Ask devices, a group, or everyone how they are.",
        reply=TaskReply,
        body=StatusBody,
        errors=(*ADDRESS_ERRORS, "unavailable"),
        is_busy_gated=True,
    )
    def poll_status() -> Response:
        body, snapshot = read_body(StatusBody), host.store.snapshot
        macs = find_devices(body.selection or body.macs or (), snapshot)
        if body.groupId == UNCONFIGURED:
            macs = tuple(device.mac for device in snapshot.members(UNCONFIGURED))
        if macs or body.groupId == UNCONFIGURED:
            return task_reply(host.status.start(tuple(DeviceTarget(value=mac) for mac in macs), origin=WEB_OPERATOR))
        return task_reply(host.status.start(_group_target(body.groupId, host), origin=WEB_OPERATOR))

    @routes.post("/api/devices/update-meta")
    @describe(
        "Move devices into a group, which is a task; `name` renames when exactly one device is named.",
        reply=UpdateMetaReply,
        body=UpdateMetaBody,
        errors=(*ADDRESS_ERRORS, "unknown_group_id", "devices_span_multiple_networks", "group_network_mismatch"),
        is_busy_gated=True,
    )
    def update_meta() -> Response:
        body = read_body(UpdateMetaBody)
        macs = find_devices(body.macs, host.store.snapshot)
        name = body.name if len(macs) == 1 else None
        if body.groupId is None:
            if name is not None:
                host.devices.rename(macs[0], name)
            changed = int(name is not None)
            return reply(MetaReply(changed=changed, skipped_offline=0, timed_out=0, total=len(macs)))
        if body.groupId != UNCONFIGURED and body.groupId not in host.store.snapshot.groups:
            raise ApiFailure(400, "unknown_group_id", f"There is no group {body.groupId}.", group_ids=[body.groupId])
        task = host.grouping.start_assign(macs, GroupId(body.groupId), origin=WEB_OPERATOR)
        if name is not None:
            host.devices.rename(macs[0], name)
        return task_reply(task)

    @routes.delete("/api/devices/<address>")
    @describe(
        "Forget a device; if it is still there, the next discovery finds it again.",
        reply=ForgottenReply,
        errors=("invalid_request", *ADDRESS_ERRORS),
        is_busy_gated=True,
    )
    def forget(address: str) -> Response:
        mac = find_device(address, host.store.snapshot)
        refuse_while_busy(host)
        return reply(ForgottenReply(emptied_seats=host.devices.forget(mac)))

    _register_light(routes, host)


def _register_light(routes: Routes, host: Host) -> None:
    @routes.post("/api/devices/control")
    @describe(
        "Show a preset that is stored on the nodes.",
        reply=ChangedReply,
        body=ControlBody,
        errors=ADDRESS_ERRORS,
        is_busy_gated=True,
    )
    def control() -> Response:
        body = read_body(ControlBody)
        targets = _control_targets(body, host)
        refuse_while_busy(host)
        changed = 0
        for target in targets:
            command = WledPresetCommand(
                target=target,
                params=WledPresetChoice(presetId=body.presetId, brightness=body.brightness),
                flags_override=_flags_override(body.flags),
            )
            changed += host.dispatcher.submit(command, WEB_OPERATOR).packets_sent
        return reply(ChangedReply(changed=changed))

    @routes.post("/api/devices/indicate")
    @describe(
        "Let devices show which they are, for `duration_sec` (0 to 255); 0 ends it. Unknown addresses are left out.",
        reply=CountReply,
        body=IndicateBody,
        errors=("not_unicast", "ambiguous_address", "unavailable"),
    )
    def indicate() -> Response:
        body = read_body(IndicateBody)
        seconds = min(max(body.duration_sec, 0), 255)
        count = 0
        for mac in find_known_devices(body.macs, host.store.snapshot):
            command = LocateCommand(target=DeviceTarget(value=mac), seconds=seconds, indicator=body.indicator_type)
            result = host.dispatcher.submit(command, WEB_OPERATOR)
            if result.code == "unavailable":
                raise ApiFailure(503, result.code, result.detail or "No gateway is ready.")
            count += result.ok
        return reply(CountReply(count=count))


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
