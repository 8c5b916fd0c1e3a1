"""A host whose simulated fleet plays scenes, and what tests say about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.command import (
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    StartblockCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.offset_choice import LinearOffset, NoOffset
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.scene import Action, Choreography, Delay
from racelink_core.domain.target import BroadcastTarget, GroupsTarget
from racelink_core.host import Host
from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.services.scene_runner.request import RunRequest, SceneRun
from racelink_core.services.scene_runner.results import SceneResult
from racelink_core.standalone.demo import settle
from tests.services.rig import GATEWAY, OPERATOR, Rig, running_host, until

EVERYONE = BroadcastTarget()
ARMED = FlagsOverride(arm_on_sync=True)
RACE = Origin("race event RACE_START", Priority.RACE_EVENT)
AUTOMATION = Origin("automation", Priority.AUTOMATION)
PANIC = Origin("blackout", Priority.BLACKOUT)


@contextmanager
def scene_rig(directory: Path, **options: Any) -> Iterator[Rig]:
    """Every lamp in group 1, two of them then in group 2; nobody is healed."""
    with running_host(directory, **options) as rig:
        with rig.host.store.transaction() as draft:
            draft.settings = draft.settings.model_copy(update={"healing": False})
        rig.discover()
        rig.assign(list(rig.running)[:2], "Pit wall")
        yield rig


@contextmanager
def festival(directory: Path) -> Iterator[Rig]:
    """Two hundred settled lamps behind three gateways; nobody is healed."""
    url = f"sim://{Path(__file__).parents[1] / 'data' / 'fleets' / 'festival-200.json'}"
    host = Host(HostConfiguration(data_directory=directory, gateways=(url,), speed=10.0))
    try:
        settle(host)
        with host.store.transaction() as draft:
            draft.settings = draft.settings.model_copy(update={"healing": False})
        host.start()
        until(lambda: len(host.gateways.lanes()) == 3, "three gateways")
        yield Rig(host)
    finally:
        host.stop()


def effect(brightness: int, *groups: int, armed: bool = False) -> RlEffectCommand:
    target = GroupsTarget(value=groups) if groups else EVERYONE
    flags = ARMED if armed else FlagsOverride()
    return RlEffectCommand(target=target, params=EffectParameters(mode=0, brightness=brightness), flags_override=flags)


def preset(reference: int | str | None = 1, brightness: int | None = None) -> RlPresetCommand:
    return RlPresetCommand(target=EVERYONE, params=RlPresetChoice(preset_id=reference, brightness=brightness))


def wled(slot: int = 3, brightness: int = 60) -> WledPresetCommand:
    return WledPresetCommand(target=EVERYONE, params=WledPresetChoice(preset_id=slot, brightness=brightness))


def cascade(*children: RlEffectCommand, step_ms: int = 300) -> OffsetGroupCommand:
    return OffsetGroupCommand(target=EVERYONE, offset=LinearOffset(step_ms=step_ms), actions=children)


def together(*children: RlEffectCommand) -> OffsetGroupCommand:
    """Ends offset mode."""
    return OffsetGroupCommand(target=EVERYONE, offset=NoOffset(), actions=children)


def startblock() -> StartblockCommand:
    return StartblockCommand(target=EVERYONE)


def delay(duration_ms: int) -> Delay:
    return Delay(duration_ms=duration_ms)


SYNC = SyncCommand()


def order(rig: Rig, *actions: Action, key: str = "test", origin: Origin = OPERATOR, **more: Any) -> SceneRun:
    """Starts a scene of these actions. `fire_at_s` goes to the request, the rest to the choreography."""
    fire_at_s = more.pop("fire_at_s", None)
    choreography = Choreography(actions=actions, **more)
    return rig.host.scene_runner.start(RunRequest(key, choreography, origin, fire_at_s, is_draft=True))


def play(rig: Rig, *actions: Action, **more: Any) -> SceneResult:
    return rig.host.scene_runner.wait(order(rig, *actions, **more))


def on_air(rig: Rig, since: int = 0, gateway: Any = GATEWAY) -> list[tuple[Opcode, bytes]]:
    """What the gateway sent, oldest first, its own SYNCs left out."""
    packets = [parse_radio(sent.raw) for sent in list(rig.simulation.simulation.air_log)[since:]]
    own = [each for each in packets if each.sender == gateway.radio_address]
    return [
        (Opcode(each.opcode), each.body_bytes)
        for each in own
        if not (each.opcode == Opcode.SYNC and len(each.body_bytes) == 4)
    ]


def air_length(rig: Rig) -> int:
    return len(rig.simulation.simulation.air_log)


def brightnesses(rig: Rig) -> set[int]:
    return {node.lamp.brightness for node in rig.running.values()}


def until_running(run: SceneRun, index: int) -> None:
    until(lambda: run.index is not None and run.index >= index, f"action {index}")


def is_free(rig: Rig) -> bool:
    """No lamp is armed, waits for an offset, or would drop what comes next."""
    lamps = [node.lamp for node in rig.running.values()]
    return not any(lamp.armed or lamp.has_scheduled or lamp.effective_offset.mode for lamp in lamps)
