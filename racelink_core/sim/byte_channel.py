"""Carries bytes between one file descriptor of the outside world and one simulated gateway."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
from collections.abc import Callable

from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.pump import Pump

READ_BYTES = 4096
_log = logging.getLogger(__name__)


class ByteChannel:
    """Reads in a greenlet of its own until `stop`, or until the other side is gone; then calls `ended`.

    descriptor  non-blocking; stays with whoever made it, and is closed by them in `ended`
    What the outside world does not take at once is lost, as on a cable that nobody reads.
    """

    def __init__(
        self, descriptor: int, gateway: SimulatedGateway, pump: Pump, *, ended: Callable[[], None], name: str
    ) -> None:
        self._descriptor, self._gateway, self._pump, self._ended = descriptor, gateway, pump, ended
        self._wake_near, self._wake_far = socket.socketpair()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._pump.run_to_now()
        self._gateway.port.open(self._send)
        self._thread.start()

    def stop(self) -> None:
        """Does not wait; `join` does. Harmless twice."""
        if not self._is_stopping:
            self._is_stopping = True
            self._wake_near.send(b"\0")

    def join(self) -> None:
        if self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _send(self, data: bytes) -> None:
        if self._is_stopping:
            return
        try:
            os.write(self._descriptor, data)
        except BlockingIOError:
            _log.debug("Nobody reads what %s says; %d bytes are lost", self._gateway.mac, len(data))
        except OSError:
            self.stop()

    def _run(self) -> None:
        try:
            while not self._is_stopping:
                readable, _, _ = select.select([self._descriptor, self._wake_far.fileno()], [], [])
                if self._descriptor in readable and not self._take():
                    break
        finally:
            self._is_stopping = True
            self._gateway.port.close()
            self._wake_near.close()
            self._wake_far.close()
            self._ended()

    def _take(self) -> bool:
        try:
            data = os.read(self._descriptor, READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if data:
            engine = self._pump.simulation.engine
            engine.call_at(self._pump.engine_now_s, lambda: self._gateway.port.write(data))
        return bool(data)
