"""What the host says to the gateway itself. Source: spec wire, sections 3.1 and 17."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.framing import encode_frame
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.radio_profile_codec import PROFILE_BYTES, WireProfile, decode_profile, encode_profile

_IDENTIFY = 0x01
_SET_PROFILE = 0x02
_GET_PROFILE = 0x03
_STATE_REQUEST = 0x7F


@dataclass(frozen=True, slots=True)
class Identify:
    """Answered by the unframed identity text."""

    def to_frame(self) -> bytes:
        return encode_frame(_IDENTIFY)


@dataclass(frozen=True, slots=True)
class StateRequest:
    """Answered by a StateReport."""

    def to_frame(self) -> bytes:
        return encode_frame(_STATE_REQUEST)


@dataclass(frozen=True, slots=True)
class GetGatewayProfile:
    """Answered by RadioChanged with the active settings."""

    def to_frame(self) -> bytes:
        return encode_frame(_GET_PROFILE)


@dataclass(frozen=True, slots=True)
class SetGatewayProfile:
    """Answered by RadioChanged. Persistent: stored, and the gateway restarts about 100 ms later.

    Volatile: applied at once and lost on restart; the radio hears nothing until it has transmitted once.
    volatile_flag  the byte that a volatile order carries, anything but 1; the host sends 0
    """

    persist: bool
    profile: WireProfile
    volatile_flag: int = 0

    def to_frame(self) -> bytes:
        flag = 1 if self.persist else self.volatile_flag
        return encode_frame(_SET_PROFILE, bytes((flag,)) + encode_profile(self.profile))


GatewayCommand = Identify | StateRequest | GetGatewayProfile | SetGatewayProfile

_WITHOUT_DATA: dict[bytes, GatewayCommand] = {
    bytes((_IDENTIFY,)): Identify(),
    bytes((_GET_PROFILE,)): GetGatewayProfile(),
    bytes((_STATE_REQUEST,)): StateRequest(),
}


def decode_host_frame(frame: bytes) -> GatewayCommand | RadioPacket | None:
    """Takes TYPE and DATA, as a gateway does: only the length tells commands from packets.

    None for what a gateway ignores without a reply.
    """
    command = _WITHOUT_DATA.get(frame)
    if command is not None:
        return command
    if len(frame) == 2 + PROFILE_BYTES and frame[0] == _SET_PROFILE:
        flag = frame[1]
        return SetGatewayProfile(flag == 1, decode_profile(frame[2:]), 0 if flag == 1 else flag)
    try:
        return RadioPacket.from_frame(frame)
    except MalformedPacket:
        return None
