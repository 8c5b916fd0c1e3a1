"""What goes on air for a packet, and what each body promises beyond its layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import (
    Control,
    GetConfig,
    Offset,
    Preset,
    RawBody,
    SetGroup,
    Stream,
    Sync,
)
from racelink_core.protocol.catalogues import HEADLESS_SCENES, INDICATORS
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.stream import StreamReassembly

NODE = RadioAddress.parse("123456")
GATEWAY = RadioAddress.parse("5A017F")


def control_bytes(tail: str) -> bytes:
    return bytes.fromhex("0305" + tail)


@pytest.mark.parametrize(
    ("packet", "expects_reply", "lengths"),
    [
        (RadioPacket(NODE, SetGroup(1)), True, (8,)),
        (RadioPacket(NODE, GetConfig(5)), True, (8,)),
        (RadioPacket(BROADCAST, Preset(255, 5, 1, 128)), False, (11,)),
        (RadioPacket(BROADCAST, Sync(0, 128)), False, (11,)),
        (RadioPacket(BROADCAST, Sync(0, 128, 1)), False, (12,)),
        (RadioPacket(BROADCAST, Sync(0, 128, 0)), False, (11,)),
        (RadioPacket(NODE, Stream(bytes(13))), True, (16, 16)),
        (RadioPacket(NODE, Stream(b"")), True, ()),
        (RadioPacket(NODE, Stream(bytes(129))), True, ()),
        (RadioPacket(NODE, RawBody(4, b"\x01")), False, ()),
    ],
)
def test_a_packet_knows_its_length_on_air_and_whether_it_is_answered(
    packet: RadioPacket, expects_reply: bool, lengths: tuple[int, ...]
) -> None:
    assert packet.expects_reply is expects_reply
    assert packet.radio_lengths() == lengths
    assert tuple(len(sent) for sent in packet.to_radio(GATEWAY)) == lengths
    assert packet.is_sendable is bool(lengths)


def test_a_sync_is_broadcast_whomever_the_host_named() -> None:
    assert RadioPacket(NODE, Sync(0, 128)).to_radio(GATEWAY)[0][3:6] == BROADCAST


def test_any_check_sends_custom3_and_all_three_checks() -> None:
    assert Control(3, 5, check2=True).to_bytes() == control_bytes("4040")
    assert Control.from_bytes(control_bytes("4040")) == Control(
        3, 5, custom3=0, check1=False, check2=True, check3=False
    )


@pytest.mark.parametrize("tail", ["00", "8000", "8010", "80ff" + "00" * 10, "800107"])
def test_reserved_bits_of_a_control_are_kept(tail: str) -> None:
    raw = control_bytes(tail)
    assert Control.from_bytes(raw).to_bytes() == raw


@pytest.mark.parametrize("raw", ["", "0305", "030501", "03050001", "030580", "03058001", "0305800201", "0305ff00"])
def test_a_control_must_be_as_long_as_its_masks_say(raw: str) -> None:
    with pytest.raises(MalformedPacket):
        Control.from_bytes(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ["", "03", "0305", "030001", "0301", "03020000", "0304000000"])
def test_an_offset_must_be_as_long_as_its_mode_says(raw: str) -> None:
    with pytest.raises(MalformedPacket):
        Offset.from_bytes(bytes.fromhex(raw))


def test_an_offset_knows_the_delay_of_a_group() -> None:
    wave = Offset(255, OffsetMode.VSHAPE, base_ms=100, step_ms=50, center=4)
    assert [wave.offset_ms_for(group) for group in (2, 4, 7)] == [200, 100, 250]


@given(st.binary(min_size=1, max_size=128))
def test_a_stream_arrives_whole_and_padded(payload: bytes) -> None:
    node = StreamReassembly()
    *parts, last = [node.feed(fragment) for fragment in Stream(payload).fragments()]
    assert parts == [None] * len(parts)
    assert last == payload.ljust(-(-len(payload) // 8) * 8, b"\0")


def test_a_repeated_fragment_is_ignored_and_a_missing_one_loses_the_rest() -> None:
    first, second, third = Stream(bytes(range(24))).fragments()
    node = StreamReassembly()
    assert [node.feed(part) for part in (first, second, second, third)][-1] == bytes(range(24))
    assert [node.feed(part) for part in (first, third)] == [None, None]


@given(st.lists(st.binary(max_size=10), max_size=40))
def test_any_fragments_are_taken_without_growing(fragments: list[bytes]) -> None:
    node = StreamReassembly()
    for fragment in fragments:
        payload = node.feed(fragment)
        assert payload is None or len(payload) <= 128


def test_the_catalogues_hold_what_nodes_know() -> None:
    assert [scene.name for scene in HEADLESS_SCENES.values()] == [
        "Offset Breathe",
        "Solid Red",
        "Solid Green",
        "All Off",
        "Restore Boot",
    ]
    assert list(INDICATORS) == list(range(9))
    assert INDICATORS[4].name == "Identify"


def test_the_flags_have_the_bits_of_the_wire() -> None:
    assert [flag.value for flag in PacketFlags] == [1, 2, 4, 8, 16, 32]
