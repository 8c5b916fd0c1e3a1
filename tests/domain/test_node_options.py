"""The catalogue of node options: ranges, bytes, flat keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.node_options import PROPERTIES, NodeProperty, Segment
from racelink_core.domain.special_functions import Variable, coerced
from racelink_core.domain.specials import (
    CATALOGUE,
    UnsupportedFunction,
    UnsupportedOption,
    expected_specials,
    find_function,
    find_property,
)

BY_KEY = {each.key: each for each in PROPERTIES}
WLED, STARTBLOCK, UNKNOWN = (
    Device(mac=Mac(f"AAAAAAAAAA{number:02d}"), name=f"Lamp {number}", dev_type=number) for number in (11, 50, 99)
)


@pytest.mark.parametrize(
    ("key", "option", "value", "data"),
    [
        ("wled_fps", 0x05, 250, (250, 0, 0, 0)),
        ("wled_seg0", 0x06, Segment(1, 300), (1, 0, 0x2C, 1)),
        ("wled_seg1", 0x07, Segment(0, 0), (0, 0, 0, 0)),
        ("wled_abl_ma", 0x08, 65535, (255, 255, 0, 0)),
        ("wled_bri", 0x09, 0, (0, 0, 0, 0)),
        ("wled_transition_ms", 0x0A, 700, (0xBC, 2, 0, 0)),
        ("startblock_slots", 0x8C, 8, (8, 0, 0, 0)),
        ("startblock_first_slot", 0x8D, 1, (1, 0, 0, 0)),
    ],
)
def test_a_property_travels_as_the_node_expects_it(key, option, value, data):
    prop = BY_KEY[key]
    assert prop.option == option
    assert prop.to_data(prop.checked(value)) == data
    assert prop.from_data(data) == value
    assert prop.stored_in(prop.to_flat(value)) == value


@given(st.sampled_from(PROPERTIES), st.data())
def test_every_value_in_range_survives_the_way_to_the_node_and_back(prop: NodeProperty, data):
    numbers = st.integers(prop.minimum, prop.maximum)
    value = data.draw(numbers if prop.shape == "scalar" else st.builds(Segment, numbers, numbers))
    assert prop.from_data(prop.to_data(prop.reported(value))) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("wled_fps", 251),
        ("wled_fps", -1),
        ("wled_fps", Segment(0, 10)),
        ("wled_abl_ma", 65536),
        ("wled_abl_ma", 10**4000),
        ("wled_seg0", 7),
        ("wled_seg0", Segment(5, 5)),
        ("wled_seg0", Segment(0, 0)),
        ("wled_seg0", Segment(9, 3)),
        ("wled_seg1", Segment(4, 4)),
        ("wled_seg1", Segment(0, 65536)),
        ("startblock_slots", 0),
        ("startblock_first_slot", 9),
    ],
)
def test_what_a_node_cannot_hold_is_refused_in_a_short_sentence(key, value):
    with pytest.raises(InvalidValue) as refused:
        BY_KEY[key].checked(value)
    assert refused.value.field == "value"
    assert len(str(refused.value)) < 200


def test_a_property_belongs_to_the_devices_that_have_its_capability():
    assert find_property(STARTBLOCK, "startblock_slots").option == 0x8C
    assert find_property(STARTBLOCK, "wled_fps").option == 0x05
    for device, key in ((WLED, "startblock_slots"), (UNKNOWN, "wled_fps"), (WLED, "wled_reset_overrides"), (WLED, "")):
        with pytest.raises(UnsupportedOption):
            find_property(device, key)


def test_functions_are_found_by_their_older_name_too():
    assert find_function(WLED, "wled_control").key == find_function(WLED, "rl_preset").key == "rl_preset"
    for device, key in ((WLED, "startblock_control"), (UNKNOWN, "wled_preset"), (WLED, "\x00" * 500)):
        with pytest.raises(UnsupportedFunction) as refused:
            find_function(device, key)
        assert "\x00" not in str(refused.value)


def test_what_a_device_should_have_is_what_is_stored_or_what_a_fresh_node_has():
    assert expected_specials(UNKNOWN) == {}
    assert expected_specials(WLED) == {"wled_fps": 75, "wled_abl_ma": 0, "wled_bri": 128, "wled_transition_ms": 700}
    stored = {
        "wled_fps": 30,
        "wled_bri": 999,
        "wled_seg0_start": 2,
        "wled_seg0_stop": 9,
        "wled_seg1_start": 4,
        "old": 1,
    }
    assert expected_specials(WLED.model_copy(update={"specials": stored})) == {
        "wled_fps": 30,
        "wled_abl_ma": 0,
        "wled_bri": 128,
        "wled_transition_ms": 700,
        "wled_seg0_start": 2,
        "wled_seg0_stop": 9,
    }
    assert expected_specials(STARTBLOCK)["startblock_slots"] == 1


def test_the_catalogue_names_every_capability_and_no_key_twice():
    assert set(CATALOGUE) == {"WLED", "STARTBLOCK", "LEDMATRIX"}
    assert CATALOGUE["LEDMATRIX"].properties == CATALOGUE["LEDMATRIX"].functions == ()
    flat = [key for each in PROPERTIES for key in each.flat_keys]
    assert len(flat) == len(set(flat))


FORM = (Variable("tint", "Tint", "color"), Variable("on", "On", "toggle"), Variable("size", "Size", "slider", 1, 9))


@pytest.mark.parametrize(
    ("given_params", "understood"),
    [
        ({"tint": "#0a0Bff"}, {"tint": (10, 11, 255)}),
        ({"tint": [1, "2", 3.0]}, {"tint": (1, 2, 3)}),
        ({"tint": {"r": 1, "g": 2, "b": 3, "a": 9}}, {"tint": (1, 2, 3)}),
        ({"on": True}, {"on": True}),
        ({"on": 0}, {"on": False}),
        ({"on": 2.5}, {"on": True}),
        ({"on": " YES "}, {"on": True}),
        ({"on": "off"}, {"on": False}),
        ({"size": " 9 ", "unknown": []}, {"size": 9}),
        ({}, {}),
    ],
)
def test_parameters_are_taken_in_every_form_that_a_widget_sends(given_params, understood):
    assert coerced(FORM, given_params) == understood


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("tint", value) for value in ("red", "#12345", "#0a0Bffff", [1, 2], [1, 2, 3, 4], [1, 2, 256], [1, 2, None])),
        *(("tint", value) for value in ({"r": 1, "g": 2}, {"r": 1, "g": 2, "b": "x"}, 7, None, True)),
        *(("on", value) for value in ("maybe", "", None, [], {}, "\x00on")),
        *(("size", value) for value in (0, 10, 1.5, True, None, "", "1e1", [], "\x001", 10**4000)),
    ],
)
def test_a_parameter_of_another_form_is_named(name, value):
    with pytest.raises(InvalidValue) as refused:
        coerced(FORM, {name: value})
    assert refused.value.field == f"params.{name}"
    assert len(str(refused.value)) < 200
