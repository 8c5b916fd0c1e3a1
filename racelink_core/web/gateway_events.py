"""What is told of each gateway: how it came to be bound, that it went, and which are missing.

Source: spec http-api, section 10.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from racelink_core.domain.address import Mac
from racelink_core.web.gateway_rows import GatewayRow, gateway_row, missing_rows

if TYPE_CHECKING:
    from racelink_core.host import Host
    from racelink_core.services.missing_gateways import MissingGateway

Event = tuple[str, dict[str, Any]]
_BINDING = ("bind_state", "network_id", "rf_config_actual", "rf_config_expected", "conflict_fields", "port")


class GatewayEvents:
    """Remembers what was told last, so that only news is told."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._told = self._connected()
        self._told_missing: tuple[MissingGateway, ...] = host.missing_gateways.all()

    def seed(self) -> Iterator[Event]:
        """Every gateway that is there, and those that are missing; whether or not it was told before."""
        for row in self._connected().values():
            yield _bound(row)
        yield self._reconnect(self._host.missing_gateways.all())

    def news(self) -> Iterator[Event]:
        """What is different from what was told last."""
        now = self._connected()
        for mac, row in self._told.items():
            if mac not in now:
                yield "gateway_detached", {"ident_mac": mac, "network_id": row.network_id}
        for mac, row in now.items():
            told = self._told.get(mac)
            if told is None or any(getattr(told, name) != getattr(row, name) for name in _BINDING):
                yield _bound(row)
        self._told = now
        missing = self._host.missing_gateways.all()
        if missing or self._told_missing:
            # Each attempt that failed has another moment for the next one, which pages count down to.
            yield self._reconnect(missing)
        self._told_missing = missing

    def _connected(self) -> dict[Mac, GatewayRow]:
        status, snapshot = self._host.gateways.status(), self._host.store.snapshot
        return {record.mac: gateway_row(record, snapshot) for record in status.gateways if record.is_connected}

    def _reconnect(self, missing: tuple[MissingGateway, ...]) -> Event:
        return "reconnect", {"missing": [row.model_dump(mode="json") for row in missing_rows(missing)]}


def _bound(row: GatewayRow) -> Event:
    return f"gateway_{row.bind_state}", row.model_dump(mode="json")
