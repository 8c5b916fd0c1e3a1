"""Far ends of real ports: a pty, a TCP server, an RFC 2217 server. Each keeps what it hears."""

from __future__ import annotations

import os
import select
import socket
import threading
import tty
from pathlib import Path
from typing import Any

import serial.rfc2217


class Pty:
    """A pty behind a link in the file system, so that it can vanish and come back under one path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._heard = b""
        self.near = self._far = -1
        self.plug()

    def plug(self) -> None:
        self.near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path.symlink_to(os.ttyname(self._far))
        self._heard = b""

    def unplug(self) -> None:
        if self.near >= 0:
            os.close(self._far)
            os.close(self.near)
            self.path.unlink()
            self.near = -1

    def say(self, data: bytes) -> None:
        os.write(self.near, data)

    def heard(self, size: int = 65536) -> bytes:
        if select.select([self.near], [], [], 0)[0]:
            self._heard += os.read(self.near, size)
        return self._heard


class TcpServer:
    """Takes connections and talks with the newest one, as plain bytes."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._connection: socket.socket | None = None
        self._heard = b""
        self._thread: threading.Thread | None = None
        self._listen()

    def say(self, data: bytes) -> None:
        assert self._connection is not None
        self._connection.sendall(self._to_line(data))

    def heard(self) -> bytes:
        return self._heard

    def unplug(self) -> None:
        """The server goes, and its connection with it."""
        self._server.close()
        if self._connection is not None:
            self._connection.close()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def plug(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        self._listen()

    def _listen(self) -> None:
        self._heard = b""
        self._thread = threading.Thread(target=self._serve, args=(self._server,), daemon=True)
        self._thread.start()

    def _serve(self, server: socket.socket) -> None:
        try:
            while True:
                connection, _ = server.accept()
                self._connection = connection
                self._begin(connection)
                self._hear(connection)
        except OSError:
            pass  # unplugged

    def _hear(self, connection: socket.socket) -> None:
        try:
            while data := connection.recv(4096):
                self._heard += self._from_line(data)
        except OSError:
            pass  # unplugged, or the other side went away
        connection.close()

    def _begin(self, connection: socket.socket) -> None:
        """A new connection was made."""

    def _to_line(self, data: bytes) -> bytes:
        return data

    def _from_line(self, data: bytes) -> bytes:
        return data


class Rfc2217Server(TcpServer):
    """The same behind pyserial's own server side of RFC 2217, on a loop-back serial port."""

    def _begin(self, connection: socket.socket) -> None:
        device: Any = serial.serial_for_url("loop://", timeout=0)
        writer: Any = _Writer(connection)  # the stubs ask for more than is used
        self._manager = serial.rfc2217.PortManager(device, writer)

    def _to_line(self, data: bytes) -> bytes:
        return b"".join(self._manager.escape(data))

    def _from_line(self, data: bytes) -> bytes:
        return b"".join(self._manager.filter(data))


class _Writer:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)
