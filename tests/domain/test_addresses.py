"""MACs and radio addresses: many spellings in, one form out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from racelink_core.domain.address import BROADCAST, ETHERNET_HOST, Mac, RadioAddress
from racelink_core.domain.device import Device, default_device_name
from racelink_core.domain.errors import InvalidValue


@pytest.mark.parametrize("text", ["AC67B2123456", "ac:67:b2:12:34:56", "AC-67-B2-12-34-56", " ac67.b212.3456 "])
def test_every_spelling_of_a_mac_becomes_the_same(text: str) -> None:
    assert Mac(text) == "AC67B2123456"
    assert Mac(text).radio_address == RadioAddress(b"\x12\x34\x56")


@pytest.mark.parametrize(
    "text", ["", "AC67B212345", "AC67B21234567", "AC67B212345G", "AC67B2_12345", "１２３４５６７８９０１２"]
)
def test_what_is_no_mac_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Mac(text)
    assert refused.value.field == "mac"
    assert repr(text) in str(refused.value)


@given(st.binary(min_size=6, max_size=6))
def test_a_mac_of_bytes_keeps_them(raw: bytes) -> None:
    mac = Mac.from_bytes(raw)
    assert bytes.fromhex(mac) == raw
    assert mac.radio_address == raw[3:]


@pytest.mark.parametrize("text", ["123456", "12:34:56", "ac67b2123456"])
def test_a_radio_address_is_read_from_six_digits_or_a_mac(text: str) -> None:
    assert str(RadioAddress.parse(text)) == "123456"


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345X"])
def test_what_is_no_radio_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        RadioAddress.parse(text)


def test_a_radio_address_has_three_bytes() -> None:
    with pytest.raises(InvalidValue, match="not 2"):
        RadioAddress(b"\x01\x02")


def test_only_all_ones_is_broadcast() -> None:
    assert BROADCAST.is_broadcast
    assert not RadioAddress(b"\xfe\xff\xff").is_broadcast
    assert bytes.fromhex("455448") == ETHERNET_HOST


def test_a_model_takes_any_spelling_and_writes_the_canonical_one() -> None:
    device = Device.model_validate({"mac": "ac:67:b2:12:34:56", "name": "Gate 1"})
    assert device.mac == Mac("AC67B2123456")
    assert isinstance(device.mac, Mac)
    assert device.model_dump(mode="json")["mac"] == "AC67B2123456"
    assert default_device_name(device.mac) == "WLED AC67B2123456"


@pytest.mark.parametrize("mac", ["nonsense", 7, None, True])
def test_a_model_refuses_what_is_no_mac(mac: object) -> None:
    with pytest.raises(ValidationError):
        Device.model_validate({"mac": mac, "name": "Gate 1"})
