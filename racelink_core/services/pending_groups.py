"""Nodes that still have to confirm their group are told it when their gateway comes, or comes back.

Without it they would wait for a reason to say something: a node that never restarted says nothing by itself.
"""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.planning.addressing import network_of
from racelink_core.services.arrivals import Arrivals
from racelink_core.services.restore import Restore
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store


class PendingGroups:
    """Called with every status of the gateways. Nodes that are known as offline are left to their next announcement."""

    def __init__(self, store: Store, restore: Restore) -> None:
        self._store, self._restore = store, restore
        self._arrivals = Arrivals()

    def __call__(self, status: PoolStatus) -> None:
        came = self._arrivals.in_status(status)
        if not came:
            return
        snapshot = self._store.snapshot
        for device in in_slices(tuple(snapshot.devices.values())):
            if device.group_push_pending and network_of(device, snapshot) in came and self._may_hear(device.mac):
                self._restore.request(device.mac)

    def _may_hear(self, mac: Mac) -> bool:
        return self._store.readings.of(mac).online is not False
