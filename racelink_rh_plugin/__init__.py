"""RaceLink inside RotorHazard. RotorHazard imports this package and calls `initialize` once."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from racelink_rh_plugin.rotorhazard import RhApi

_log = logging.getLogger(__name__)


def initialize(rhapi: RhApi) -> None:
    """Builds the host and registers everything. Never raises: the timer must start whatever is wrong with us."""
    from .failure import report_failure

    try:
        from .requirements import check_requirements

        check_requirements(rhapi)
        with _collecting_later():
            from .plugin import Plugin

            Plugin(rhapi).register()
    except Exception as error:  # noqa: BLE001 - RotorHazard would print one line without a traceback
        report_failure(rhapi, error)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Makes hundreds of classes in one go: collecting garbage meanwhile finds none and takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
