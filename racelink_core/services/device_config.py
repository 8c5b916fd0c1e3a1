"""Properties of one device: write, read, compare, push, take over, reset. Source: spec services, section 8.3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.node_options import NodeOption, NodeProperty, PropertyValue
from racelink_core.domain.origin import Origin
from racelink_core.domain.specials import find_function, find_property
from racelink_core.protocol.bodies import Config
from racelink_core.services.config_errors import NothingStored
from racelink_core.services.config_exchange import ConfigExchange
from racelink_core.services.config_records import ConfigRecords
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

Comparison = Literal["match", "diverged", "unknown"]
RESET_FUNCTION = "wled_reset_overrides"


@dataclass(frozen=True, slots=True)
class LiveValue:
    """What a node answered, beside what the host expects of it (see `expected_of`). `live` None: no answer."""

    live: PropertyValue | None
    expected: PropertyValue | None

    @property
    def comparison(self) -> Comparison:
        if self.live is None:
            return "unknown"
        return "match" if self.live == self.expected else "diverged"


class DeviceConfig:
    """A value counts as stored when the node has acknowledged it, and not before."""

    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        exchange: ConfigExchange,
        records: ConfigRecords,
        tasks: Tasks,
    ) -> None:
        self._store, self._lanes, self._exchange, self._records = store, lanes, exchange, records
        self._tasks = tasks

    def start_write(self, mac: Mac, key: str, value: PropertyValue, origin: Origin) -> TaskSnapshot:
        """Result: mac, key, value. The task ends in error when the node does not acknowledge it.

        Raises NotFound, UnsupportedOption, InvalidValue, NothingConnected or TaskRunning.
        """
        device = self._store.snapshot.device(mac)
        prop = find_property(device, key)
        value = prop.checked(value)
        require_any(self._lanes)

        def work(task: TaskHandle) -> dict[str, object]:
            self.write(device, prop, value, origin, task)
            return {"mac": mac, "key": key, "value": as_json(value)}

        return self._tasks.start("special_config", work, {"mac": mac, "key": key, "message": device.name})

    def start_push(self, mac: Mac, key: str, origin: Origin) -> TaskSnapshot:
        """Writes the value that the host has stored. Raises as `start_write`, and NothingStored."""
        device = self._store.snapshot.device(mac)
        return self.start_write(mac, key, stored_value(device, find_property(device, key)), origin)

    def write(
        self,
        device: Device,
        prop: NodeProperty,
        value: PropertyValue,
        origin: Origin,
        task: TaskHandle | None = None,
    ) -> None:
        """Returns when it is acknowledged and stored. Raises as `ConfigExchange.tell` and a transaction."""
        at_s = self._exchange.tell(device, Config(prop.option, *prop.to_data(value)), origin.priority, task)
        self._records.acknowledged(device.mac, prop, value, at_s)

    def read(self, mac: Mac, key: str, origin: Origin) -> LiveValue:
        """Asks the node. Raises NotFound, UnsupportedOption, NoGateway, DeviceWithoutNetwork or ConfigNotSent."""
        device = self._store.snapshot.device(mac)
        prop = find_property(device, key)
        data = self._exchange.read(device, prop.option, origin.priority)
        now = self._store.snapshot.devices.get(mac, device)
        return LiveValue(None if data is None else prop.from_data(data), prop.expected_of(now.specials))

    def take_over(self, mac: Mac, key: str, value: PropertyValue) -> tuple[str, ...]:
        """Stores what the device has, without sending. Returns the flat keys.

        Raises NotFound, UnsupportedOption, InvalidValue.
        """
        device = self._store.snapshot.device(mac)
        prop = find_property(device, key)
        return self._records.take_over(device, prop, prop.reported(value))

    def reset(self, mac: Mac, origin: Origin) -> None:
        """Everything but startblock slots back to RaceLink's defaults, on the node and then here.

        Raises NotFound, UnsupportedFunction, and as `write`.
        """
        device = self._store.snapshot.device(mac)
        find_function(device, RESET_FUNCTION)
        at_s = self._exchange.tell(device, Config(NodeOption.RESET), origin.priority)
        self._records.was_reset(mac, at_s)


def stored_value(device: Device, prop: NodeProperty) -> PropertyValue:
    """Raises NothingStored, and InvalidValue for a stored value that no operator could ask for."""
    value = prop.stored_in(device.specials)
    if value is None:
        raise NothingStored(device, prop.key)
    return prop.checked(value)


def as_json(value: PropertyValue) -> int | dict[str, int]:
    return value if isinstance(value, int) else {"start": value.start, "stop": value.stop}
