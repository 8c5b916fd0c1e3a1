from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import gevent
import pytest
from gevent import monkey

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.settings import Settings
from racelink_core.runtime.radio_guard import RadioForbidden, require_radio_allowed
from racelink_core.state.draft import Draft
from racelink_core.state.errors import NestedTransaction, StoreClosed
from racelink_core.state.store import Store

MAC = Mac("AABBCCDDEEFF")
GATE = Device(mac=MAC, name="Gate 1")


def _add_gate(store: Store) -> None:
    with store.transaction() as draft:
        draft.devices[MAC] = GATE


def test_a_change_is_there_at_once_and_after_a_restart(open_store: Callable[[], Store]) -> None:
    store = open_store()
    before = store.snapshot
    _add_gate(store)
    assert store.snapshot.device(MAC) == GATE
    assert MAC not in before.devices
    store.close()
    reopened = open_store()
    assert reopened.snapshot == store.snapshot
    assert reopened.notices == ()


def test_an_exception_changes_nothing(store: Store) -> None:
    before = store.snapshot
    with pytest.raises(ZeroDivisionError), store.transaction() as draft:  # noqa: PT012
        draft.devices[MAC] = GATE
        draft.networks.clear()
        raise ZeroDivisionError
    assert store.snapshot is before
    _add_gate(store)


def test_nobody_can_change_a_snapshot(store: Store) -> None:
    with pytest.raises(TypeError):
        store.snapshot.devices[MAC] = GATE  # type: ignore[index]


def test_what_could_not_be_read_back_is_refused(store: Store) -> None:
    before = store.snapshot
    with pytest.raises(InvalidValue, match="RL preset 1"), store.transaction() as draft:
        draft.presets[1] = draft.presets[1].model_copy(update={"label": ""})
    with pytest.raises(InvalidValue, match="not its own"), store.transaction() as draft:
        draft.groups[GroupId(4)] = Group(id=GroupId(5), name="Gates")
    with pytest.raises(InvalidValue), store.transaction() as draft:
        draft.settings = Settings().model_copy(update={"brightness_ceiling": object()})
    assert store.snapshot is before


def test_a_transaction_inside_another_is_refused(store: Store) -> None:
    with pytest.raises(NestedTransaction), store.transaction(), store.transaction():
        pass
    with pytest.raises(NestedTransaction), store.transaction():
        store.close()
    _add_gate(store)


def test_nothing_is_sent_inside_a_transaction(store: Store) -> None:
    with pytest.raises(RadioForbidden), store.transaction():
        require_radio_allowed()
    require_radio_allowed()


def test_subscribers_see_the_new_snapshot_and_may_write_themselves(store: Store) -> None:
    seen: list[tuple[frozenset[Scope], bool]] = []

    def listen(change: Change) -> None:
        require_radio_allowed()
        seen.append((change.scopes, MAC in store.snapshot.devices))
        if Scope.DEVICES in change.scopes:
            with store.transaction() as draft:
                draft.settings = Settings(brightness_ceiling=100)

    unsubscribe = store.subscribe(listen)
    _add_gate(store)
    assert seen == [
        (frozenset({Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}), True),
        (frozenset({Scope.SETTINGS}), True),
    ]
    unsubscribe()
    unsubscribe()
    with store.transaction() as draft:
        draft.settings = Settings()
    assert len(seen) == 2


def test_a_subscriber_that_fails_is_logged_and_harms_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Change] = []

    def fail(change: Change) -> None:
        raise ValueError("broken listener")

    store.subscribe(fail)
    store.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        _add_gate(store)
    assert len(heard) == 1
    assert "broken listener" in caplog.text


