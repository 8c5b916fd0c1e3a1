"""The document as text that a person can read, written without holding up anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from racelink_core.runtime.turns import Turns


def text_of(document: Mapping[str, Any]) -> str:
    """JSON with one blank of indentation per level. Record by record: all at once would take too long."""
    turns = Turns()
    frame = {name: value for name, value in document.items() if name != "parts"}
    parts = [f'  "{name}": {"".join(_part(value, turns))}' for name, value in document["parts"].items()]
    head = _dumped(frame, 0)[:-2]
    return f'{head},\n "parts": {{\n' + ",\n".join(parts) + "\n }\n}\n"


def _part(value: Any, turns: Turns) -> Iterator[str]:
    if not isinstance(value, list):
        yield _dumped(value, 2)
        return
    yield "["
    for number, record in enumerate(turns.between(value)):
        yield ("," if number else "") + "\n   " + _dumped(record, 3)
    yield "\n  ]" if value else "]"


def _dumped(value: Any, depth: int) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False).replace("\n", "\n" + " " * depth)
