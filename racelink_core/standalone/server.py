"""The web server of the standalone programs: one Flask app with the blueprint, on gevent."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
from typing import TYPE_CHECKING

from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from gevent.pywsgi import WSGIServer

from racelink_core.domain.errors import RaceLinkError
from racelink_core.web import OpenAccess, TokenAccess, create_blueprint

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_PREFIX = "/racelink"
_STOP_S = 1.0
_MAX_CONNECTIONS = 256
"""Further ones wait to be accepted. A pool of them is also what lets `stop` end idle connections."""
_LOCAL_NAMES = ["localhost", "127.0.0.1"]


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
            'RACELINK_TOKEN (or "token" in the configuration file) to a secret, and use it as the password. '
            "Or serve only this computer with --host 127.0.0.1."
        )


class WebServer:
    """Serves one host from `start` to `stop`."""

    def __init__(self, host: Host, *, address: str, port: int, token: str | None = None) -> None:
        """Raises TokenMissing."""
        require_token(address, token)
        self._address, self._port = address, port
        self._server = WSGIServer((address, port), _app(host, token), spawn=_MAX_CONNECTIONS, log=None, error_log=_log)

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


def require_token(address: str, token: str | None) -> None:
    """Raises TokenMissing when `address` is more than this computer and there is no token."""
    if token is None and not is_loopback(address):
        raise TokenMissing(address)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def _app(host: Host, token: str | None) -> Flask:
    app = Flask("racelink", static_folder=None)
    if token is None:
        # Without a login the name in the address is what keeps other sites' pages out (DNS rebinding).
        app.config["TRUSTED_HOSTS"] = _LOCAL_NAMES
    access = OpenAccess() if token is None else TokenAccess(token)
    app.register_blueprint(create_blueprint(host, url_prefix=_PREFIX, access=access))

    @app.get("/")
    def to_the_page() -> ResponseReturnValue:
        return redirect(f"{_PREFIX}/")

    return app
