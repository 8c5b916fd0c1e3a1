"""The API of a host that starts inside a race timer, whose own start must not wait for it.

Modules, models and addresses of the API take longer than everything else of ours together, and nobody asks for them
before the server serves. So they come when the host starts, in pieces, or with the first request if that is sooner.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from racelink_core.runtime.turns import give_way
from racelink_core.web.api import Mode, parts
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)


class LateApi:
    """others: registers what is no part of the API and has a place in the same table."""

    def __init__(self, host: Host, mode: Mode, prefix: str, others: Callable[[Routes], None]) -> None:
        self._host, self._mode, self._prefix, self._others = host, mode, prefix, others
        self._complete: Routes | None = None
        self._one_at_a_time = threading.Lock()
        host.on_start(self._begin)

    def routes(self) -> Routes:
        """All of them. Who asks while they are registered waits for it."""
        with self._one_at_a_time:
            if self._complete is None:
                self._complete = self._registered()
            return self._complete

    def _registered(self) -> Routes:
        routes = Routes(self._prefix)
        self._others(routes)
        for register in parts(self._mode):
            give_way()
            register(routes, self._host)
            give_way()
        return routes

    def _begin(self) -> None:
        thread = threading.Thread(target=self._register_ahead, name="rl-web-api", daemon=True)
        thread.start()
        self._host.on_stop(lambda: thread.join(self._host.timings.task_cancel_s))

    def _register_ahead(self) -> None:
        try:
            self.routes().build_models()
        except Exception:  # noqa: BLE001 - the edge of a greenlet: the first request tries again, and answers with it
            _log.exception("RaceLink's web API could not be prepared")
