"""Callbacks that are told of changes; one that fails harms nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Subscribers(Generic[T]):
    """`subject` is what the log calls a listener that failed."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._callbacks: dict[int, Callable[[T], None]] = {}
        self._numbers = count()

    def add(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Returns what ends it; harmless twice."""
        number = next(self._numbers)
        self._callbacks[number] = callback

        def unsubscribe() -> None:
            self._callbacks.pop(number, None)

        return unsubscribe

    def call(self, value: T) -> None:
        """In the order in which they came."""
        for callback in tuple(self._callbacks.values()):
            try:
                callback(value)
            except Exception:  # noqa: BLE001 - the edge to a listener: the others must still hear of it
                _log.exception("A listener for %s failed", self._subject)
