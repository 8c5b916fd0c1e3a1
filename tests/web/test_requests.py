"""How bodies are read: what every route shares."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from flask import Flask
from pydantic import Field

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.snapshot import Snapshot
from racelink_core.web.failures import ApiFailure
from racelink_core.web.requests import Integer, Name, RequestBody, find_device, find_devices, read_body

APP = Flask("test")


class Body(RequestBody):
    number: Annotated[Integer, Field(ge=0, le=255)] = 7
    name: Name | None = None


def read(raw: bytes | str, content_type: str | None = "application/json") -> Body:
    with APP.test_request_context("/", method="POST", data=raw, content_type=content_type):
        return read_body(Body)


def refusal(raw: bytes | str, content_type: str | None = "application/json") -> ApiFailure:
    with pytest.raises(ApiFailure) as caught:
        read(raw, content_type)
    return caught.value


@pytest.mark.parametrize("raw", ["", "   ", "{}", '{"unknown": 1}'])
def test_an_empty_body_is_an_empty_object(raw: str) -> None:
    assert read(raw) == Body()


def test_a_missing_body_needs_no_content_type() -> None:
    assert read("", None) == Body()


@pytest.mark.parametrize("raw", ["{", "[]", "1", '"text"', "null", "[" * 100_000, b"\xff\xfe", '{"number": NaN}'])
def test_what_is_no_json_object_is_refused(raw: bytes | str) -> None:
    assert (refusal(raw).status, refusal(raw).code) == (400, "invalid_json")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_another_content_type_is_refused(content_type: str | None) -> None:
    assert refusal('{"number": 1}', content_type).status == 415


@pytest.mark.parametrize(("value", "number"), [("3", 3), ("3.0", 3), ('"3"', 3), ('" 12 "', 12), ("255", 255)])
def test_whole_numbers_are_taken_in_every_form(value: str, number: int) -> None:
    assert read(f'{{"number": {value}}}').number == number


@pytest.mark.parametrize(
    "value", ["true", "false", "1.5", "null", '"1.5"', '""', '"x"', "[]", "{}", "-1", "256", "1e400", "9" * 5000, '"٣"']
)
def test_everything_else_names_the_field(value: str) -> None:
    failure = refusal(f'{{"number": {value}}}')
    assert failure.status == 400
    if failure.code == "invalid_request":
        assert [entry["field"] for entry in failure.detail["fields"]] == ["number"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("  Gate 1 ", "Gate 1"), ("a\\u0000b\\nc", "abc"), ("\\ud800Gate", "Gate"), ("Tor ß 🚀", "Tor ß 🚀")],
)
def test_names_lose_what_would_break_a_line(given: str, kept: str) -> None:
    assert read(f'{{"name": "{given}"}}').name == kept


@pytest.mark.parametrize("name", ["", "  ", "\\n", "x" * 65])
def test_names_have_1_to_64_characters(name: str) -> None:
    assert refusal(f'{{"name": "{name}"}}').code == "invalid_request"


KNOWN = Snapshot(
    devices={Mac(text): Device(mac=Mac(text), name=text) for text in ("3C6105DA39AC", "3C6105C2FAC2", "A0B1C2C2FAC2")}
)


@pytest.mark.parametrize("text", ["3C6105DA39AC", "3c:61:05:da:39:ac", "DA39AC", "da-39-ac"])
def test_a_device_is_found_by_any_form_of_its_address(text: str) -> None:
    assert find_device(text, KNOWN) == "3C6105DA39AC"


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("C2FAC2", 400, "ambiguous_address"),
        ("FFFFFF", 400, "not_unicast"),
        ("FFFFFFFFFFFF", 400, "not_unicast"),
        ("12345", 400, "invalid_request"),
        ("XYZXYZ", 400, "invalid_request"),
        ("000000", 404, "not_found"),
        ("000000000000", 404, "not_found"),
    ],
)
def test_an_address_that_names_no_single_device_says_why(text: str, status: int, code: str) -> None:
    with pytest.raises(ApiFailure) as caught:
        find_device(text, KNOWN)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_an_ambiguous_address_lists_the_candidates() -> None:
    with pytest.raises(ApiFailure) as caught:
        find_device("C2FAC2", KNOWN)
    candidates: Any = caught.value.detail["candidates"]
    assert candidates == ["3C6105C2FAC2", "A0B1C2C2FAC2"]


def test_devices_named_twice_count_once() -> None:
    assert find_devices(("DA39AC", "3C6105DA39AC"), KNOWN) == ("3C6105DA39AC",)
