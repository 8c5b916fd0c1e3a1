"""Cutting byte streams into frames: any cut, any noise, bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.framing import FrameDecoder, GatewayFrameDecoder, encode_frame
from racelink_core.protocol.gateway_commands import decode_host_frame
from racelink_core.protocol.gateway_messages import decode_gateway_frame

GOOD = bytes.fromhex("000efe1234565a017ffe020000c4ff09")
NOISE = st.binary(max_size=300)
FRAMES = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=63)), min_size=1, max_size=6)
WITHOUT_ZERO = st.lists(st.integers(1, 255), max_size=200).map(bytes)


def fed_in_pieces(decoder: FrameDecoder | GatewayFrameDecoder, stream: bytes, cuts: list[int]) -> list[bytes]:
    frames: list[bytes] = []
    at = 0
    for cut in [*sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]:
        frames += decoder.feed(stream[at:cut])
        at = max(at, cut)
    return frames


def test_a_frame_survives_every_way_of_cutting_the_stream() -> None:
    for cut in range(len(GOOD) + 1):
        decoder = FrameDecoder()
        assert decoder.feed(GOOD[:cut]) + decoder.feed(GOOD[cut:]) == [GOOD[2:]]


def test_boot_messages_of_the_gateway_are_skipped_and_counted() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"rst:0x1 (POWERON)\r\n" + GOOD) == [GOOD[2:]]
    assert decoder.dropped_bytes == 19


def test_zeros_before_a_frame_are_taken_as_its_start_byte() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(bytes(5) + GOOD) == [GOOD[2:]]
    assert decoder.dropped_bytes == 5


def test_a_length_that_no_gateway_sends_is_a_loss_of_the_beat() -> None:
    assert FrameDecoder().feed(b"\x00\x41" + GOOD) == [GOOD[2:]]


def test_frames_are_cut_wherever_a_zero_stands_in_their_data() -> None:
    stream = encode_frame(0x09, bytes(40)) + GOOD
    assert FrameDecoder().feed(stream) == [b"\x09" + bytes(40), GOOD[2:]]


def test_silence_drops_an_unfinished_frame_and_the_next_one_is_found() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(GOOD[:9]) == []
    assert decoder.has_partial
    decoder.forget_partial()
    assert not decoder.has_partial
    assert decoder.dropped_bytes == 9
    assert decoder.feed(GOOD) == [GOOD[2:]]


@given(NOISE, st.lists(st.integers(0, 1000), max_size=10))
def test_any_bytes_cut_anywhere_are_taken_without_growing(noise: bytes, cuts: list[int]) -> None:
    decoder = FrameDecoder()
    frames = fed_in_pieces(decoder, noise, cuts)
    for frame in frames:
        decode_gateway_frame(frame)
        decode_host_frame(frame)
    taken = sum(len(frame) + 2 for frame in frames)
    assert 0 <= len(noise) - taken - decoder.dropped_bytes < 66


@given(NOISE, st.lists(st.integers(0, 1000), max_size=10))
def test_the_cuts_do_not_change_what_is_found(noise: bytes, cuts: list[int]) -> None:
    for kind in (FrameDecoder, GatewayFrameDecoder):
        assert fed_in_pieces(kind(), noise, cuts) == kind().feed(noise)


@given(NOISE)
def test_a_good_frame_after_noise_and_silence_is_found(noise: bytes) -> None:
    for decoder in (FrameDecoder(), GatewayFrameDecoder()):
        decoder.feed(noise)
        decoder.forget_partial()
        assert decoder.feed(GOOD) == [GOOD[2:]]


@given(WITHOUT_ZERO)
def test_a_good_frame_after_noise_without_zeros_needs_no_silence(noise: bytes) -> None:
    assert FrameDecoder().feed(noise + GOOD) == [GOOD[2:]]


@given(NOISE)
def test_without_silence_good_frames_are_found_once_the_longest_frame_has_passed(noise: bytes) -> None:
    found = FrameDecoder().feed(noise + GOOD * 12)
    assert GOOD[2:] in found


@given(FRAMES)
def test_what_was_encoded_is_cut_out_again(frames: list[tuple[int, bytes]]) -> None:
    stream = b"".join(encode_frame(type_byte, data) for type_byte, data in frames)
    expected = [bytes((type_byte,)) + data for type_byte, data in frames]
    assert FrameDecoder().feed(stream) == expected
    assert GatewayFrameDecoder().feed(stream) == expected


@pytest.mark.parametrize("length", [0, 255])
def test_a_gateway_consumes_an_impossible_length_and_starts_nothing_with_it(length: int) -> None:
    assert GatewayFrameDecoder().feed(bytes((0, length, 1, 0x7F))) == []
    assert GatewayFrameDecoder().feed(bytes((0, length)) + GOOD) == [GOOD[2:]]


def test_a_frame_has_room_for_253_data_bytes() -> None:
    longest = encode_frame(7, bytes(253))
    assert GatewayFrameDecoder().feed(longest) == [longest[2:]]
    with pytest.raises(MalformedPacket):
        encode_frame(7, bytes(254))
