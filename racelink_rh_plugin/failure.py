"""Says in the log and on the settings page why RaceLink is not running. Uses nothing of the core: it may be missing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from .notifier import Notifier
from .rotorhazard import RhApi, action_effect, listen
from .settings_section import register_section

_log = logging.getLogger(__name__)


def report_failure(rhapi: RhApi, error: Exception) -> None:
    """Never raises. The log gets the traceback, the page the sentence, and what is stored is kept."""
    sentence = str(error) or type(error).__name__
    _log.error("RaceLink is not running: %s", sentence, exc_info=error)
    try:
        rhapi.ui.register_panel("rl_settings", "RaceLink", "settings")
        rhapi.ui.register_markdown("rl_settings", "rl_status", f"**RaceLink is not running.** {escape(sentence)}")
        register_section(rhapi)  # else the settings are gone when RaceLink runs again
        listen(rhapi, "ACTIONS_INITIALIZE", lambda args: _register_stand_ins(rhapi, args))
    except Exception:  # noqa: BLE001 - a RotorHazard too old for panels still has its log
        _log.warning("RaceLink could not show this on the settings page", exc_info=True)


def _register_stand_ins(rhapi: RhApi, args: Mapping[str, Any]) -> None:
    """For the effects of ours that are bound: of an event with an effect that nobody has registered RotorHazard skips
    the actions after it, also those that are not ours (spec rotorhazard, section 4).
    """
    notifier = Notifier(rhapi)

    def say(*_: object) -> None:
        notifier.say("The lights did not follow: RaceLink is not running. The settings page says why.")

    for name in sorted(set(_bound_effects(rhapi))):
        args["register_fn"](action_effect(name, "RaceLink (not running)", say, []))


def _bound_effects(rhapi: RhApi) -> Iterator[str]:
    try:
        stored = json.loads(rhapi.config.get("USER", "actions") or "[]")
    except (TypeError, ValueError):
        return  # RotorHazard cannot read it either, and runs none of them
    for action in stored if isinstance(stored, list) else ():
        name = action.get("effect") if isinstance(action, dict) else None
        if isinstance(name, str) and (name == "gcaction" or name.startswith("rl_")):
            yield name
