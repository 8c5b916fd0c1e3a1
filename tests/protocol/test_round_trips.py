"""Whatever fits a layout is encoded and decoded again, value for value and byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.protocol import bodies
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.gateway_commands import (
    GetGatewayProfile,
    Identify,
    SetGatewayProfile,
    StateRequest,
    decode_host_frame,
)
from racelink_core.protocol.gateway_messages import (
    Forwarded,
    GatewayFault,
    GatewayState,
    RadioChanged,
    RadioChangeReason,
    RejectReason,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
    UnknownMessage,
    decode_gateway_frame,
)
from racelink_core.protocol.radio_packet import OnAir, RadioPacket, parse_radio
from racelink_core.protocol.radio_profile_codec import WireProfile, decode_profile, encode_profile
from racelink_core.protocol.replies import Ack, ConfigReply, IdentifyReply, RadioProfileReply, StatusReply

U8 = st.integers(0, 255)
I8 = st.integers(-128, 127)
U16 = st.integers(0, 65535)
I16 = st.integers(-32768, 32767)
RGB = st.tuples(U8, U8, U8)
ADDRESS = st.binary(min_size=3, max_size=3).map(RadioAddress)
PROFILE = st.builds(WireProfile, st.integers(0, 2**32 - 1), U16, U8, U8, U8, I8, U16)
MAYBE_U8 = st.none() | U8
CHECKS = st.fixed_dictionaries(
    {"custom3": st.integers(0, 31), "check1": st.booleans(), "check2": st.booleans(), "check3": st.booleans()}
)


def control(shared: dict[str, int], **fields: object) -> bodies.Control:
    return bodies.Control(**fields, **shared)  # type: ignore[arg-type]


CONTROL = st.builds(
    control,
    shared=st.just({}) | CHECKS,
    group_id=U8,
    flags=U8,
    **dict.fromkeys(("brightness", "mode", "speed", "intensity", "custom1", "custom2", "palette"), MAYBE_U8),
    **{name: st.none() | RGB for name in ("color1", "color2", "color3")},
)
OFFSET = st.one_of(
    st.builds(bodies.Offset, U8, st.just(OffsetMode.NONE)),
    st.builds(bodies.Offset, U8, st.just(OffsetMode.EXPLICIT), offset_ms=U16),
    st.builds(bodies.Offset, U8, st.just(OffsetMode.LINEAR), base_ms=I16, step_ms=I16),
    st.builds(bodies.Offset, U8, st.just(OffsetMode.VSHAPE), base_ms=I16, step_ms=I16, center=U8),
    st.builds(bodies.Offset, U8, st.just(OffsetMode.MODULO), base_ms=I16, step_ms=I16, cycle=U8),
)
BODY = st.one_of(
    st.builds(bodies.GetDevices, U8, U8),
    st.builds(bodies.SetGroup, U8),
    st.builds(bodies.GetStatus, U8, U8),
    st.builds(bodies.Preset, U8, U8, U8, U8),
    st.builds(bodies.Config, U8, U8, U8, U8, U8),
    st.builds(bodies.GetConfig, U8),
    st.builds(bodies.Sync, st.integers(0, 2**24 - 1), U8, MAYBE_U8),
    st.builds(bodies.Stream, st.binary(max_size=200)),
    CONTROL,
    OFFSET,
    st.builds(bodies.Headless, U8, U8),
    st.builds(bodies.Indicate, U8, U8),
    st.builds(bodies.SetRadioProfile, PROFILE),
    st.builds(bodies.GetRadioProfile, U8),
)
MAC = st.binary(min_size=6, max_size=6).filter(any).map(Mac.from_bytes)
STATUS = st.builds(StatusReply, U8, U8, U8, U8, U16, I8, I8)
REPLY = st.one_of(
    st.builds(IdentifyReply, U8, U8, U8, st.none() | MAC),
    STATUS,
    st.builds(Ack, U8, U8, MAYBE_U8),
    st.builds(ConfigReply, U8, st.tuples(U8, U8, U8, U8)),
    st.builds(RadioProfileReply, PROFILE),
)
STATE = st.sampled_from(GatewayState)
MESSAGE = st.one_of(
    st.builds(StateChanged, STATE, st.none() | U16),
    st.builds(StateReport, STATE, st.none() | U16),
    st.just(TxDone()),
    st.builds(TxRejected, U8, st.sampled_from(RejectReason)),
    st.builds(RadioChanged, st.sampled_from(RadioChangeReason), PROFILE),
    st.builds(GatewayFault, st.binary(max_size=20).map(lambda raw: raw.decode("latin-1"))),
)


def test_every_opcode_of_the_host_has_a_body() -> None:
    assert sorted(bodies.BODY_TYPES) == list(range(0x01, 0x0F))


@given(ADDRESS, BODY)
def test_a_packet_for_the_radio_comes_back_from_its_frame(receiver: RadioAddress, body: bodies.Body) -> None:
    packet = RadioPacket(receiver, body)
    frame = packet.to_frame()
    assert frame[:2] == bytes((0, len(frame) - 2))
    assert RadioPacket.from_frame(frame[2:]) == packet
    assert bodies.decode_body(packet.opcode, body.to_bytes()) == body


@given(st.integers(0, 0x7F), st.binary(max_size=30))
def test_a_body_is_kept_to_the_byte_or_called_raw(opcode: int, raw: bytes) -> None:
    body = bodies.decode_body(opcode, raw)
    assert body.to_bytes() == raw


@given(ADDRESS, ADDRESS, REPLY, st.integers(-32768, 32767), I8)
def test_a_reply_comes_back_from_its_frame(
    sender: RadioAddress,
    receiver: RadioAddress,
    reply: IdentifyReply | StatusReply | Ack | ConfigReply | RadioProfileReply,
    rssi_dbm: int,
    snr_db: int,
) -> None:
    sent = Forwarded(sender, receiver, True, reply.OPCODE, reply.to_bytes(), rssi_dbm, snr_db)
    received = decode_gateway_frame(sent.to_frame()[2:])
    assert isinstance(received, Forwarded)
    assert received == sent
    assert received.reply == reply


@given(STATUS)
def test_an_older_status_has_no_config_byte(status: StatusReply) -> None:
    raw = status.to_bytes()
    older = StatusReply.from_bytes(raw[:1] + raw[2:])
    assert older.is_legacy
    assert older.config_byte == 0
    assert (older.brightness, older.node_snr_db) == (status.brightness, status.node_snr_db)
    assert older.to_bytes() == raw[:1] + raw[2:]


@given(MESSAGE)
def test_an_event_comes_back_from_its_frame(message: TxDone) -> None:
    decoded = decode_gateway_frame(message.to_frame()[2:])
    assert decoded.to_frame() == message.to_frame()
    assert type(decoded) is type(message)


@given(st.binary(max_size=64))
def test_whatever_a_gateway_sends_is_kept_to_the_byte(frame: bytes) -> None:
    message = decode_gateway_frame(frame)
    if frame and not isinstance(message, TxDone):
        assert message.to_frame()[2:] == frame


def test_codes_that_are_not_known_are_kept() -> None:
    assert decode_gateway_frame(b"\xf1\x55") == StateChanged(GatewayState.UNKNOWN, None, 0x55)
    assert decode_gateway_frame(b"\xf4\x08\x42") == TxRejected(8, RejectReason.UNKNOWN, 0x42)


@pytest.mark.parametrize("raw", ["f2 00", "f7 01 02", "f4 08", "f6 00", "f1", "81 12 34 56", "8f 01"])
def test_what_does_not_fit_is_an_unknown_message(raw: str) -> None:
    frame = bytes.fromhex(raw)
    assert decode_gateway_frame(frame) == UnknownMessage(frame[0], frame[1:])


def test_an_identify_reply_of_another_length_is_forwarded_unread() -> None:
    message = decode_gateway_frame(bytes.fromhex("81 123456 ffffff 81 020a00ac67b21234 c7ff 09"))
    assert isinstance(message, Forwarded)
    assert message.reply is None


def test_an_overheard_packet_of_another_master_is_no_reply() -> None:
    message = decode_gateway_frame(bytes.fromhex("01 778899 ffffff 01 020a00ac67b2123456 a8ff 03"))
    assert isinstance(message, Forwarded)
    assert not message.is_reply
    assert message.reply is None


@pytest.mark.parametrize(
    "command",
    [
        Identify(),
        StateRequest(),
        GetGatewayProfile(),
        SetGatewayProfile(True, WireProfile.of(DEFAULT_PROFILE)),
        SetGatewayProfile(False, WireProfile.of(DEFAULT_PROFILE)),
        SetGatewayProfile(False, WireProfile.of(DEFAULT_PROFILE), volatile_flag=3),
    ],
)
def test_a_gateway_command_comes_back_from_its_frame(command: Identify) -> None:
    assert decode_host_frame(command.to_frame()[2:]) == command


@pytest.mark.parametrize("raw", ["", "04", "05 12 34", "81 12 34 56 00", "f1 00"])
def test_a_gateway_ignores_what_is_neither_command_nor_packet(raw: str) -> None:
    assert decode_host_frame(bytes.fromhex(raw)) is None


def test_only_the_length_tells_a_command_from_a_packet() -> None:
    profile = WireProfile.of(DEFAULT_PROFILE)
    assert isinstance(decode_host_frame(bytes((2,)) + bytes(1) + encode_profile(profile)), SetGatewayProfile)
    assert decode_host_frame(bytes.fromhex("02 123456 01")) == RadioPacket(
        RadioAddress.parse("123456"), bodies.SetGroup(1)
    )


@given(ADDRESS, ADDRESS, st.booleans(), st.integers(0, 127), st.binary(max_size=22))
def test_a_packet_on_air_is_parsed_again(
    sender: RadioAddress, receiver: RadioAddress, is_reply: bool, opcode: int, body: bytes
) -> None:
    packet = OnAir(sender, receiver, is_reply, opcode, body)
    assert parse_radio(packet.to_bytes()) == packet


def test_a_packet_on_air_has_at_least_seven_bytes() -> None:
    with pytest.raises(MalformedPacket, match="at least 7"):
        parse_radio(bytes(6))


@given(PROFILE)
def test_a_radio_profile_is_kept_in_range_or_not(profile: WireProfile) -> None:
    assert decode_profile(encode_profile(profile)) == profile
    if profile.is_accepted:
        assert WireProfile.of(profile.to_profile()) == profile


def test_a_radio_profile_out_of_range_names_the_value() -> None:
    wrong = WireProfile(868_200_000, 1250, 13, 5, 0x12, 14, 8)
    assert not wrong.is_accepted
    with pytest.raises(InvalidValue, match="sf"):
        wrong.to_profile()
