"""What an older RaceLink plugin left in RotorHazard's option table. Read, never written: the originals stay."""

from __future__ import annotations

from typing import Any

from .rotorhazard import RhApi


def older_options(rhapi: RhApi) -> dict[str, Any]:
    """By key, only those that were stored. Options can be read from STARTUP on (spec rotorhazard, 1)."""
    from racelink_core.state.importers.options import OPTION_KEYS

    stored = {key: rhapi.db.option(key) for key in OPTION_KEYS}
    return {key: value for key, value in stored.items() if value}
