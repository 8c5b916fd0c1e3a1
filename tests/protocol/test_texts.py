"""The identity text of a gateway, and what a startblock shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.identity import GatewayIdentity, find_identity, identity_text
from racelink_core.protocol.startblock import StartblockProgram, clean_channel, clean_name

MAC = Mac("10B1C25A017F")


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_the_identity_is_found_between_events_and_noise(before: bytes, behind: bytes) -> None:
    assert find_identity(before + identity_text(MAC) + behind) == GatewayIdentity("RaceLink_Gateway_v4", 4, MAC)


@pytest.mark.parametrize("version", [3, 4, 5, 12])
def test_another_version_is_recognised_as_such(version: int) -> None:
    found = find_identity(identity_text(MAC, version))
    assert found == GatewayIdentity(f"RaceLink_Gateway_v{version}", version, MAC)


@pytest.mark.parametrize("text", [b"", b"RaceLink_Gateway_v4", identity_text(MAC)[:-1], b"ESP-ROM:esp32s3"])
def test_anything_else_is_no_gateway(text: bytes) -> None:
    assert find_identity(text) is None


def test_the_identity_has_36_bytes() -> None:
    assert len(identity_text(MAC)) == 36


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Jörg Müßig", "JOERG MUESSIG"),
        ("  a   b  ", "A B"),
        ("Zoé & Co.", "ZOE CO."),
        ("äöüß ÄÖÜẞ", "AEOEUESS AEOEUESS"),
        ("Jo\u0308rg", "JOERG"),
        ("Łukasz Øyvind Ærø Đorđe", "LUKASZ OYVIND AERO DORDE"),
        ("Françoise Šárka Ñandú", "FRANCOISE SARKA NANDU"),
        ("ﬁn\u0000ish\t1", "FIN ISH 1"),
        ("x_1-2+3", "X_1-2+3"),
        ("飛", ""),
        ("a" * 40, "A" * 32),
        ("a" * 31 + " b", "A" * 31),
    ],
)
def test_a_name_becomes_what_the_display_can_show(typed: str, shown: str) -> None:
    assert clean_name(typed) == shown


@pytest.mark.parametrize(("typed", "shown"), [("r1", "R1"), ("", "--"), ("F", "F-"), ("é1", "-1"), ("R10", "R1")])
def test_a_channel_has_two_characters(typed: str, shown: str) -> None:
    assert clean_channel(typed) == shown


@given(st.integers(1, 8), st.text(max_size=4), st.text(max_size=60))
def test_a_program_survives_the_padding_of_the_radio(slot: int, channel: str, name: str) -> None:
    program = StartblockProgram.of(slot, channel, name)
    assert StartblockProgram.from_payload(program.to_payload() + bytes(7)) == program


@pytest.mark.parametrize("payload", ["", "01015231", "0101523102 41"])
def test_a_program_that_is_cut_off_is_refused(payload: str) -> None:
    with pytest.raises(MalformedPacket):
        StartblockProgram.from_payload(bytes.fromhex(payload))
