"""One way for everything that makes light: POST a Command, get its CommandResult.

The body is a model of `domain/command.py`, chosen by `kind` (design 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Response

from racelink_core.domain.address import Mac
from racelink_core.domain.base import DeferredRoot, FrozenModel
from racelink_core.domain.command import BlackoutCommand, Command, OffsetGroupCommand
from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.target import GroupsTarget
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response, http_status, invalid_request
from racelink_core.web.origins import WEB_BLACKOUT, WEB_OPERATOR
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

REFUSED = (
    "unavailable",
    "no_network",
    "target_not_found",
    "device_without_network",
    "group_empty",
    "missing_preset_id",
    "preset_not_found",
    "headless_scene_not_found",
    "start_is_armed",
    "not_a_startblock",
    "start_is_armed",
)
"""Before anything was sent."""
NOT_DONE = (
    "no_reply",
    "not_sent",
    "tx_rejected",
    "link_lost",
    "cancelled",
    "timed_out",
    "overtaken",
    "failed",
    "lane_full",
    *REFUSED,
)
"""What was tried and not sent whole."""


class CommandBody(DeferredRoot[Command]):
    """One command, told apart by `kind`."""


class ResultRow(FrozenModel):
    status: CommandStatus
    code: str | None
    detail: str | None
    packets_sent: int
    devices: Mapping[Mac, CommandStatus]


class CommandReply(Reply):
    result: ResultRow


def register(routes: Routes, host: Host) -> None:
    @routes.post("/api/commands")
    @describe(
        "Make light: refused before sending is 4xx or 5xx, tried and not sent whole is 200 with `ok` false.",
        reply=CommandReply,
        body=CommandBody,
        errors=REFUSED,
        not_done=NOT_DONE,
    )
    def submit_command() -> Response:
        command = read_body(CommandBody).root
        _refuse_what_nobody_chooses(command)
        origin = WEB_BLACKOUT if isinstance(command, BlackoutCommand) else WEB_OPERATOR
        result = host.dispatcher.submit(command, origin)
        return reply(CommandReply(result=result_row(result))) if result.ok else failed_command(result)


def failed_command(result: CommandResult) -> Response:
    """Refused before sending is 4xx or 5xx, tried and not sent whole is 200 with `ok` false."""
    code = result.code or result.status.value
    status = http_status(code) if result.status is CommandStatus.REJECTED else 200
    message = result.detail or f"The command was {result.status.value.replace('_', ' ')}."
    return failure_response(status, code, message, result=result_row(result).model_dump(mode="json"))


def _refuse_what_nobody_chooses(command: Command) -> None:
    """What is left of deleted groups is a target only in stored scenes. Raises ApiFailure."""
    parts = (command, *command.actions) if isinstance(command, OffsetGroupCommand) else (command,)
    for part in parts:
        target = getattr(part, "target", None)
        if isinstance(target, GroupsTarget) and target.is_tombstone:
            raise invalid_request([("target.value", f"group ids are {FIRST_GROUP} to {LAST_GROUP}")])


def result_row(result: CommandResult) -> ResultRow:
    return ResultRow(
        status=result.status,
        code=result.code,
        detail=result.detail,
        packets_sent=result.packets_sent,
        devices=dict(result.devices),
    )
