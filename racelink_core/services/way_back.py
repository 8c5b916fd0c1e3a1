"""A backup before something is changed that somebody may regret, and how to go back to it."""

from __future__ import annotations

from pathlib import Path

from racelink_core.state.errors import NothingSaved
from racelink_core.state.store import Store


def backed_up(store: Store) -> Path | None:
    """None: this host saves nothing. Raises StoreFull, StoreNotSaved, StoreClosed."""
    try:
        return store.backup()
    except NothingSaved:
        return None


def way_back(backup: Path) -> str:
    folder = backup.parent.parent
    return (
        f"Stop RaceLink, delete racelink.sqlite, racelink.sqlite-wal and racelink.sqlite-shm in {folder}, "
        f"copy {backup.name} from its folder {backup.parent.name} there as racelink.sqlite, and start again."
    )
