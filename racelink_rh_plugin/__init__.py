"""RaceLink inside RotorHazard. RotorHazard imports this package and calls `initialize` once."""

from __future__ import annotations

import logging
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
        from .plugin import Plugin

        Plugin(rhapi).register()
    except Exception as error:  # noqa: BLE001 - RotorHazard would print one line without a traceback
        report_failure(rhapi, error)
