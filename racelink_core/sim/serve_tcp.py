"""Simulated gateways behind TCP ports on loopback: what a serial server on another machine would look like."""

from __future__ import annotations

import logging
import socket
import threading

from racelink_core.sim.byte_channel import ByteChannel
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.pump import Pump

LOOPBACK = "127.0.0.1"
_log = logging.getLogger(__name__)


class TcpServer:
    """One gateway, one host at a time; a second one is turned away. Unplugging closes the port."""

    def __init__(self, gateway: SimulatedGateway, pump: Pump, port: int = 0) -> None:
        self.port = port
        self._gateway, self._pump = gateway, pump
        self._listening: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._channel: ByteChannel | None = None

    @property
    def url(self) -> str:
        return f"socket://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Raises OSError when the port is taken; 0 takes a free one."""
        self._appear()
        self._gateway.port.presence_changed.append(self._presence_changed)

    def stop(self) -> None:
        """Harmless twice."""
        if self._presence_changed in self._gateway.port.presence_changed:
            self._gateway.port.presence_changed.remove(self._presence_changed)
        channel, accepting = self._channel, self._accepting
        self._disappear()
        for ending in (channel, accepting):
            if ending is not None:
                ending.join()

    def _presence_changed(self, is_present: bool) -> None:
        if is_present:
            self._appear()
        else:
            self._disappear()

    def _appear(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, self.port))
            listening.listen()
        except OSError:
            listening.close()
            raise
        self.port = listening.getsockname()[1]
        self._listening = listening
        self._accepting = threading.Thread(
            target=self._accept, args=(listening,), name=f"rl-tcp {self.port}", daemon=True
        )
        self._accepting.start()

    def _disappear(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._channel is not None:
            self._channel.stop()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            if self._channel is not None or self._listening is not listening:
                connection.close()
                continue
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)

        def ended() -> None:
            self._channel = None
            connection.close()

        self._channel = ByteChannel(
            connection.fileno(), self._gateway, self._pump, ended=ended, name=f"rl-tcp-reader {self.port}"
        )
        self._channel.start()
