"""Stored scenes that this version cannot read: they stay visible, and what lies in the database stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.state.rows import StoredRow

CODE = "unreadable"
_LONGEST_ID = 9


def stand_in_for(row: StoredRow, problem: str, taken_keys: Collection[str]) -> Scene | None:
    """A scene that shows what can be told of the row; None if not even its id makes sense."""
    if not row.id.isascii() or not row.id.isdigit() or len(row.id) > _LONGEST_ID or str(int(row.id)) != row.id:
        return None
    document = _document(row)
    key = document.get("key")
    if not isinstance(key, str) or not re.fullmatch("[a-z0-9_]{1,64}", key) or key in taken_keys:
        key = f"unreadable_{row.id}"
    label = document.get("label")
    named = label.strip()[:64].strip() if isinstance(label, str) else ""
    try:
        return Scene(
            id=int(row.id),
            key=key,
            label=named or f"Scene {row.id}",
            broken=BrokenActions(raw=document.get("actions"), problem=problem, code=CODE),
        )
    except ValidationError:
        return None


def _document(row: StoredRow) -> dict[str, Any]:
    try:
        value = json.loads(row.document) if isinstance(row.document, bytes) else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
