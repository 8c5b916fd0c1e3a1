"""What a gateway says: packets that it heard, and events of its own. Source: spec wire, sections 3.2 and 16.

Every message has `to_frame()`, the whole USB frame; `decode_gateway_frame` reads the TYPE and DATA of one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from struct import Struct

from racelink_core.domain.address import RadioAddress
from racelink_core.protocol.framing import encode_frame
from racelink_core.protocol.radio_packet import DIRECTION_TO_MASTER, HEADER_BYTES, OnAir
from racelink_core.protocol.radio_profile_codec import PROFILE_BYTES, WireProfile, decode_profile, encode_profile
from racelink_core.protocol.replies import Reply, decode_reply

_METRICS = Struct("<hb")
_EVENTS = range(0xF0, 0xF8)


class GatewayState(IntEnum):
    """RX is not used by current gateways, ERROR never sent. UNKNOWN is the host's own: nothing was reported yet."""

    IDLE = 0
    TX = 1
    RX_WINDOW = 2
    RX = 3
    ERROR = 0xFE
    UNKNOWN = 0xFF


class RejectReason(IntEnum):
    """TXPENDING: the slot is occupied. UNKNOWN: a second stream, or one too long; also codes that we do not know."""

    TXPENDING = 1
    OVERSIZE = 2
    ZEROLEN = 3
    UNKNOWN = 0xFF


class RadioChangeReason(IntEnum):
    """Why a gateway reports its radio settings. UNKNOWN stands for codes we do not know."""

    OK = 0
    REJECTED_RANGE = 1
    REJECTED_CRC = 2
    NVS_FAIL = 3
    UNKNOWN = 0xFF


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A packet that the gateway heard, with the strength it was heard at.

    is_reply  False: overheard from another master, not an answer to us
    reply     the body as a typed reply, or None: overheard, unknown or malformed
    """

    sender: RadioAddress
    receiver: RadioAddress
    is_reply: bool
    opcode: int
    body: bytes
    rssi_dbm: int
    snr_db: int
    reply: Reply | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reply", decode_reply(self.opcode, self.body) if self.is_reply else None)

    def to_frame(self) -> bytes:
        packet = OnAir(self.sender, self.receiver, self.is_reply, self.opcode, self.body)
        return encode_frame(packet.type_byte, packet.to_bytes() + _METRICS.pack(self.rssi_dbm, self.snr_db))


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Sent once per change. `window_ms` only with RX_WINDOW; `code` is the byte of a state that we do not know."""

    state: GatewayState
    window_ms: int | None = None
    code: int | None = None

    def to_frame(self) -> bytes:
        return encode_frame(0xF1, _state_bytes(self))


@dataclass(frozen=True, slots=True)
class StateReport:
    """The answer to STATE_REQUEST; fields as in StateChanged."""

    state: GatewayState
    window_ms: int | None = None
    code: int | None = None

    def to_frame(self) -> bytes:
        return encode_frame(0xF5, _state_bytes(self))


@dataclass(frozen=True, slots=True)
class TxDone:
    """One radio packet is out. It does not say which."""

    def to_frame(self) -> bytes:
        return encode_frame(0xF3, b"\x01")


@dataclass(frozen=True, slots=True)
class TxRejected:
    """The packet with this type byte was not accepted. `code` is the byte of a reason that we do not know."""

    type_byte: int
    reason: RejectReason
    code: int | None = None

    def to_frame(self) -> bytes:
        return encode_frame(0xF4, bytes((self.type_byte, self.reason if self.code is None else self.code)))


@dataclass(frozen=True, slots=True)
class RadioChanged:
    """The answer to reading or writing the gateway's radio settings: those that are active now.

    `code` is the byte of a reason that we do not know.
    """

    reason: RadioChangeReason
    profile: WireProfile
    code: int | None = None

    def to_frame(self) -> bytes:
        code = self.reason if self.code is None else self.code
        return encode_frame(0xF6, bytes((code,)) + encode_profile(self.profile))


