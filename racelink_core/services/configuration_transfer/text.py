"""The document as text that a person can read, written without holding up anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from racelink_core.runtime.turns import Turns

_WIDTH = 110
"""Characters of a line that is not broken up."""
_FRAME_DEPTH = 3
"""Records begin here. What is around them is never looked at as a whole, which would take too long."""


def text_of(document: Mapping[str, Any]) -> str:
    """JSON, indented by two blanks; what is short stays on one line."""
    return "".join(_pieces(document, Turns())) + "\n"


def _pieces(value: Any, turns: Turns, depth: int = 0) -> Iterator[str]:
    turns.give_way_if_long()
    if depth >= _FRAME_DEPTH or not value or not _has_parts(value):
        whole = json.dumps(value, ensure_ascii=False)
        if 2 * depth + len(whole) <= _WIDTH or not _has_parts(value):
            yield whole
            return
    is_object, inner, comma = isinstance(value, dict), "  " * (depth + 1), ""
    yield "{" if is_object else "["
    for name, part in value.items() if is_object else enumerate(value):
        yield f"{comma}\n{inner}"
        if is_object:
            yield f"{json.dumps(name, ensure_ascii=False)}: "
        yield from _pieces(part, turns, depth + 1)
        comma = ","
    yield "\n" + "  " * depth + ("}" if is_object else "]")


def _has_parts(value: Any) -> bool:
    """A list of plain values stays on its line: one for each number helps nobody."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value))
