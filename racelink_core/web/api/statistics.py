"""Packets, time on air and duty cycle by network and hour; answers and signal by device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import Field

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.duty_cycle import limit_of
from racelink_core.domain.network import Network
from racelink_core.services.airtime import KEPT_HOURS, AirSum
from racelink_core.services.device_statistics import DeviceCount
from racelink_core.state.entities import in_slices
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import Integer, RequestQuery, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

_HOUR_MS = 3_600_000.0


class HourRow(FrozenModel):
    """ts            when the hour began, Unix time
    sent_*        by the gateway, its own SYNCs included; `heard_*` what it forwarded. `*_ms` is time on air
    duty_percent  share of the hour that was spent sending
    """

    ts: float
    sent_packets: int
    sent_bytes: int
    sent_ms: float
    heard_packets: int
    heard_bytes: int
    heard_ms: float
    duty_percent: float


class NetworkStatistics(FrozenModel):
    """limit_percent  of an hour that the region allows on this channel; null: no limit
    last_hour_*    the sixty minutes that end now, which is what the limit is about
    hours          the running hour first
    """

    network_id: str
    name: str
    limit_percent: float | None
    last_hour_ms: float
    last_hour_percent: float
    is_over_limit: bool
    hours: tuple[HourRow, ...]


class DeviceStatisticsRow(FrozenModel):
    """asked, replied  requests sent to it, alone or among others, and those it answered; reply_rate 0..1
    rssi, snr       in dBm and dB, as its gateway heard it: the last time, and on average. null: not heard yet
    """

    addr: Mac
    name: str
    asked: int
    replied: int
    reply_rate: float | None
    heard: int
    rssi: int | None
    rssi_mean: float | None
    snr: int | None
    snr_mean: float | None


class StatisticsQuery(RequestQuery):
    hours: Annotated[Integer, Field(ge=1, le=KEPT_HOURS)] = 24


class StatisticsReply(Reply):
    """`devices` counts since `since_ts`, the start of the host; `networks` remembers over restarts."""

    ts: float
    since_ts: float
    networks: tuple[NetworkStatistics, ...]
    devices: tuple[DeviceStatisticsRow, ...]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/statistics")
    @describe(
        "Read time on air and duty cycle by network and hour, and how each device answers.",
        reply=StatisticsReply,
        query=StatisticsQuery,
    )
    def statistics() -> Response:
        return reply(statistics_reply(host, read_query(StatisticsQuery).hours))


def statistics_reply(host: Host, hours: int) -> StatisticsReply:
    snapshot = host.store.snapshot
    host.airtime.count()
    counts = host.device_statistics.all()
    return StatisticsReply(
        ts=host.clock.unix(),
        since_ts=host.started_at,
        networks=tuple(_network(host, network, hours) for network in in_slices(snapshot.networks.values(), 1)),
        devices=tuple(
            _device(device.mac, device.name, counts.get(device.mac, DeviceCount()))
            for device in in_slices(snapshot.devices.values())
        ),
    )


def _network(host: Host, network: Network, hours: int) -> NetworkStatistics:
    spent_ms, limit_ms = host.airtime.spent_ms(network.id), host.airtime.limit_for(network)
    return NetworkStatistics(
        network_id=network.id,
        name=network.name,
        limit_percent=limit_of(network),
        last_hour_ms=round(spent_ms, 1),
        last_hour_percent=_percent(spent_ms),
        is_over_limit=limit_ms is not None and spent_ms > limit_ms,
        hours=tuple(_hour(ts, total) for ts, total in host.airtime.hours(network.id, hours)),
    )


def _hour(ts: float, total: AirSum) -> HourRow:
    return HourRow(
        ts=ts,
        sent_packets=total.sent_packets,
        sent_bytes=total.sent_bytes,
        sent_ms=round(total.sent_ms, 1),
        heard_packets=total.heard_packets,
        heard_bytes=total.heard_bytes,
        heard_ms=round(total.heard_ms, 1),
        duty_percent=_percent(total.sent_ms),
    )


def _percent(sent_ms: float) -> float:
    return round(sent_ms / _HOUR_MS * 100, 4)


def _device(mac: Mac, name: str, count: DeviceCount) -> DeviceStatisticsRow:
    return DeviceStatisticsRow(
        addr=mac,
        name=name,
        asked=count.asked,
        replied=count.replied,
        reply_rate=round(count.replied / count.asked, 3) if count.asked else None,
        heard=count.heard,
        rssi=count.rssi_dbm,
        rssi_mean=round(count.rssi_sum / count.heard, 1) if count.heard else None,
        snr=count.snr_db,
        snr_mean=round(count.snr_sum / count.heard, 1) if count.heard else None,
    )
