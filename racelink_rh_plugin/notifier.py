"""Messages on RotorHazard's pages: escaped, and never the same one in a flood."""

from __future__ import annotations

import time
from collections import OrderedDict
from html import escape

from .rotorhazard import RhApi

_REPEAT_AFTER_S = 10.0
_REMEMBERED = 64


class Notifier:
    def __init__(self, rhapi: RhApi) -> None:
        self._rhapi = rhapi
        self._said: OrderedDict[str, float] = OrderedDict()

    def say(self, sentence: str) -> None:
        """A banner on every open page. The same sentence again within 10 s is dropped."""
        now_s = time.monotonic()
        if now_s - self._said.get(sentence, float("-inf")) < _REPEAT_AFTER_S:
            return
        self._said[sentence] = now_s
        self._said.move_to_end(sentence)
        while len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)
        self._rhapi.ui.message_notify(f"RaceLink: {escape(sentence)}")

    def answer(self, sentence: str) -> None:
        """As `say`, for somebody who has just pressed a button: always shown."""
        self._said.pop(sentence, None)
        self.say(sentence)
