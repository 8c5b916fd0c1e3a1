"""What was done lately, by whom, and how it ended: commands, requests to nodes, tasks.

Adding costs an append; words and documents are made when the next batch is written, or when somebody reads.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from racelink_core.domain.clock import Clock
from racelink_core.domain.command import Command
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult
from racelink_core.gateway.asked import Asked
from racelink_core.services.directory import Directory
from racelink_core.services.history_outcomes import devices_of_command, devices_of_request, plain, whom
from racelink_core.services.tasks import TaskSnapshot
from racelink_core.state.history_store import HistoryStore
from racelink_core.state.store import Store

KEPT_COMMANDS = 200
TASK, REQUEST = "task", "request"
_LONGEST_RESULT = 16_384
"""Characters of JSON; a task's longer result is not kept."""


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """`at_s`: Unix time at which the command came in. `took_ms`: until its outcome was known."""

    at_s: float
    origin: Origin
    command: Command
    result: CommandResult
    took_ms: float = 0.0


class History:
    """Every method returns at once, `page` excepted."""

    def __init__(self, kept: HistoryStore, store: Store, clock: Clock) -> None:
        self._kept, self._store, self._clock = kept, store, clock
        self._directory = Directory()
        self._commands: deque[CommandRecord] = deque(maxlen=KEPT_COMMANDS)
        self._task: TaskSnapshot | None = None

    def records(self) -> tuple[CommandRecord, ...]:
        """The last commands since the start, newest first."""
        return tuple(reversed(self._commands))

    def page(
        self, *, before: int | None = None, limit: int = 50, kind: str | None = None, origin: str | None = None
    ) -> list[HistoryRecord]:
        """Newest first; `before` is the id of the last record seen."""
        return self._kept.page(before=before, limit=limit, kind=kind, origin=origin)

    def add(self, record: CommandRecord) -> None:
        self._commands.append(record)
        snapshot = self._store.snapshot

        def made(number: int) -> HistoryRecord:
            command, result = record.command, record.result
            return HistoryRecord(
                id=number,
                ts=record.at_s,
                kind=command.kind,
                origin=record.origin.name,
                priority=record.origin.priority.name.lower(),
                target=whom(command, snapshot),
                params=command.model_dump(
                    mode="json", exclude={"kind", "target"}, exclude_none=True, exclude_defaults=True
                ),
                status=result.status.value,
                code=result.code,
                detail=result.detail,
                packets_sent=result.packets_sent,
                duration_ms=round(record.took_ms, 1),
                devices=devices_of_command(command, result, snapshot),
            )

        self._kept.add(made)

    def request_ended(self, asked: Asked) -> None:
        """Fits `Lane.asked`. Healing's questions are only counted, by itself: here they would drown all others."""
        if asked.priority is Priority.BACKGROUND:
            return
        snapshot, origin = self._store.snapshot, self._origin_of(asked.priority)
        began_at = self._clock.unix() - asked.took_s

        def made(number: int) -> HistoryRecord:
            devices = devices_of_request(asked, self._directory, snapshot)
            status, code = _request_status(asked, devices)
            receiver = asked.packet.receiver
            return HistoryRecord(
                id=number,
                ts=began_at,
                kind=REQUEST,
                name=_opcode_name(asked.packet.opcode),
                origin=origin,
                priority=asked.priority.name.lower(),
                target="everyone"
                if receiver.is_broadcast
                else self._directory.name(asked.network_id, receiver, snapshot),
                params=plain(asked.packet.body),
                status=status,
                code=code,
                detail=asked.replies.detail,
                packets_sent=asked.sent,
                duration_ms=round(asked.took_s * 1000, 1),
                devices=devices,
            )

        self._kept.add(made)

    def task_changed(self, task: TaskSnapshot) -> None:
        """Fits `Tasks.subscribe`."""
        before, self._task = self._task, task
        if before is not None and (before.id, before.state) == (task.id, task.state):
            return

        def made(number: int) -> HistoryRecord:
            return HistoryRecord(
                id=number,
                ts=task.started_ts if task.ended_ts is None else task.ended_ts,
                kind=TASK,
                name=task.name,
                origin=_task_origin(task),
                params=plain(task.meta) if task.ended_ts is None else {},
                status="started" if task.state == "running" else _task_end(task),
                detail=task.last_error,
                result=_short(task.result),
                duration_ms=round(task.elapsed_s * 1000, 1),
            )

        self._kept.add(made)

    def _origin_of(self, priority: Priority) -> str:
        """A request knows how urgent it is; a task that runs meanwhile is what asked, automation aside."""
        task = self._task
        if task is not None and task.state == "running" and priority is not Priority.AUTOMATION:
            return _task_origin(task)
        return priority.name.lower().replace("_", " ")


def _task_origin(task: TaskSnapshot) -> str:
    return f"task {task.name}"


def _task_end(task: TaskSnapshot) -> str:
    return "cancelled" if task.state == "done" and task.cancel_requested else task.state


def _request_status(asked: Asked, devices: dict[str, tuple[str, ...]]) -> tuple[str, str | None]:
    """How it ended, and a code where nothing was to be had. Of one node alone, what became of that."""
    replies = asked.replies
    if replies.ok:
        return (next(iter(devices)) if len(devices) == 1 else "answered"), None
    if replies.reason in ("cancelled", "link_lost"):
        return replies.reason, replies.reason
    if replies.detail is not None:
        return "failed", "not_sent"
    return ("disturbed" if replies.is_disturbed else "silent"), "no_reply"


def _opcode_name(opcode: int) -> str:
    try:
        return Opcode(opcode).name
    except ValueError:
        return f"{opcode:02X}"


def _short(result: Any) -> Any:
    value = plain(result)
    return value if len(json.dumps(value)) <= _LONGEST_RESULT else None
