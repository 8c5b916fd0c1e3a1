"""One property for several devices: each by itself, those that stayed silent once more, and the truth about each.

Source: spec services, section 8.3; spec webui, section 3.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.node_options import NodeProperty, PropertyValue
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.specials import find_property
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import Config
from racelink_core.services.config_errors import status_words
from racelink_core.services.config_exchange import Answer, ConfigExchange
from racelink_core.services.config_records import ConfigRecords
from racelink_core.services.device_config import as_json, stored_value
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.parallel import on_each_network
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_FIRST_PASS_ATTEMPTS = 2
"""So that a fleet with a few dead lamps is through quickly; the second pass asks with all attempts."""


class Outcome(str, Enum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    SILENT = "silent"
    SKIPPED_OFFLINE = "skipped_offline"
    NOT_SENT = "not_sent"
    NOT_SAVED = "not_saved"
    CANCELLED = "cancelled"


_REASONS = {
    Outcome.SILENT: "It did not answer. It may have taken the value all the same: read it.",
    Outcome.SKIPPED_OFFLINE: "It is offline and was not asked. Poll its status, then try again.",
    Outcome.CANCELLED: "Its turn never came.",
}
_NO_LANE = "Its network has no gateway now."


class _Result(NamedTuple):
    outcome: Outcome
    reason: str | None = None


_CANCELLED = _Result(Outcome.CANCELLED)
_TRIED_AGAIN = (Outcome.SILENT, Outcome.NOT_SENT)


@dataclass(frozen=True, slots=True)
class _Order:
    device: Device
    prop: NodeProperty
    value: PropertyValue
    network_id: str | None


class BulkConfig:
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

    def start(self, macs: Sequence[Mac], key: str, value: PropertyValue | None, origin: Origin) -> TaskSnapshot:
        """`value` None: each device gets its own stored value.

        Result: key, value, total, one counter per Outcome, and `devices`: mac, outcome and reason of each, as given.
        Raises NotFound, UnsupportedOption, InvalidValue, NothingStored, NothingConnected or TaskRunning; then nothing
        was sent.
        """
        snapshot = self._store.snapshot
        orders: list[_Order] = []
        for mac in in_slices(dict.fromkeys(macs)):
            device = snapshot.device(mac)
            prop = find_property(device, key)
            wanted = stored_value(device, prop) if value is None else prop.checked(value)
            orders.append(_Order(device, prop, wanted, network_of(device, snapshot)))
        require_any(self._lanes)
        what = {"key": key, "value": None if value is None else as_json(value)}

        def work(task: TaskHandle) -> dict[str, object]:
            run = _Run(self._store, self._exchange, self._records, task, origin.priority)
            return {**what, **run.run(orders, self._lanes.lanes())}

        meta = {**what, "index": 0, "total": len(orders), "pass": 1, "addr": "", "message": ""}
        return self._tasks.start("bulk_special_config", work, meta)


class _Run:
    """One run, network by network side by side."""

    def __init__(
        self, store: Store, exchange: ConfigExchange, records: ConfigRecords, task: TaskHandle, priority: Priority
    ) -> None:
        self._store, self._exchange, self._records = store, exchange, records
        self._task, self._priority = task, priority
        self._results: dict[Mac, _Result] = {}

    def run(self, orders: Sequence[_Order], connected: Collection[str]) -> dict[str, object]:
        by_network: dict[str, list[_Order]] = {}
        for order in orders:
            if self._store.readings.of(order.device.mac).online is False:
                self._results[order.device.mac] = _Result(Outcome.SKIPPED_OFFLINE)
            elif order.network_id is None or order.network_id not in connected:
                self._results[order.device.mac] = _Result(Outcome.NOT_SENT, _NO_LANE)
            else:
                by_network.setdefault(order.network_id, []).append(order)
        on_each_network(tuple(by_network), lambda network_id: self._serve(by_network[network_id]), "bulk-config")
        results = {order.device.mac: self._results.get(order.device.mac, _CANCELLED) for order in orders}
        self._task.progress(index=len(results))
        counts = Counter(result.outcome for result in results.values())
        return {
            "total": len(results),
            **{outcome.value: counts[outcome] for outcome in Outcome},
            "devices": [
                {"mac": mac, "outcome": outcome.value, "reason": reason or _REASONS.get(outcome)}
                for mac, (outcome, reason) in results.items()
            ],
        }

    def _serve(self, orders: Sequence[_Order]) -> None:
        """One network. Those that were not reached come again when all others are through: much is over by then."""
        missed = self._pass(orders, _FIRST_PASS_ATTEMPTS)
        if missed and not self._task.is_cancelled:
            self._task.progress(**{"pass": 2})
        for order in self._pass(missed, None):
            if self._results[order.device.mac].outcome is Outcome.SILENT:
                self._exchange.gave_up(order.device.mac)

    def _pass(self, orders: Sequence[_Order], attempts: int | None) -> list[_Order]:
        """Returns those that were asked and not reached."""
        missed: list[_Order] = []
        for order in orders:
            if self._task.is_cancelled:
                break
            device = order.device
            settled = sum(result.outcome not in _TRIED_AGAIN for result in self._results.values())
            self._task.progress(index=settled, addr=device.mac, message=device.name)
            self._results[device.mac] = result = self._write(order, attempts)
            if result.outcome in _TRIED_AGAIN:
                missed.append(order)
        return missed

    def _write(self, order: _Order, attempts: int | None) -> _Result:
        device, prop = order.device, order.prop
        config = Config(prop.option, *prop.to_data(order.value))
        try:
            written = self._exchange.write(device, config, self._priority, attempts=attempts, task=self._task)
        except RaceLinkError as error:
            return _Result(Outcome.NOT_SENT, str(error))
        if written.answer is Answer.REFUSED:
            return _Result(Outcome.REFUSED, f"It refused: {status_words(written.status)}.")
        if written.answer is not Answer.ACKNOWLEDGED:
            return _Result(Outcome(written.answer.value), written.detail or None)
        try:
            self._records.acknowledged(device.mac, prop, order.value, written.at_s)
        except RaceLinkError as error:
            return _Result(Outcome.NOT_SAVED, f"It took the value, but this host could not save it: {error}")
        return _Result(Outcome.ACKNOWLEDGED)
