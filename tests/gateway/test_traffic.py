"""What is kept of the frames, and what counts as on air."""

from __future__ import annotations

from racelink_core.domain.address import BROADCAST
from racelink_core.gateway.traffic import AUTOSYNC_BYTES, Frame, OnAir, Traffic
from racelink_core.protocol.bodies import Control, Stream
from racelink_core.protocol.radio_packet import RadioPacket
from tests.gateway.bench import Bench


def filled(count: int, kept: int = 10) -> Traffic:
    traffic = Traffic(kept)
    for number in range(1, count + 1):
        traffic.received("gateway", bytes((number,)), float(number))
    return traffic


def numbers(frames: tuple[Frame, ...]) -> list[int]:
    return [frame.number for frame in frames]


def test_frames_are_read_on_from_the_last_one_seen() -> None:
    traffic = filled(7)
    assert numbers(traffic.after(0, 3)) == [1, 2, 3]
    assert numbers(traffic.after(3, 100)) == [4, 5, 6, 7]
    assert traffic.after(7, 100) == ()
    assert numbers(traffic.newest(2)) == [6, 7]
    assert numbers(traffic.newest(100)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_reader_who_was_too_slow_is_told_how_much_is_gone() -> None:
    traffic = filled(25)
    assert numbers(traffic.after(0, 100)) == list(range(16, 26))
    assert [traffic.missed_since(number) for number in (0, 10, 15, 16, 25, 99)] == [15, 5, 0, 0, 0, 0]


def test_nothing_is_there_before_the_first_frame() -> None:
    traffic = Traffic()
    assert (traffic.after(0, 5), traffic.newest(5), traffic.missed_since(0), traffic.last_number) == ((), (), 0, 0)


def test_every_frame_of_a_session_is_kept_under_its_gateway_once_that_is_known(bench: Bench) -> None:
    session = bench.open()
    session.send(RadioPacket(BROADCAST, Control(255, 0, brightness=7)))
    frames = session.traffic.newest(100)
    assert frames[0].gateway == bench.port.url
    assert frames[-1].gateway == session.identity.mac
    sent = [frame for frame in frames if frame.is_to_gateway and frame.content[1:4] == BROADCAST]
    assert len(sent) == 1
    assert frames[-1].at_s >= sent[0].at_s
    assert any(not frame.is_to_gateway and frame.content == b"\xf3\x01" for frame in frames)


def test_each_packet_that_is_out_counts_once_with_its_length_on_air(bench: Bench) -> None:
    out: list[OnAir] = []
    session = bench.open()
    session.traffic.on_air = out.append
    control = RadioPacket(BROADCAST, Control(255, 0, brightness=7))
    assert session.send(control).ok
    assert [(each.length, each.packet) for each in out] == [(control.radio_lengths()[0], control)]
    assert out[0].gateway == session.identity.mac
    stream = RadioPacket(BROADCAST, Stream(bytes(20)))
    out.clear()
    assert session.send(stream).ok
    assert [each.length for each in out] == list(stream.radio_lengths())
    assert [each.is_last for each in out] == [False] * (len(out) - 1) + [True]


def test_what_the_gateway_sends_by_itself_counts_as_its_own_sync(bench: Bench) -> None:
    out: list[OnAir] = []
    session = bench.open()
    session.traffic.on_air = out.append
    bench.gateway.transmit()
    session.catch_up()
    assert [(each.length, each.packet) for each in out] == [(AUTOSYNC_BYTES, None)]
