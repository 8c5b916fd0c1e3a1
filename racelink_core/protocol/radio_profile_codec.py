"""Radio settings as they travel: 12 bytes, of which not every value is one that a radio accepts.

Source: spec wire, section 15.1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from struct import Struct

from pydantic import ValidationError

from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.protocol.errors import MalformedPacket

_LAYOUT = Struct("<IHBBBbH")
PROFILE_BYTES = _LAYOUT.size


@dataclass(frozen=True, slots=True)
class WireProfile:
    """The seven values as found on the wire, in range or not.

    freq_hz u32, bw_khz_x10 u16, sf u8, cr_den u8, sync_word u8, tx_power_dbm i8, preamble u16 (symbols)
    """

    freq_hz: int
    bw_khz_x10: int
    sf: int
    cr_den: int
    sync_word: int
    tx_power_dbm: int
    preamble: int

    @classmethod
    def of(cls, profile: RadioProfile) -> WireProfile:
        return cls(
            profile.freq_hz,
            profile.bw_khz_x10,
            profile.sf,
            profile.cr_den,
            profile.sync_word,
            profile.tx_power_dbm,
            profile.preamble,
        )

    def to_profile(self) -> RadioProfile:
        """Raises InvalidValue when a gateway or node would refuse these values."""
        try:
            return RadioProfile.model_validate(asdict(self))
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidValue(f"radio profile, {first['loc'][0]}", str(first["msg"])) from error

    @property
    def is_accepted(self) -> bool:
        """Whether gateway and node would take these values."""
        try:
            self.to_profile()
        except InvalidValue:
            return False
        return True


def encode_profile(profile: WireProfile | RadioProfile) -> bytes:
    """12 bytes."""
    return _LAYOUT.pack(
        profile.freq_hz,
        profile.bw_khz_x10,
        profile.sf,
        profile.cr_den,
        profile.sync_word,
        profile.tx_power_dbm,
        profile.preamble,
    )


def decode_profile(raw: bytes) -> WireProfile:
    """Raises MalformedPacket unless there are exactly 12 bytes; values are not judged."""
    if len(raw) != PROFILE_BYTES:
        raise MalformedPacket("radio profile", f"{PROFILE_BYTES} bytes", raw)
    return WireProfile(*_LAYOUT.unpack(raw))
