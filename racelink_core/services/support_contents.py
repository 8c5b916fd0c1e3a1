"""What goes into the support bundle of a host."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from racelink_core.domain.clock import Clock
from racelink_core.gateway.pool import GatewayPool
from racelink_core.runtime.native_pool import NativePool
from racelink_core.runtime.stall_monitor import StallMonitor
from racelink_core.services.airtime import Airtime
from racelink_core.services.device_statistics import DeviceStatistics
from racelink_core.services.history import History
from racelink_core.services.history_outcomes import plain
from racelink_core.services.log_ring import LogRing
from racelink_core.services.problems import Problem
from racelink_core.services.redaction import Redactor, secrets_in
from racelink_core.services.support_bundle import SupportBundle
from racelink_core.services.tasks import Tasks
from racelink_core.services.traffic_log import TrafficLog
from racelink_core.services.versions import versions
from racelink_core.state.history_store import HistoryStore
from racelink_core.state.store import Store

_HISTORY_RECORDS, _FRAMES, _HOURS = 500, 2000, 24


@dataclass(frozen=True, slots=True)
class SupportSources:
    """The parts of a host that have something to tell. `configuration` as plain JSON."""

    configuration: Mapping[str, Any]
    clock: Clock
    store: Store
    kept_history: HistoryStore
    history: History
    gateways: GatewayPool
    tasks: Tasks
    traffic: TrafficLog
    airtime: Airtime
    device_statistics: DeviceStatistics
    stall_monitor: StallMonitor
    log: LogRing
    problems: Callable[[], Sequence[Problem]]
    started_at: float


def support_bundle(sources: SupportSources, pool: NativePool) -> SupportBundle:
    directory = sources.store.directory
    return SupportBundle(
        documents={
            "versions": versions,
            "configuration": lambda: _configuration(sources),
            "problems": lambda: {"problems": list(sources.problems())},
            "gateways": lambda: _gateways(sources),
            "networks": lambda: _networks(sources),
            "scenes": lambda: _scenes(sources),
            "tasks": lambda: {"tasks": list(sources.tasks.recent())},
            "statistics": lambda: _statistics(sources),
            "databases": lambda: {
                "configuration": sources.store.check(),
                "history": sources.kept_history.check(),
                "notices": [*sources.store.notices, *sources.kept_history.notices],
                "history_records_dropped": sources.kept_history.dropped,
            },
        },
        rows={
            "history": lambda: sources.history.page(limit=_HISTORY_RECORDS),
            "traffic": lambda: sources.traffic.newest(_FRAMES),
        },
        lines={"log": sources.log.lines},
        redactor=Redactor(secrets_in(sources.configuration), None if directory is None else str(directory)),
        pool=pool,
        clock=sources.clock,
    )


def _configuration(sources: SupportSources) -> dict[str, Any]:
    return {
        "host": sources.configuration,
        "settings": sources.store.snapshot.settings,
        "started_ts": sources.started_at,
        "now_ts": sources.clock.unix(),
        "longest_stall_ms": round(sources.stall_monitor.longest_s * 1000, 1),
    }


def _gateways(sources: SupportSources) -> dict[str, Any]:
    status = sources.gateways.status()
    return {
        "ready": status.ready,
        "last_error": status.last_error,
        "gateways": [{**plain(record), "state": record.state.name} for record in status.gateways],
    }


def _networks(sources: SupportSources) -> dict[str, Any]:
    snapshot, readings = sources.store.snapshot, sources.store.readings
    return {
        "networks": list(snapshot.networks.values()),
        "groups": list(snapshot.groups.values()),
        "devices": list(snapshot.devices.values()),
        "readings": [{"mac": mac, "reading": readings.of(mac)} for mac in snapshot.devices],
    }


def _scenes(sources: SupportSources) -> dict[str, Any]:
    snapshot = sources.store.snapshot
    return {"presets": list(snapshot.presets.values()), "scenes": list(snapshot.scenes.values())}


def _statistics(sources: SupportSources) -> dict[str, Any]:
    return {
        "hours": {
            network_id: [{"ts": ts, **asdict(total)} for ts, total in sources.airtime.hours(network_id, _HOURS)]
            for network_id in sources.store.snapshot.networks
        },
        "devices": [{"mac": mac, **asdict(count)} for mac, count in sources.device_statistics.all().items()],
    }
