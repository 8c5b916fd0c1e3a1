"""The venue's limit holds for whoever makes light, judged by what is on air and what lamps show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from racelink_core.domain.command import BlackoutCommand, Command, HeadlessCommand, LocateCommand
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin
from racelink_core.domain.target import DeviceTarget
from racelink_core.protocol.bodies import Control, Headless, Preset, Sync, decode_body
from racelink_core.protocol.radio_packet import parse_radio
from tests.services.healing_rig import effect as seen_effect
from tests.services.healing_rig import healing_host
from tests.services.rig import GATEWAY, OPERATOR, Rig, until
from tests.services.scenes import (
    AUTOMATION,
    EVERYONE,
    PANIC,
    RACE,
    SYNC,
    brightnesses,
    cascade,
    delay,
    effect,
    play,
    preset,
    scene_rig,
    together,
    wled,
)

CEILING = 50
_SYNC_BYTES = 4
"""Of a gateway's own SYNC; the host's has a fifth byte, which fires."""


@contextmanager
def limited_rig(directory: Path) -> Iterator[Rig]:
    with scene_rig(directory) as rig:
        limit(rig, CEILING)
        yield rig


def limit(rig: Rig, ceiling: int) -> None:
    with rig.host.store.transaction() as draft:
        draft.settings = draft.settings.model_copy(update={"brightness_ceiling": ceiling})


def brightest_on_air(rig: Rig) -> int:
    """Of what the host sent; a gateway's own SYNC, which changes no primed lamp, is left out."""
    found = [0]
    for sent in list(rig.simulation.simulation.air_log):
        packet = parse_radio(sent.raw)
        is_its_own_sync = packet.opcode == Opcode.SYNC and len(packet.body_bytes) == _SYNC_BYTES
        if packet.sender != GATEWAY.radio_address or is_its_own_sync:
            continue
        body = decode_body(packet.opcode, packet.body_bytes)
        if isinstance(body, Control | Preset | Headless | Sync):
            found.append(body.brightness or 0)
    return max(found)


@pytest.mark.parametrize("origin", [AUTOMATION, OPERATOR, RACE, PANIC], ids=lambda origin: origin.name)
def test_no_origin_gets_past_it(tmp_path: Path, origin: Origin) -> None:
    commands: list[Command] = [
        effect(255),
        preset(1, 255),
        wled(3, 255),
        HeadlessCommand(target=EVERYONE, scene=1, brightness=255),
        HeadlessCommand(target=EVERYONE, scene=1, brightness=0),
        effect(255, armed=True),
        SYNC,
        cascade(effect(255)),
        together(effect(255)),
    ]
    with limited_rig(tmp_path) as rig:
        for command in commands:
            assert rig.host.dispatcher.submit(command, origin).ok
            until(lambda: max(brightnesses(rig)) <= CEILING, f"the limit after {command.kind}")
        assert brightest_on_air(rig) == CEILING
        until(lambda: brightnesses(rig) == {CEILING}, "light")


def test_a_scene_stays_below_it_in_all_of_its_actions(tmp_path: Path) -> None:
    with limited_rig(tmp_path) as rig:
        scene = (
            preset(2, 200),
            delay(50),
            wled(4, 250),
            effect(255, 2),
            effect(254, 1, armed=True),
            SYNC,
            cascade(effect(255)),
            together(effect(90)),
        )
        assert play(rig, *scene).ok
        assert brightest_on_air(rig) == CEILING
        until(lambda: brightnesses(rig) == {CEILING}, "light")


def test_darkness_and_the_indicator_of_locate_are_as_ever(tmp_path: Path) -> None:
    with limited_rig(tmp_path) as rig:
        mac = next(iter(rig.running))
        assert rig.host.dispatcher.submit(effect(30), OPERATOR).ok
        assert rig.host.dispatcher.submit(LocateCommand(target=DeviceTarget(value=mac), seconds=200), OPERATOR).ok
        until(lambda: rig.nodes[mac].indicator is not None, "the indicator, which carries no brightness")
        assert brightnesses(rig) == {30}
        assert rig.host.dispatcher.submit(BlackoutCommand(target=EVERYONE), PANIC).ok
        until(lambda: brightnesses(rig) == {0}, "darkness")


def test_what_is_healed_after_the_limit_was_lowered_keeps_to_it(tmp_path: Path) -> None:
    with healing_host(tmp_path) as rig:
        rig.tell(seen_effect(9, brightness=200))
        rig.healed()
        rig.change_settings(brightness_ceiling=CEILING)
        mac = next(iter(rig.running))
        rig.simulation.fault("reboot", mac)
        until(lambda: rig.nodes[mac].is_running and rig.nodes[mac].lamp.look.mode == 9, "its light")
        rig.healed()
        assert rig.nodes[mac].lamp.brightness == CEILING
        assert rig.reading(mac).follows == "yes", "what it shows is what it should"
