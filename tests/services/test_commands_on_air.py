"""What commands make simulated nodes show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.command import (
    BlackoutCommand,
    LocateCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.outcome import CommandStatus
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.host import Host
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

EVERYONE = BroadcastTarget()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Two nodes in group 2, the others in group 1."""
    with running_host(tmp_path) as rig:
        rig.discover()
        rig.assign(list(rig.running)[:2], "Pit wall")
        yield rig


def test_an_rl_preset_reaches_exactly_its_group(rig: Rig) -> None:
    preset = rig.host.store.snapshot.presets[1]
    command = RlPresetCommand(target=GroupsTarget(value=(2,)), params=RlPresetChoice(preset_id=1, brightness=77))
    result = rig.host.dispatcher.submit(command, OPERATOR)
    assert result.status is CommandStatus.SENT
    until(lambda: sum(node.lamp.brightness == 77 for node in rig.running.values()) == 2, "two changed nodes")
    shown = {mac for mac, node in rig.running.items() if node.lamp.brightness == 77}
    assert shown == {device.mac for device in rig.host.store.snapshot.members(2)}  # type: ignore[arg-type]
    assert all(rig.nodes[mac].lamp.look.color1 == preset.params.color1 for mac in shown)
    assert {rig.host.store.readings.of(mac).brightness for mac in shown} == {77}


def test_one_device_is_reached_by_itself(rig: Rig) -> None:
    mac = next(iter(rig.running))
    command = RlEffectCommand(target=DeviceTarget(value=mac), params=EffectParameters(mode=9, brightness=33))
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: rig.nodes[mac].lamp.look.mode == 9, "the effect")
    assert [each for each, node in rig.running.items() if node.lamp.brightness == 33] == [mac]


def test_an_armed_effect_waits_for_the_sync(rig: Rig) -> None:
    command = RlEffectCommand(
        target=EVERYONE,
        params=EffectParameters(mode=2, brightness=44),
        flags_override=FlagsOverride(arm_on_sync=True),
    )
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: all(node.lamp.armed for node in rig.running.values()), "armed nodes")
    assert not any(node.lamp.brightness == 44 for node in rig.running.values())
    assert rig.host.dispatcher.submit(SyncCommand(), OPERATOR).ok
    until(lambda: all(node.lamp.brightness == 44 for node in rig.running.values()), "fired effects")


def test_a_wled_preset_is_shown_and_noted(rig: Rig) -> None:
    command = WledPresetCommand(target=EVERYONE, params=WledPresetChoice(preset_id=3, brightness=60))
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: all(node.lamp.preset_id == 3 for node in rig.running.values()), "the preset")
    assert {rig.host.store.readings.of(mac).preset_id for mac in rig.running} == {3}


def test_a_blackout_darkens_everyone_and_a_locate_is_seen_by_one(rig: Rig) -> None:
    mac = next(iter(rig.running))
    assert rig.host.dispatcher.submit(LocateCommand(target=DeviceTarget(value=mac), seconds=200), OPERATOR).ok
    until(lambda: rig.nodes[mac].indicator is not None, "the indicator")
    assert [each for each, node in rig.running.items() if node.indicator == 4] == [mac]
    assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), OPERATOR).ok
    until(lambda: all(node.lamp.brightness == 0 for node in rig.running.values()), "darkness")


def test_the_venues_limit_holds_for_everyone(rig: Rig) -> None:
    with rig.host.store.transaction() as draft:
        draft.settings = draft.settings.model_copy(update={"brightness_ceiling": 50})
    command = RlEffectCommand(target=EVERYONE, params=EffectParameters(brightness=255))
    assert rig.host.dispatcher.submit(command, OPERATOR).ok
    until(lambda: {node.lamp.brightness for node in rig.running.values()} == {50}, "the limit")


def test_an_unplugged_gateway_fails_commands_and_comes_back_by_itself(rig: Rig) -> None:
    rig.simulation.fault("unplug", GATEWAY)
    until(lambda: not rig.host.gateways.status().ready, "the loss")
    result = rig.host.dispatcher.submit(SyncCommand(), OPERATOR)
    assert (result.status, result.code) == (CommandStatus.REJECTED, "unavailable")
    assert "Plug" in str(result.detail)
    rig.simulation.fault("replug", GATEWAY)
    until(lambda: rig.host.gateways.status().ready, "the return")
    until(lambda: rig.host.dispatcher.submit(SyncCommand(), OPERATOR).ok, "a sync")
    assert rig.host.history.records()[0].command == SyncCommand()


def test_without_any_gateway_everything_loads_and_commands_are_refused(tmp_path: Path) -> None:
    host = Host(HostConfiguration(data_directory=tmp_path, gateways=("/dev/does-not-exist",)))
    try:
        host.start()
        result = host.dispatcher.submit(BlackoutCommand(target=EVERYONE), OPERATOR)
        assert (result.status, result.code) == (CommandStatus.REJECTED, "unavailable")
        missing = RlPresetCommand(target=EVERYONE, params=RlPresetChoice(preset_id=99))
        assert host.dispatcher.submit(missing, OPERATOR).code == "preset_not_found"
        until(host.problems, "a problem that is named")
    finally:
        host.stop()
        host.stop()
