"""The socket below a request that stays open for long. Served by gevent, whose server hands it on with the input."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any

import gevent

_READ = 1
_SEND_BUFFER_BYTES = 64 * 1024
"""What a browser that stopped reading may keep the system busy with. The system would otherwise take megabytes."""


class Connection:
    """Watches whether the other end hangs up, and bounds what waits for it in the system.

    gone        called once, on the hub, when the browser hung up. Nothing else can make the socket readable:
                browsers send nothing behind the request for a stream
    unheard_s   the system itself ends a connection on which nothing was acknowledged for this long (Linux)
    """

    def __init__(self, descriptor: int, gone: Callable[[], None], unheard_s: float) -> None:
        _bound(descriptor, unheard_s)
        self._gone = gone
        self._watcher = gevent.get_hub().loop.io(descriptor, _READ)
        self._is_closed = False
        self._watcher.start(self._hung_up)

    def close(self) -> None:
        """Stops watching; the socket belongs to the server. Harmless twice."""
        if not self._is_closed:
            self._is_closed = True
            self._watcher.stop()
            self._watcher.close()

    def _hung_up(self) -> None:
        self.close()
        self._gone()


def descriptor_of(environ: Mapping[str, Any]) -> int | None:
    """The socket's descriptor; None: this server does not say, and only a failed write tells who left."""
    source = environ.get("wsgi.input")
    try:
        return int(getattr(source, "rfile", source).fileno())  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return None


def _bound(descriptor: int, unheard_s: float) -> None:
    with socket.socket(fileno=socket.dup(descriptor)) as same:
        options = [(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)]
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(unheard_s * 1000)))
        for level, name, value in options:
            try:
                same.setsockopt(level, name, value)
            except OSError:  # a Unix socket has no TCP options
                continue
