"""Health, version, gateways and the running task. Source: spec http-api, section 3 and 5.4."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from racelink_core import __version__
from racelink_core.domain.base import FrozenModel
from racelink_core.web.gateway_rows import (
    GatewayRow,
    MasterRow,
    ReadinessRow,
    gateway_row,
    master_row,
    readiness_row,
)
from racelink_core.web.replies import Reply, json_response, reply
from racelink_core.web.task_row import TaskRow, optional_task_row

if TYPE_CHECKING:
    from racelink_core.host import Host

PROTOCOL = {"major": 1, "minor": 0}


class HealthReply(Reply):
    """`longest_stall_ms`: the longest time since the start in which nothing here could run."""

    ts: float
    phase: str
    version: str
    longest_stall_ms: float


class ProblemText(FrozenModel):
    """What is wrong, said to an operator."""

    code: str
    text: str


class GatewayReply(Reply):
    gateway: ReadinessRow


class GatewaysReply(Reply):
    gateways: tuple[GatewayRow, ...]


class MasterReply(Reply):
    master: MasterRow
    gateway: ReadinessRow
    gateways: tuple[GatewayRow, ...]
    task: TaskRow | None
    problems: tuple[ProblemText, ...]


def register(blueprint: Blueprint, host: Host) -> None:
    @blueprint.get("/api/health")
    def health() -> Response:
        longest_stall_ms = round(host.stall_monitor.longest_s * 1000, 1)
        return reply(
            HealthReply(ts=time.time(), phase=host.phase, version=__version__, longest_stall_ms=longest_stall_ms)
        )

    @blueprint.get("/api/version")
    def version() -> Response:
        return json_response({"ok": True, "host_version": __version__, "protocol": PROTOCOL})

    @blueprint.get("/api/master")
    def master() -> Response:
        status, snapshot, task = host.gateways.status(), host.store.snapshot, host.tasks.current()
        return reply(
            MasterReply(
                master=master_row(status, snapshot),
                gateway=readiness_row(status),
                gateways=tuple(gateway_row(record, snapshot) for record in status.gateways),
                task=optional_task_row(task),
                problems=tuple(ProblemText(code=problem.code, text=problem.text) for problem in host.problems()),
            )
        )

    @blueprint.get("/api/gateway")
    def readiness() -> Response:
        return reply(GatewayReply(gateway=readiness_row(host.gateways.status())))

    @blueprint.post("/api/gateway/retry")
    def retry() -> Response:
        host.gateways.retry()
        gateway = readiness_row(host.gateways.status())
        return reply(GatewayReply(gateway=gateway))

    @blueprint.get("/api/gateways")
    def gateways() -> Response:
        status, snapshot = host.gateways.status(), host.store.snapshot
        return reply(GatewaysReply(gateways=tuple(gateway_row(record, snapshot) for record in status.gateways)))

    @blueprint.post("/api/gateways/rediscover")
    def rediscover() -> Response:
        host.gateways.rediscover()
        return json_response(
            {"ok": True, "attached": [record.mac for record in host.gateways.status().gateways if record.is_connected]}
        )

    @blueprint.post("/api/save")
    def save() -> Response:
        host.store.flush()
        host.store.backup()
        return json_response({"ok": True})
