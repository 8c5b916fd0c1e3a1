"""Groups. Source: spec http-api, section 5.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import AliasChoices, Field

from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.web.api.tasks import TaskReply, task_reply
from racelink_core.web.description import describe
from racelink_core.web.failures import ApiFailure
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Integer, Name, RequestBody, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.rows import GroupRow, group_rows

if TYPE_CHECKING:
    from racelink_core.host import Host


class GroupsReply(Reply):
    groups: tuple[GroupRow, ...]


class CreatedReply(Reply):
    id: int


class GroupDeletedReply(Reply):
    """`moved_devices`: how many are in "Unconfigured" now; `changed_scenes`: how many named the group.

    `emptied_seats`: how many seats of the race timer have no lamps any more.
    """

    moved_devices: int
    changed_scenes: int
    emptied_seats: int


class CreateBody(RequestBody):
    name: Name
    dev_type: Annotated[Integer, Field(ge=0, le=255)] = Field(
        default=0, validation_alias=AliasChoices("dev_type", "device_type")
    )


class RenameBody(RequestBody):
    id: Integer
    name: Name


class DeleteBody(RequestBody):
    id: Integer


class ForceBody(RequestBody):
    skipOffline: bool = Field(default=False, strict=True)  # noqa: N815


class ReorderBody(RequestBody):
    """`order`: the id of every group once, as they shall be shown."""

    order: Annotated[tuple[Integer, ...], Field(max_length=254)]


class RenumberBody(ReorderBody):
    """`order`: as for reorder; the first one gets id 1. `update_scenes`: what refers to a group follows it."""

    update_scenes: bool = Field(default=True, strict=True)


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/groups")
    @describe("List the groups.", reply=GroupsReply, has_etag=True)
    def list_groups() -> Response:
        return list_reply(GroupsReply(groups=tuple(group_rows(host.store.snapshot, host.store.readings.all()))))

    @routes.post("/api/groups/create")
    @describe("Create a group.", reply=CreatedReply, body=CreateBody, errors=("no_free_group",))
    def create_group() -> Response:
        return reply(CreatedReply(id=host.grouping.create(read_body(CreateBody).name)))

    @routes.post("/api/groups/rename")
    @describe("Rename a group.", reply=Reply, body=RenameBody, errors=("static_group", "not_found"))
    def rename_group() -> Response:
        body = read_body(RenameBody)
        host.grouping.rename(_own_group(body.id), body.name)
        return reply(Reply())

    @routes.post("/api/groups/delete")
    @describe(
        'Delete a group; its members go to "Unconfigured" and are told so.',
        reply=GroupDeletedReply,
        body=DeleteBody,
        errors=("static_group", "not_found"),
        is_busy_gated=True,
    )
    def delete_group() -> Response:
        deleted = host.grouping.delete(_own_group(read_body(DeleteBody).id))
        return reply(GroupDeletedReply(**deleted._asdict()))

    @routes.post("/api/groups/reorder")
    @describe(
        "Show the groups in another order; their ids stay, and nothing is sent.",
        reply=Reply,
        body=ReorderBody,
        errors=("unknown_group_id",),
    )
    def reorder_groups() -> Response:
        host.grouping.reorder(read_body(ReorderBody).order)
        return reply(Reply())

    @routes.post("/api/groups/renumber")
    @describe(
        "Give the groups the ids 1, 2, 3 ... in this order and tell every node concerned.",
        reply=TaskReply,
        body=RenumberBody,
        errors=("unknown_group_id",),
        is_busy_gated=True,
    )
    def renumber_groups() -> Response:
        body = read_body(RenumberBody)
        task = host.grouping.start_renumber(body.order, origin=WEB_OPERATOR, update_scenes=body.update_scenes)
        return task_reply(task)

    @routes.post("/api/groups/force")
    @describe("Send every device the group that is stored for it.", reply=TaskReply, body=ForceBody, is_busy_gated=True)
    def resync_groups() -> Response:
        body = read_body(ForceBody)
        return task_reply(host.grouping.start_resync(origin=WEB_OPERATOR, skip_offline=body.skipOffline))


def _own_group(group_id: int) -> GroupId:
    if group_id == UNCONFIGURED:
        raise ApiFailure(
            400, "static_group", '"Unconfigured" is always there: it cannot be renamed or deleted.', group_id=group_id
        )
    return GroupId(group_id)
