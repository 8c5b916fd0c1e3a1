"""The golden vectors, in both directions, and proof that the comparison can fail."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from racelink_core.standalone.wire_vectors import differences

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "wire-vectors.json").read_text())


def test_the_file_holds_all_vectors() -> None:
    assert len(VECTORS) == 219


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_passes_in_both_directions(vector: dict[str, Any]) -> None:
    assert differences(vector) == []


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_wrong_field_is_noticed(vector: dict[str, Any]) -> None:
    for changed in [*with_one_field_changed(vector["fields"])]:
        assert differences({**vector, "fields": changed}) != []


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_wrong_byte_is_noticed_wherever_it_is(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["hex"])
    for at in range(len(raw)):
        broken = raw[:at] + bytes((raw[at] ^ 0x01,)) + raw[at + 1 :]
        assert differences({**vector, "hex": broken.hex()}) != []


@pytest.mark.parametrize("field", ["lora_hex", "lora_packets"])
def test_wrong_bytes_on_air_are_noticed(field: str) -> None:
    for vector in VECTORS:
        if vector.get(field):
            assert differences({**vector, field: "00" if field == "lora_hex" else []}) != []


@pytest.mark.parametrize("vector", [None, 7, {}, {"hex": "zz"}, {"hex": "", "direction": "", "fields": {}}])
def test_what_is_no_vector_fails_and_does_not_crash(vector: object) -> None:
    assert differences(vector) != []


def with_one_field_changed(fields: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, value in fields.items():
        if isinstance(value, dict):
            found += [{**fields, name: changed} for changed in with_one_field_changed(value)]
        else:
            found.append({**copy.deepcopy(fields), name: changed_value(value)})
    return found


def changed_value(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1
    return 1 if value is None else f"{value}0"
