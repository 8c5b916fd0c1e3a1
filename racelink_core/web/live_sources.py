"""Connects what changes in the host with what browsers are told.

Source: spec http-api, sections 10.2 and 10.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from racelink_core.domain.address import Mac
from racelink_core.domain.scope import Change, Scope
from racelink_core.web.gateway_events import GatewayEvents
from racelink_core.web.gateway_rows import gateway_row, master_row, readiness_row
from racelink_core.web.live import Coalescer, LiveHub
from racelink_core.web.scene_progress import progress_row
from racelink_core.web.task_row import task_row

if TYPE_CHECKING:
    from racelink_core.gateway.pool_status import PoolStatus
    from racelink_core.host import Host
    from racelink_core.services.scene_runner.service import Progress
    from racelink_core.services.tasks import TaskSnapshot

_STATE_INTERVAL_S = 0.1
"""A gateway changes state twice per packet, and a task with every node; nobody reads faster than this."""
TOKENS: Mapping[Scope, tuple[str, ...]] = {
    Scope.FULL: ("groups", "devices", "networks", "rl_presets", "wled_presets", "scenes", "race"),
    Scope.DEVICES: ("devices",),
    Scope.DEVICE_MEMBERSHIP: ("devices", "groups"),
    Scope.DEVICE_SPECIALS: ("devices",),
    Scope.GROUPS: ("groups",),
    Scope.RL_PRESETS: ("rl_presets",),
    Scope.WLED_PRESETS: ("wled_presets",),
    Scope.SCENES: ("scenes",),
    Scope.NETWORKS: ("networks",),
    Scope.SETTINGS: ("settings",),
    Scope.SEATS: ("race",),
    Scope.RACE_BINDINGS: ("race",),
}
_ORDER = ("devices", "groups", "networks", "rl_presets", "wled_presets", "scenes", "race", "settings")


class LiveSources:
    """Subscribes to everything a page shows, and feeds `hub` from it."""

    def __init__(self, host: Host, hub: LiveHub) -> None:
        self._host, self._hub = host, hub
        self._gateway_events = GatewayEvents(host)
        self._refresh = Coalescer(host.timings.refresh_coalesce_s, self._publish_refresh)
        self._weak: set[Mac] = set()
        self._states = Coalescer(_STATE_INTERVAL_S, self._publish_states)
        self._told_task: tuple[int, str, bool] | None = None
        self._unsubscribe: list[Callable[[], None]] = [
            host.store.subscribe(self._store_changed),
            host.store.readings.subscribe(self._reading_changed),
            host.gateways.subscribe(self._gateways_changed),
            host.tasks.subscribe(self._task_changed),
            host.scene_runner.subscribe(self._scene_progressed),
        ]

    def seed(self) -> Iterator[tuple[str, Any]]:
        """What a page needs before the first change."""
        yield "master", self._master()
        yield "task", self._task(self._host.tasks.current())
        yield "gateway", self._gateway()
        yield from self._gateway_events.seed()

    def close(self) -> None:
        """Harmless twice."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._refresh.close()
        self._states.close()

    def _store_changed(self, change: Change) -> None:
        self._refresh.touch(*(token for scope in change.scopes for token in TOKENS[scope]))
        if change.scopes & {Scope.NETWORKS, Scope.FULL}:
            self._states.touch("master")

    def _reading_changed(self, mac: Mac) -> None:
        # Groups show how many of their members are online.
        self._refresh.touch("devices", "groups")
        is_weak = self._host.store.readings.of(mac).warns_of_battery
        if is_weak is not (mac in self._weak):
            # What is wrong travels with the state of the gateways.
            self._weak ^= {mac}
            self._gateways_changed(self._host.gateways.status())

    def _gateways_changed(self, status: PoolStatus) -> None:
        self._states.touch("master")

    def _task_changed(self, task: TaskSnapshot) -> None:
        """Start, cancel and end are told at once, progress with the next look."""
        moment = (task.id, task.state, task.cancel_requested)
        if moment == self._told_task:
            self._states.touch("task")
            return
        self._told_task = moment
        self._hub.publish("task", self._task(task))
        if task.state != "running":
            self._refresh.touch("devices", "groups")

    def _scene_progressed(self, progress: Progress) -> None:
        """Each of these counts: none replaces another one."""
        payload = progress_row(progress)
        key = f"scene_progress {progress.run.id} {progress.index} {payload['status']}"
        self._hub.publish("scene_progress", payload, key=key)
        if progress.status == "finished":
            # What is wrong now travels with the state of the gateways.
            self._states.touch("master")

    def _publish_refresh(self, tokens: frozenset[str]) -> None:
        what = [token for token in _ORDER if token in tokens]
        self._hub.publish("refresh", {"what": what}, key=f"refresh {what}")

    def _publish_states(self, keys: frozenset[str]) -> None:
        news = tuple(self._gateway_events.news()) if "master" in keys else ()
        if not self._hub.client_count:
            self._hub.pass_over()
            return
        task = self._host.tasks.current()
        if "task" in keys and task is not None and task.state == "running":
            self._hub.publish("task", self._task(task))
        if "master" in keys:
            self._hub.publish("master", self._master())
            self._hub.publish("gateway", self._gateway())
            for event, payload in news:
                self._hub.publish(event, payload, key=f"{event} {payload.get('ident_mac', '')}")

    def _master(self) -> dict[str, Any]:
        status, snapshot = self._host.gateways.status(), self._host.store.snapshot
        master = master_row(status, snapshot).model_dump(mode="json")
        return master | {
            "gateways": [gateway_row(record, snapshot).model_dump(mode="json") for record in status.gateways]
        }

    def _gateway(self) -> dict[str, Any]:
        problems = [{"code": problem.code, "text": problem.text} for problem in self._host.problems()]
        return readiness_row(self._host.gateways.status()).model_dump(mode="json") | {"problems": problems}

    def _task(self, task: TaskSnapshot | None) -> dict[str, Any] | None:
        return None if task is None else task_row(task).model_dump(mode="json")
