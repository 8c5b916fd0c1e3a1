"""Requests are answered one after the other, with a turn for everything else in between."""

from __future__ import annotations

from flask import Blueprint, Response

from racelink_core.runtime.turns import give_way


def take_turns(blueprint: Blueprint) -> None:
    @blueprint.before_request
    def _in_turn() -> None:
        """Fifty pages that hear of the same change ask at the same time: 50 ms in one piece (measured 2026-11)."""
        give_way()

    @blueprint.after_request
    def _answer_in_turn(response: Response) -> Response:
        """Answering costs as much as asking: together they were stalls of 3 ms (measured 2026-11)."""
        give_way()
        return response
