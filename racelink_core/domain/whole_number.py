"""What counts as a whole number in JSON from outside. Source: spec http-api, section 1."""

from __future__ import annotations

import re


def whole_number(value: object) -> int | None:
    """JSON integers, integral numbers and digit strings; None for booleans, fractions, null and the rest."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
