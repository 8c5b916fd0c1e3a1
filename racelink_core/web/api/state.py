"""Health, version, what a page needs first, and saving. Source: spec http-api, sections 3 and 5.2."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Response

from racelink_core import __version__
from racelink_core.domain.base import FrozenModel
from racelink_core.web.api import Mode
from racelink_core.web.api.tasks import refuse_while_busy
from racelink_core.web.description import describe
from racelink_core.web.gateway_rows import (
    GatewayRow,
    MasterRow,
    MissingRow,
    ReadinessRow,
    gateway_row,
    master_row,
    missing_rows,
    readiness_row,
)
from racelink_core.web.replies import Reply, reply
from racelink_core.web.routes import Routes
from racelink_core.web.task_row import TaskRow, optional_task_row

if TYPE_CHECKING:
    from racelink_core.host import Host


class HealthReply(Reply):
    """mode              embedded: inside RotorHazard, with its page around ours; standalone: a program of its own
    longest_stall_ms  the longest time since the start in which nothing here could run
    """

    ts: float
    phase: str
    version: str
    mode: Mode
    longest_stall_ms: float


class ProblemText(FrozenModel):
    """What is wrong, said to an operator."""

    code: str
    text: str


class ProtocolVersion(FrozenModel):
    major: int
    minor: int


class VersionReply(Reply):
    host_version: str
    protocol: ProtocolVersion


class MasterReply(Reply):
    """`ts`: the host's clock, Unix seconds, against which `last_seen_ts` is read; browsers' clocks differ."""

    ts: float
    master: MasterRow
    gateway: ReadinessRow
    gateways: tuple[GatewayRow, ...]
    reconnect: tuple[MissingRow, ...]
    task: TaskRow | None
    problems: tuple[ProblemText, ...]


def register(routes: Routes, host: Host, mode: Mode) -> None:
    @routes.get("/api/health")
    @describe("Say that the host lives; cheap enough for every second.", reply=HealthReply)
    def health() -> Response:
        longest_stall_ms = round(host.stall_monitor.longest_s * 1000, 1)
        return reply(
            HealthReply(
                ts=time.time(),
                phase=host.phase,
                version=__version__,
                mode=mode,
                longest_stall_ms=longest_stall_ms,
            )
        )

    @routes.get("/api/version")
    @describe("Read the versions of host and radio protocol.", reply=VersionReply)
    def version() -> Response:
        return reply(VersionReply(host_version=__version__, protocol=ProtocolVersion(major=1, minor=0)))

    @routes.get("/api/master")
    @describe("Read what a page shows first: gateways, task, problems.", reply=MasterReply)
    def master() -> Response:
        status, snapshot, task = host.gateways.status(), host.store.snapshot, host.tasks.current()
        return reply(
            MasterReply(
                ts=host.clock.unix(),
                master=master_row(status, snapshot),
                gateway=readiness_row(status),
                gateways=tuple(gateway_row(record, snapshot) for record in status.gateways),
                reconnect=missing_rows(host.missing_gateways.all()),
                task=optional_task_row(task),
                problems=tuple(ProblemText(code=problem.code, text=problem.text) for problem in host.problems()),
            )
        )

    @routes.post("/api/save")
    @describe("Write the last readings and a backup; all else is saved already.", reply=Reply, is_busy_gated=True)
    def save() -> Response:
        refuse_while_busy(host)
        host.store.flush()
        host.store.backup()
        return reply(Reply())

    @routes.post("/api/reload")
    @describe("Let every page read everything anew.", reply=Reply, is_busy_gated=True)
    def reload() -> Response:
        refuse_while_busy(host)
        host.store.announce_all()
        return reply(Reply())
