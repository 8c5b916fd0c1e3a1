"""What operators write as an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.links.url import address_of, normalise, parse_pins, scheme_of


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/dev/ttyUSB0", "serial:///dev/ttyUSB0"),
        (" COM3 ", "serial://COM3"),
        ("serial:///dev/ttyACM0", "serial:///dev/ttyACM0"),
        ("SOCKET://box:4000", "socket://box:4000"),
        ("rfc2217://10.0.0.2:7000", "rfc2217://10.0.0.2:7000"),
        ("sim://club-8.json#AA:BB", "sim://club-8.json#AA:BB"),
    ],
)
def test_a_bare_device_means_serial(written: str, url: str) -> None:
    assert normalise(written) == url
    assert normalise(url) == url
    assert f"{scheme_of(written)}://{address_of(written)}" == url


@pytest.mark.parametrize(
    ("value", "pins"),
    [
        (None, ()),
        ("", ()),
        (" , ,", ()),
        (0, ()),
        ({"a": 1}, ()),
        ("/dev/ttyUSB0", ("serial:///dev/ttyUSB0",)),
        ("/dev/ttyUSB0, COM3,,", ("serial:///dev/ttyUSB0", "serial://COM3")),
        (["/dev/ttyUSB0", "", 5, None], ("serial:///dev/ttyUSB0",)),
        ('["/dev/ttyUSB0", "socket://a:1"]', ("serial:///dev/ttyUSB0", "socket://a:1")),
        ("[]", ()),
        ("[/dev/ttyUSB0", ("serial:///dev/ttyUSB0",)),
        ("/dev/ttyUSB0,serial:///dev/ttyUSB0", ("serial:///dev/ttyUSB0",)),
    ],
)
def test_pins_are_read_in_every_form_that_options_have_had(value: object, pins: tuple[str, ...]) -> None:
    assert parse_pins(value) == pins


@given(st.text() | st.lists(st.text()) | st.none() | st.integers())
def test_any_option_value_gives_urls_and_no_error(value: object) -> None:
    assert all("://" in pin for pin in parse_pins(value))
