"""The last lines that RaceLink logged, for the support bundle."""

from __future__ import annotations

import logging
from collections import deque

KEPT_LINES = 1000
_LONGEST = 4000
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class LogRing(logging.Handler):
    """Keeps what the loggers that it is attached to let through, until `close`."""

    def __init__(self, kept: int = KEPT_LINES) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORMAT))
        self._lines: deque[str] = deque(maxlen=kept)
        self._loggers: set[str] = set()

    def attach(self, name: str) -> None:
        """To the logger of this name and all below it. Harmless twice."""
        self._loggers.add(name)
        logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record)[:_LONGEST])
        except Exception:  # noqa: BLE001 - as every handler: a line that cannot be made must not end its writer
            self.handleError(record)
        last = logging.lastResort
        if last is not None and record.levelno >= last.level and not logging.getLogger().handlers:
            # Where nobody set up logging, Python prints warnings; having this handler must not end that.
            last.handle(record)

    def lines(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._lines)

    def close(self) -> None:
        """Harmless twice."""
        for name in self._loggers:
            logging.getLogger(name).removeHandler(self)
        super().close()
