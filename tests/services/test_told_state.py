"""What the store says a device was told: complete, replaced by what is newer, kept over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.command import BlackoutCommand, Command, RlEffectCommand, SyncCommand
from racelink_core.domain.device import Device
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.reading import Reading
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.planning.light import light_of
from racelink_core.planning.plan import plan
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.told_state import Commanded, ToldState
from racelink_core.state.store import Store

FIRST, SECOND, OTHER = (Mac(f"AABBCC00000{number}") for number in (1, 2, 3))
SENT = SendOutcome(SendKind.SENT, attempts=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two devices in group 1, one in group 2, all on one network."""
    store = Store.open(tmp_path, SystemClock())
    with store.transaction() as draft:
        draft.networks["net"] = Network(id="net", name="Net")
        for number in (1, 2):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"G{number}", network_id="net")
        for mac, group in ((FIRST, 1), (SECOND, 1), (OTHER, 2)):
            draft.devices[mac] = Device(mac=mac, name=mac, group_id=GroupId(group), network_id="net")
    yield store
    store.close()


def tell(told: ToldState, store: Store, command: Command, outcome: SendOutcome = SENT, by: str = "test") -> None:
    packets = plan(command, store.snapshot, {}).packets("net")
    with told.commanding(("net",)):
        told.remember(store.snapshot, "net", packets, [outcome] * len(packets), by)


def effect(target: Target, mode: int | None = None, *, arm: bool = False, **parameters: int) -> RlEffectCommand:
    flags = FlagsOverride(arm_on_sync=True) if arm else FlagsOverride()
    return RlEffectCommand(target=target, params=EffectParameters(mode=mode, **parameters), flags_override=flags)


def reading(store: Store, mac: Mac) -> Reading:
    return store.readings.of(mac)


GROUP = GroupsTarget(value=(1,))


def test_a_group_a_device_and_everyone_are_told_and_the_newest_counts(store: Store) -> None:
    told = ToldState(store, SystemClock())
    tell(told, store, effect(GROUP, 9, brightness=40), by="race event RACE_START")
    first = reading(store, FIRST).told
    assert first is not None
    assert first.by == "race event RACE_START"
    assert light_of(first).expectation.effect_id == 9
    assert reading(store, SECOND).told == first
    assert reading(store, OTHER).told is None
    tell(told, store, effect(DeviceTarget(value=SECOND), brightness=50))
    second = light_of(reading(store, SECOND).told).expectation
    assert (second.effect_id, second.brightness) == (9, 50), "what a command leaves out stays as it was"
    assert reading(store, FIRST).told == first
    tell(told, store, BlackoutCommand(target=BroadcastTarget()))
    assert {light_of(reading(store, mac).told).is_dark for mac in (FIRST, SECOND, OTHER)} == {True}
    newest = reading(store, OTHER).told
    assert newest is not None
    assert newest.sequence > first.sequence


def test_an_armed_effect_counts_when_a_sync_has_fired_it(store: Store) -> None:
    told = ToldState(store, SystemClock())
    tell(told, store, effect(GROUP, 3, brightness=10))
    tell(told, store, effect(GROUP, 9, arm=True, brightness=40))
    assert light_of(reading(store, FIRST).told).expectation.effect_id == 3
    before_of_other = reading(store, OTHER)
    tell(told, store, SyncCommand())
    light = light_of(reading(store, FIRST).told)
    assert (light.armed, light.expectation.effect_id, light.expectation.brightness) == (None, 9, 40)
    assert reading(store, OTHER) == before_of_other, "nothing was armed there"


def test_what_was_not_accepted_was_not_told(store: Store) -> None:
    told = ToldState(store, SystemClock())
    tell(told, store, effect(GROUP, 3, brightness=10))
    before = reading(store, FIRST)
    for kind in (SendKind.REJECTED, SendKind.CANCELLED):
        tell(told, store, effect(GROUP, 9), SendOutcome(kind, attempts=1))
    tell(told, store, effect(GROUP, 9), SendOutcome(SendKind.LINK_LOST))
    assert reading(store, FIRST) == before


@pytest.mark.parametrize("kind", [SendKind.TIMED_OUT, SendKind.LINK_LOST])
def test_after_a_packet_that_may_be_out_nothing_is_known(store: Store, kind: SendKind) -> None:
    told = ToldState(store, SystemClock())
    tell(told, store, effect(GROUP, 3, brightness=10))
    tell(told, store, effect(GROUP, 9), SendOutcome(kind, attempts=1))
    assert reading(store, FIRST).told is None
    assert "Send it again" in str(reading(store, FIRST).follows_reason)
    assert reading(store, OTHER).follows_reason is None


def test_it_survives_a_restart_and_counts_on(store: Store) -> None:
    told = ToldState(store, SystemClock())
    tell(told, store, effect(GROUP, 3, brightness=10))
    before, directory = reading(store, FIRST).told, store.directory
    assert before is not None
    assert directory is not None
    store.close()
    with_again = Store.open(directory, SystemClock())
    try:
        assert reading(with_again, FIRST).told == before
        tell(ToldState(with_again, SystemClock()), with_again, effect(GROUP, 4))
        newer = reading(with_again, FIRST).told
        assert newer is not None
        assert newer.sequence > before.sequence
    finally:
        with_again.close()


def test_the_listener_hears_of_each_packet_with_those_it_reached(store: Store) -> None:
    told = ToldState(store, SystemClock())
    heard: list[Commanded] = []
    told.listener = heard.append
    tell(told, store, effect(GROUP, 3))
    assert [each.macs for each in heard if each.macs != (FIRST, SECOND)] == []
    assert heard
    heard.clear()
    tell(told, store, SyncCommand())
    assert heard == [], "nothing was armed"


def test_while_a_command_is_on_its_way_the_network_is_commanding(store: Store) -> None:
    told = ToldState(store, SystemClock())
    with told.commanding(("net",)):
        with told.commanding(("net", "other")):
            assert told.is_commanding("other")
        assert told.is_commanding("net")
        assert not told.is_commanding("other")
    assert not told.is_commanding("net")