@pytest.mark.parametrize(
    ("change", "scopes"),
    [
        (lambda draft: None, set()),
        (lambda draft: draft.devices.update({MAC: Device(**GATE.model_dump())}), set()),
        (lambda draft: draft.devices.pop(MAC), {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}),
        (lambda draft: _update(draft, name="Start gate"), {Scope.DEVICES}),
        (lambda draft: _update(draft, group_id=4), {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}),
        (lambda draft: _update(draft, network_id="default"), {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}),
        (lambda draft: _update(draft, specials={"leds": 60}), {Scope.DEVICE_SPECIALS}),
        (lambda draft: _update(draft, specials={"leds": 60}, version=3), {Scope.DEVICE_SPECIALS, Scope.DEVICES}),
        (lambda draft: draft.groups.update({GroupId(1): Group(id=GroupId(1), name="Gates")}), {Scope.GROUPS}),
        (lambda draft: draft.networks.clear(), {Scope.NETWORKS}),
        (lambda draft: draft.presets.pop(1), {Scope.RL_PRESETS}),
        (lambda draft: setattr(draft, "settings", Settings(brightness_ceiling=200)), {Scope.SETTINGS}),
    ],
)
def test_scopes_say_what_changed(store: Store, change: Callable[[Draft], object], scopes: set[Scope]) -> None:
    _add_gate(store)
    heard: list[Change] = []
    store.subscribe(heard.append)
    with store.transaction() as draft:
        change(draft)
    assert heard == ([Change(frozenset(scopes))] if scopes else [])


def _update(draft: Draft, **changes: object) -> None:
    draft.devices[MAC] = draft.devices[MAC].model_copy(update=changes)


def test_twenty_writers_at_once_lose_nothing(store: Store) -> None:
    def write() -> None:
        for _ in range(5):
            with store.transaction() as draft:
                seen = draft.settings.brightness_ceiling
                gevent.sleep(0)
                draft.settings = Settings(brightness_ceiling=seen + 1)

    with store.transaction() as draft:
        draft.settings = Settings(brightness_ceiling=1)
    gevent.joinall([gevent.spawn(write) for _ in range(20)], raise_error=True)
    assert store.snapshot.settings.brightness_ceiling == 101


def test_reading_never_waits_for_the_writer(store: Store) -> None:
    with store.transaction() as draft:
        draft.devices[MAC] = GATE
        read = gevent.spawn(lambda: MAC in store.snapshot.devices)
        assert read.get(timeout=5) is False


def test_a_writer_killed_during_the_commit_leaves_snapshot_and_disk_agreeing(open_store: Callable[[], Store]) -> None:
    store = open_store()
    heard: list[Change] = []
    store.subscribe(heard.append)
    in_commit, go_on = threading.Event(), monkey.get_original("_thread", "allocate_lock")()
    go_on.acquire()
    slow_write = store._database.write

    def write_slowly(*arguments: object) -> None:
        go_on.acquire(timeout=10)
        slow_write(*arguments)  # type: ignore[arg-type]

    store._database.write = write_slowly  # type: ignore[method-assign]
    finish = store._pool.finish

    def finish_and_tell(*arguments: object) -> object:
        gevent.get_hub().loop.run_callback(in_commit.set)
        return finish(*arguments)  # type: ignore[arg-type, call-arg]

    store._pool.finish = finish_and_tell  # type: ignore[method-assign, assignment]
    writer = gevent.spawn(_add_gate, store)
    in_commit.wait(10)
    gevent.idle()
    writer.kill(block=False)
    gevent.idle()
    assert not writer.ready()
    go_on.release()
    writer.join(10)
    assert isinstance(writer.value, gevent.GreenletExit)
    assert MAC in store.snapshot.devices
    assert len(heard) == 1
    store._database.write = slow_write  # type: ignore[method-assign]
    store.close()
    assert MAC in open_store().snapshot.devices


def test_after_close_changes_are_refused_and_the_snapshot_stays(store: Store) -> None:
    _add_gate(store)
    store.close()
    store.close()
    with pytest.raises(StoreClosed):
        _add_gate(store)
    with pytest.raises(StoreClosed):
        store.flush()
    assert MAC in store.snapshot.devices


def test_order_in_the_snapshot_is_kept_over_restarts(open_store: Callable[[], Store]) -> None:
    store = open_store()
    with store.transaction() as draft:
        for number, order in ((1, 3), (2, 1), (3, 2)):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Group {number}", display_order=order)
        for tail in ("03", "01", "02"):
            mac = Mac("AABBCCDDEE" + tail)
            draft.devices[mac] = Device(mac=mac, name=tail)
    assert list(store.snapshot.groups) == [2, 3, 1]
    assert [device.name for device in store.snapshot.devices.values()] == ["03", "01", "02"]
    store.close()
    reopened = open_store().snapshot
    assert list(reopened.groups) == [2, 3, 1]
    assert list(reopened.devices) == list(store.snapshot.devices)