@dataclass(frozen=True, slots=True)
class GatewayFault:
    """Reserved; current gateways never send it. `text` may be empty, one character per byte."""

    text: str

    def to_frame(self) -> bytes:
        return encode_frame(0xF0, self.text.encode("latin-1"))


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A frame of a type or shape that we do not know. It is counted and ignored."""

    type_byte: int
    data: bytes

    def to_frame(self) -> bytes:
        return encode_frame(self.type_byte, self.data)


GatewayMessage = (
    Forwarded | StateChanged | StateReport | TxDone | TxRejected | RadioChanged | GatewayFault | UnknownMessage
)


def decode_gateway_frame(frame: bytes) -> GatewayMessage:
    """Takes TYPE and DATA. Never raises; what does not fit is an UnknownMessage."""
    size = len(frame)
    if size >= 11 and frame[0] == frame[7] and frame[0] not in _EVENTS:
        type_byte = frame[0]
        rssi_dbm, snr_db = _METRICS.unpack_from(frame, size - 3)
        return Forwarded(
            _address(frame[1:4]),
            _address(frame[4:7]),
            type_byte >= DIRECTION_TO_MASTER,
            type_byte & 0x7F,
            frame[1 + HEADER_BYTES : size - 3],
            rssi_dbm,
            snr_db,
        )
    if not size:
        return UnknownMessage(0, b"")
    decode = _EVENT_DECODERS.get(frame[0])
    message = decode(frame[1:]) if decode is not None else None
    return message or UnknownMessage(frame[0], frame[1:])


def _state_bytes(message: StateChanged | StateReport) -> bytes:
    code = message.state if message.code is None else message.code
    window = b"" if message.window_ms is None else message.window_ms.to_bytes(2, "little")
    return bytes((code,)) + window


_STATES = {state.value: state for state in GatewayState}
_REJECT_REASONS = {reason.value: reason for reason in RejectReason}
_CHANGE_REASONS = {reason.value: reason for reason in RadioChangeReason}


def _state_fields(data: bytes) -> tuple[GatewayState, int | None, int | None] | None:
    if len(data) not in (1, 3):
        return None
    state = _STATES.get(data[0])
    window_ms = data[1] | data[2] << 8 if len(data) == 3 else None
    return (GatewayState.UNKNOWN, window_ms, data[0]) if state is None else (state, window_ms, None)


def _state_changed(data: bytes) -> StateChanged | None:
    fields = _state_fields(data)
    return StateChanged(*fields) if fields else None


def _state_report(data: bytes) -> StateReport | None:
    fields = _state_fields(data)
    return StateReport(*fields) if fields else None


def _tx_done(data: bytes) -> TxDone:
    return _TX_DONE


def _tx_rejected(data: bytes) -> TxRejected | None:
    if len(data) != 2:
        return None
    reason = _REJECT_REASONS.get(data[1])
    return TxRejected(data[0], RejectReason.UNKNOWN, data[1]) if reason is None else TxRejected(data[0], reason)


def _radio_changed(data: bytes) -> RadioChanged | None:
    if len(data) != 1 + PROFILE_BYTES:
        return None
    reason, profile = _CHANGE_REASONS.get(data[0]), decode_profile(data[1:])
    return (
        RadioChanged(RadioChangeReason.UNKNOWN, profile, data[0]) if reason is None else RadioChanged(reason, profile)
    )


def _fault(data: bytes) -> GatewayFault:
    return GatewayFault(data.decode("latin-1"))


_TX_DONE = TxDone()
_EVENT_DECODERS: dict[int, Callable[[bytes], GatewayMessage | None]] = {
    0xF0: _fault,
    0xF1: _state_changed,
    0xF3: _tx_done,
    0xF4: _tx_rejected,
    0xF5: _state_report,
    0xF6: _radio_changed,
}


@lru_cache(maxsize=1024)
def _address(raw: bytes) -> RadioAddress:
    return RadioAddress(raw)
