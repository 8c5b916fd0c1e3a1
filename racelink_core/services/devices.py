"""What an operator does to one device's record, without any radio."""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import NotFound
from racelink_core.services.grouping import clean_name
from racelink_core.services.groups_of_devices import reconcile_groups
from racelink_core.services.race_references import race_forgets_devices, report_emptied
from racelink_core.state.store import Store


class Devices:
    def __init__(self, store: Store) -> None:
        self._store = store

    def rename(self, mac: Mac, name: str) -> None:
        """Raises NotFound, or InvalidValue for the name."""
        name = clean_name(name)
        with self._store.transaction() as draft:
            device = draft.devices.get(mac)
            if device is None:
                raise NotFound("device", mac)
            draft.devices[mac] = device.model_copy(update={"name": name})

    def forget(self, mac: Mac) -> int:
        """A device that answers again is found again by a discovery. Raises NotFound.

        Returns how many seats have no lamps any more.
        """
        with self._store.transaction() as draft:
            if draft.devices.pop(mac, None) is None:
                raise NotFound("device", mac)
            reconcile_groups(draft)
            emptied_seats = race_forgets_devices(draft, (mac,))
        self._store.readings.forget(mac)
        report_emptied(emptied_seats)
        return emptied_seats
