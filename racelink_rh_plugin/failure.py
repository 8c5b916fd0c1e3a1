"""Says in the log and on the settings page why RaceLink is not running. Uses nothing of the core: it may be missing."""

from __future__ import annotations

import logging
from html import escape

from .rotorhazard import RhApi

_log = logging.getLogger(__name__)


def report_failure(rhapi: RhApi, error: Exception) -> None:
    """Never raises. The log gets the traceback, the page the sentence."""
    sentence = str(error) or type(error).__name__
    _log.error("RaceLink is not running: %s", sentence, exc_info=error)
    try:
        rhapi.ui.register_panel("rl_settings", "RaceLink", "settings")
        rhapi.ui.register_markdown("rl_settings", "rl_status", f"**RaceLink is not running.** {escape(sentence)}")
    except Exception:  # noqa: BLE001 - a RotorHazard too old for panels still has its log
        _log.warning("RaceLink could not show this on the settings page", exc_info=True)
