from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scope import Change
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.clock import SystemClock
from racelink_core.state.store import Store

MACS = [Mac(f"AABBCCDDEE{number:02X}") for number in range(5)]
_device = st.builds(
    Device,
    mac=st.sampled_from(MACS),
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=64),
    group_id=st.integers(0, 254).map(GroupId),
    specials=st.dictionaries(st.sampled_from(("leds", "delay")), st.integers(0, 255)),
)
_group = st.builds(
    Group, id=st.integers(1, 6).map(GroupId), name=st.sampled_from(("A", "B")), display_order=st.integers(0, 3)
)
_step = st.one_of(
    st.tuples(st.just("devices"), _device.map(lambda device: (device.mac, device))),
    st.tuples(st.just("groups"), _group.map(lambda group: (group.id, group))),
    st.tuples(st.just("devices"), st.sampled_from(MACS).map(lambda mac: (mac, None))),
    st.tuples(st.just("groups"), st.integers(1, 6).map(lambda number: (number, None))),
)
_transaction = st.tuples(st.lists(_step, max_size=6), st.booleans())


class _Failure(Exception):
    pass


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_transaction, max_size=8))
def test_any_sequence_of_transactions_leaves_what_a_plain_dict_would_hold(transactions: list) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "racelink", SystemClock())
        heard: list[Change] = []
        store.subscribe(heard.append)
        model: dict[str, dict] = {"devices": {}, "groups": {}}
        for steps, succeeds in transactions:
            attempted = {table: dict(entries) for table, entries in model.items()}
            heard.clear()
            try:
                with store.transaction() as draft:
                    for table, (key, entity) in steps:
                        for entries in (getattr(draft, table), attempted[table]):
                            if entity is None:
                                entries.pop(key, None)
                            else:
                                entries[key] = entity
                    if not succeeds:
                        raise _Failure
            except _Failure:
                assert heard == []
            else:
                assert len(heard) == (attempted != model)
                model = attempted
            _agree(store.snapshot, model)
        store.close()
        reopened = Store.open(Path(folder) / "racelink", SystemClock())
        try:
            _agree(reopened.snapshot, model)
            assert reopened.snapshot == store.snapshot
            assert list(reopened.snapshot.devices) == list(store.snapshot.devices)
            assert reopened.notices == ()
        finally:
            reopened.close()


def _agree(snapshot: Snapshot, model: dict[str, dict]) -> None:
    assert dict(snapshot.devices) == model["devices"]
    assert dict(snapshot.groups) == model["groups"]
