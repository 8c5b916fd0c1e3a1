"""What a host must never send is refused before a byte is written."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.gateway.errors import NotSendable
from racelink_core.gateway.sendable import sendable
from racelink_core.protocol import bodies
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.radio_profile_codec import WireProfile
from tests.gateway.bench import Bench

NODE = RadioAddress.parse("123456")
PROFILE = WireProfile.of(DEFAULT_PROFILE)


@pytest.mark.parametrize(
    "packet",
    [
        RadioPacket(BROADCAST, bodies.SetGroup(1)),
        RadioPacket(BROADCAST, bodies.Config(1)),
        RadioPacket(BROADCAST, bodies.GetConfig(5)),
        RadioPacket(BROADCAST, bodies.SetRadioProfile(PROFILE)),
        RadioPacket(BROADCAST, bodies.GetRadioProfile()),
        RadioPacket(NODE, bodies.GetRadioProfile(1)),
        RadioPacket(NODE, bodies.SetRadioProfile(WireProfile(1, 1250, 7, 5, 0x12, 14, 8))),
        RadioPacket(NODE, bodies.SetGroup(255)),
        RadioPacket(BROADCAST, bodies.Preset(1, 1, 0, 10)),
        RadioPacket(BROADCAST, bodies.Preset(1, 1, 251, 10)),
        RadioPacket(BROADCAST, bodies.Preset(1, 0x40, 1, 10)),
        RadioPacket(BROADCAST, bodies.Control(1, 0x80)),
        RadioPacket(BROADCAST, bodies.Control(1, 5, brightness=256)),
        RadioPacket(BROADCAST, bodies.Control(1, 5, custom3=32)),
        RadioPacket(BROADCAST, bodies.Control(1, 5, ext_reserved=0)),
        RadioPacket(BROADCAST, bodies.Sync(0, 128, 2)),
        RadioPacket(BROADCAST, bodies.Offset(1, OffsetMode.EXPLICIT, offset_ms=65536)),
        RadioPacket(BROADCAST, bodies.Offset(1, OffsetMode.MODULO, cycle=0)),
        RadioPacket(BROADCAST, bodies.Offset(1, OffsetMode.VSHAPE, center=255)),
        RadioPacket(NODE, bodies.Stream(b"")),
        RadioPacket(NODE, bodies.Stream(bytes(129))),
        RadioPacket(NODE, bodies.RawBody(0x55, b"")),
        RadioPacket(NODE, bodies.RawBody(4, b"\x01")),
        RadioPacket(NODE, bodies.GetStatus(300)),
    ],
)
def test_a_packet_that_must_not_be_sent_is_refused(packet: RadioPacket) -> None:
    with pytest.raises(NotSendable) as caught:
        sendable(packet)
    assert caught.value.code == "invalid_packet"


@pytest.mark.parametrize(
    "packet",
    [
        RadioPacket(NODE, bodies.SetGroup(0)),
        RadioPacket(NODE, bodies.SetRadioProfile(PROFILE)),
        RadioPacket(BROADCAST, bodies.Control(255, 0x3F, brightness=1, custom3=31, color3=(1, 2, 3))),
        RadioPacket(BROADCAST, bodies.Preset(0, 0x20, 250, 0)),
        RadioPacket(BROADCAST, bodies.Sync(0, 128)),
        RadioPacket(BROADCAST, bodies.Sync(0, 128, 1)),
        RadioPacket(BROADCAST, bodies.Offset(255, OffsetMode.NONE)),
        RadioPacket(NODE, bodies.Stream(bytes(128))),
    ],
)
def test_everything_else_becomes_its_frame(packet: RadioPacket) -> None:
    assert sendable(packet).frame == packet.to_frame()


def test_a_refused_packet_leaves_nothing_on_the_wire(bench: Bench) -> None:
    session = bench.open()
    with pytest.raises(NotSendable, match="never all"):
        session.send(RadioPacket(BROADCAST, bodies.SetGroup(1)))
    assert bench.gateway.packets == []
