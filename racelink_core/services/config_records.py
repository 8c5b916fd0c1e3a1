"""What the host keeps about node options: values that were acknowledged, or taken over from a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import NotFound
from racelink_core.domain.node_options import RESET_BY_NODE, NodeOption, NodeProperty, PropertyValue
from racelink_core.state.store import Store


class ConfigRecords:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._acknowledged_at_s: dict[tuple[Mac, str], float] = {}

    def acknowledged(self, mac: Mac, prop: NodeProperty, value: PropertyValue, at_s: float) -> None:
        """`at_s`: Clock seconds of the acknowledgement; of two writes the later one counts, whoever gets here first.

        A device that was forgotten meanwhile is left alone. Raises what a transaction raises.
        """
        self._put(mac, prop.flat_keys, prop.to_flat(value), at_s)
        if prop.option is NodeOption.BOOT_BRIGHTNESS and isinstance(value, int):
            self._store.readings.update(mac, brightness=value)

    def was_reset(self, mac: Mac, at_s: float) -> None:
        """The node went back to its defaults: so do the stored values. Those that depend on its strip are dropped."""
        keys = [key for prop in RESET_BY_NODE for key in prop.flat_keys]
        defaults = {key: prop.default for prop in RESET_BY_NODE for key in prop.flat_keys if prop.default is not None}
        self._put(mac, keys, defaults, at_s)
        self._store.readings.update(mac, brightness=defaults["wled_bri"])

    def take_over(self, device: Device, prop: NodeProperty, value: PropertyValue) -> tuple[str, ...]:
        """Stores what the node has. Returns the flat keys. Raises NotFound, and what a transaction raises."""
        with self._store.transaction() as draft:
            known = draft.devices.get(device.mac)
            if known is None:
                raise NotFound("device", device.mac)
            specials = {**known.specials, **prop.to_flat(value)}
            draft.devices[device.mac] = known.model_copy(update={"specials": specials})
        return prop.flat_keys

    def switched(self, mac: Mac, bit: int, is_on: bool) -> None:
        """A switch was acknowledged: the config byte shows it without another STATUS."""
        before = self._store.readings.of(mac).config_byte
        self._store.readings.update(mac, config_byte=before | 1 << bit if is_on else before & ~(1 << bit))

    def _put(self, mac: Mac, keys: Iterable[str], values: Mapping[str, int], at_s: float) -> None:
        """Replaces these keys; those without a value are dropped."""
        with self._store.transaction() as draft:
            device = draft.devices.get(mac)
            fresh = [key for key in keys if self._acknowledged_at_s.get((mac, key), 0.0) <= at_s]
            if device is None:
                return
            kept = {key: value for key, value in device.specials.items() if key not in fresh}
            changed = {key: values[key] for key in fresh if key in values}
            draft.devices[mac] = device.model_copy(update={"specials": {**kept, **changed}})
        self._acknowledged_at_s.update({(mac, key): at_s for key in fresh})
