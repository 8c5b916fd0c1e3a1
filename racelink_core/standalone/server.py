"""The web server of the standalone programs: one Flask app with the blueprint, on gevent."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from gevent.pywsgi import WSGIHandler, WSGIServer

from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.turns import give_way
from racelink_core.web import Access, OpenAccess, TokenAccess, create_blueprint
from racelink_core.web.failures import failure_response

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_PREFIX = "/racelink"
_STOP_S = 0.2
_MAX_CONNECTIONS = 256
"""Further ones wait to be accepted. A pool of them is also what lets `stop` end idle connections."""


class CannotListen(RaceLinkError):
    """The web server's address or port is not to be had."""

    code = "cannot_listen"

    def __init__(self, address: str, port: int, error: OSError) -> None:
        if error.errno == errno.EADDRINUSE:
            problem = "another program uses this port. Choose another one with --port."
        elif error.errno == errno.EACCES:
            problem = "this user may not use this port. Choose one above 1023 with --port."
        else:
            problem = f"{os.strerror(error.errno) if error.errno else error}. Is this an address of this computer?"
        super().__init__(f"Cannot listen on {address}:{port}: {problem}")
        self.address, self.port = address, port


class TokenMissing(RaceLinkError):
    """The server would be reachable from the network without a login."""

    code = "token_missing"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address} is reachable from the network, so a login is needed. Set the environment variable "
            'RACELINK_PASSWORD, or RACELINK_TOKEN for programs, to a secret ("password" and "token" in the '
            "configuration file). In a browser any user name goes with it. "
            "Or serve only this computer with --host 127.0.0.1."
        )


class _Handler(WSGIHandler):
    def read_requestline(self) -> Any:
        """Requests that come in at the same time are read one after the other, with a turn for everything else."""
        line = super().read_requestline()
        give_way()
        return line


class _Server(WSGIServer):
    def handle(self, client: Any, address: Any) -> None:
        """An answer must not wait for the acknowledgement of the one before (40 ms, measured 2026-11)."""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        give_way()  # after a restart, pages come back all at once
        super().handle(client, address)


class WebServer:
    """Serves one host from `start` to `stop`. With a token, a password or both, everyone has to log in."""

    def __init__(
        self, host: Host, *, address: str, port: int, token: str | None = None, password: str | None = None
    ) -> None:
        """Raises TokenMissing."""
        require_login(address, token, password)
        self._address, self._port = address, port
        app = _app(host, address, token, password)
        self._server = _Server(
            (address, port), app, spawn=_MAX_CONNECTIONS, log=None, error_log=_log, handler_class=_Handler
        )

    @property
    def url(self) -> str:
        """Where a browser on this computer finds the page; known after `start`."""
        name = "127.0.0.1" if self._address in ("0.0.0.0", "::", "") else self._address
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{self._server.server_port}{_PREFIX}/"

    def start(self) -> None:
        """Raises CannotListen."""
        try:
            self._server.start()
        except OSError as error:
            raise CannotListen(self._address, self._port, error) from error

    def stop(self) -> None:
        """Frees the port and ends open requests. Stop the host first, so that live streams end by themselves."""
        self._server.stop(timeout=_STOP_S)


def require_login(address: str, token: str | None, password: str | None) -> None:
    """Raises TokenMissing when `address` is more than this computer and there is neither token nor password."""
    if token is None and password is None and not is_loopback(address):
        raise TokenMissing(address)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def _app(host: Host, address: str, token: str | None, password: str | None) -> Flask:
    app = Flask("racelink", static_folder=None)
    if token is None and password is None:
        _accept_only_names_of_this_computer(app, address)
        access: Access = OpenAccess()
    else:
        access = TokenAccess(token, password)
    app.register_blueprint(create_blueprint(host, url_prefix=_PREFIX, access=access))

    @app.get("/")
    def to_the_page() -> ResponseReturnValue:
        return redirect(f"{_PREFIX}/")

    return app


def _accept_only_names_of_this_computer(app: Flask, address: str) -> None:
    """Without a login the name in the address is what keeps other sites' pages out (DNS rebinding)."""

    @app.before_request
    def _check_name() -> Response | None:
        name = _name_in(request.headers.get("Host", ""))
        if name == address.strip("[]").lower() or is_loopback(name):
            return None
        return failure_response(
            403, "forbidden_host", "Without a login RaceLink answers only as localhost. Open it under that name."
        )


def _name_in(host_header: str) -> str:
    try:
        return urlsplit(f"//{host_header}").hostname or ""
    except ValueError:
        return ""
