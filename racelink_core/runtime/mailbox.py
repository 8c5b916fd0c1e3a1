"""A bounded queue from many greenlets to one.

Without any lock: everything here runs on the hub, where nothing is interrupted between two lines, and a queue
that holds no lock cannot be left locked by a greenlet that ends.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Put from any greenlet of the hub, take from one. Holds at most `limit` items; says when there is no room."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Item] = deque()
        self._filled = threading.Event()
        self._is_closed = False

    def put(self, item: Item) -> bool:
        """False: it is full or closed, and `item` was not taken."""
        if self._is_closed or len(self._items) >= self._limit:
            return False
        self._items.append(item)
        self._filled.set()
        return True

    def take(self) -> Item | None:
        """Waits for the next item, in the order of putting. None: closed, and everything before was taken."""
        while not self._items:
            if self._is_closed:
                return None
            self._filled.clear()
            self._filled.wait()
        return self._items.popleft()

    def close(self) -> None:
        """Takes nothing more. Harmless twice."""
        self._is_closed = True
        self._filled.set()
