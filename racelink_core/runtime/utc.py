"""Moments as they are stored: UTC, whole seconds."""

from __future__ import annotations

import time


def utc_text(unix_s: float) -> str:
    """As in 2026-01-02T03:04:05Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s))
