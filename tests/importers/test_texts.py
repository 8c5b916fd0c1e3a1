"""Text becomes values: JSON like the library's, literals like Python's, and nothing else."""

from __future__ import annotations

import ast
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.state.importers.texts import NotReadable, value_of

_PLAIN = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    _PLAIN | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@given(_VALUES)
def test_json_reads_as_the_library_reads_it(value: Any) -> None:
    wrapped = [value]
    assert value_of(json.dumps(wrapped)) == wrapped


@given(st.lists(_VALUES, max_size=5), st.sampled_from([None, 2]))
def test_long_json_reads_the_same_in_slices(values: list[Any], indent: int | None) -> None:
    document = {"filler": ["x" * 40_000], "values": values, "nested": {"again": values}}
    assert value_of(json.dumps(document, indent=indent)) == document


@given(st.lists(_VALUES, min_size=1, max_size=4))
def test_literals_read_as_python_reads_them(values: list[Any]) -> None:
    text = repr(values)
    assert value_of(text) == ast.literal_eval(text)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    with suppress(NotReadable):
        value_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" + "'x'," * 20_000,
        '{"a": [' + "1," * 40_000 + "null,]}",
        "[" * 40_000,
        '{"a" 1}' + " " * 40_000,
        "[1 2]",
        "{1}",
        "open('x')",
        "1 + 1",
        "(" * 40 + ")" * 40,
        "f'{1}'",
        "b'x'",
        "{[]: 1}",
        "[1, -]",
        "'a' 'b'",
        "lambda: 1",
    ],
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        value_of(text)
