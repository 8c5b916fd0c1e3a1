"""Which networks have got a gateway since somebody last looked."""

from __future__ import annotations

from racelink_core.gateway.pool_status import PoolStatus


class Arrivals:
    def __init__(self) -> None:
        self._served: frozenset[str] = frozenset()

    def in_status(self, status: PoolStatus) -> frozenset[str]:
        """Ids of the networks that are served now, and were not in the status before this one."""
        before = self._served
        self._served = frozenset(
            record.network_id for record in status.gateways if record.is_connected and record.network_id is not None
        )
        return self._served - before
