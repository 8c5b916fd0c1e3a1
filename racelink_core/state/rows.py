"""What travels between the hub and the native thread: rows as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class RowChange(NamedTuple):
    """`document` None deletes the row. `keeps_unreadable`: what lies there cannot be read and is set aside first."""

    table: str
    id: str
    document: str | None
    keeps_unreadable: bool = False


class StoredRow(NamedTuple):
    """As it lies in the file: `document` is bytes for text, anything in a damaged row."""

    id: str
    document: Any


Contents = Mapping[str, Sequence[StoredRow]]
"""All rows by table, in the order in which they were added."""
