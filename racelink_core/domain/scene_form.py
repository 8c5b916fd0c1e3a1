"""Actions as JSON, in the one form in which they are stored, exported and shown. Source: spec scenes, section 4."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.command import StartblockCommand
from racelink_core.domain.scene import Action, Choreography


def action_form(action: Action) -> dict[str, Any]:
    """Only what is set; `params` and `flags_override` are there wherever the kind has them."""
    form = action.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(action, StartblockCommand) and not action.params.startblock_slot_list:
        del form["params"]["startblock_slot_list"]
    return form


def choreography_form(choreography: Choreography) -> dict[str, Any]:
    return {
        "stop_on_error": choreography.stop_on_error,
        "network_scope": choreography.network_scope.model_dump(mode="json"),
        "actions": [action_form(action) for action in choreography.actions],
    }
