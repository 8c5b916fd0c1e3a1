"""Presets and scenes that a race needs on the first day, in the form of an exported file. Loaded when asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def starter_set() -> dict[str, Any]:
    """Every key begins with `race_`, so that nothing of an operator's own is met."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("starter_set.json").read_text(encoding="utf-8"))
    return document
