"""Requests are answered one after the other, with a turn for everything else in between."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from racelink_core.runtime.turns import Turns, give_way
from racelink_core.web.description import description_of
from racelink_core.web.model_parts import build


def take_turns(blueprint: Blueprint) -> None:
    @blueprint.before_request
    def _in_turn() -> None:
        """Fifty pages that hear of the same change ask at the same time: 50 ms in one piece (measured 2026-11)."""
        give_way()
        view = current_app.view_functions.get(request.endpoint or "")
        description = None if view is None else description_of(view)
        if description is None:
            return
        turns = Turns()
        for model in (description.query, description.body, description.reply):
            if model is not None:
                build(model, turns)

    @blueprint.after_request
    def _answer_in_turn(response: Response) -> Response:
        """Answering costs as much as asking: together they were stalls of 3 ms (measured 2026-11)."""
        give_way()
        return response
