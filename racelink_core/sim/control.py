"""A simulation's state and faults as JSON over HTTP, on loopback only.

GET /nodes and GET /air give lists of objects (see `rows`); POST /fault takes an object with kind, target, value and
seed (see `faults`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from gevent.pywsgi import WSGIServer

from racelink_core.domain.errors import InvalidValue
from racelink_core.runtime.turns import give_way
from racelink_core.sim.pump import Pump
from racelink_core.sim.rows import air_rows, node_rows

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 65_536
_ROWS_PER_SLICE = 50
_FAULT_KEYS = {"kind", "target", "value", "seed"}
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large"}


class ControlServer:
    """Port 0 takes a free one. `stop` is harmless twice."""

    def __init__(self, pump: Pump, port: int = 0) -> None:
        self._pump = pump
        self._server = WSGIServer((LOOPBACK, port), self._answer, log=None, error_log=None)

    @property
    def port(self) -> int:
        return int(self._server.server_port or 0)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Raises OSError when the port is taken."""
        self._server.start()

    def stop(self) -> None:
        self._server.stop(timeout=1.0)

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        rows = {"/nodes": node_rows, "/air": air_rows}
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/fault":
            status, value = self._fault(environ) if method == "POST" else _failure(405, "Use POST /fault.")
        elif path not in rows:
            status, value = _failure(404, "There is GET /nodes, GET /air and POST /fault.")
        elif method != "GET":
            status, value = _failure(405, f"Use GET {path}.")
        else:
            self._pump.run_to_now()
            start_response(_status(200), [("Content-Type", "application/json")])
            return _streamed(rows[path](self._pump))
        body = json.dumps(value).encode()
        start_response(_status(status), [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _fault(self, environ: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if size > MAX_BODY_BYTES:
            return _failure(413, f"A fault has at most {MAX_BODY_BYTES} bytes.")
        try:
            order = json.loads(environ["wsgi.input"].read(size) or b"{}")
        except ValueError as error:
            return _failure(400, f"The body is not JSON: {error}.")
        try:
            kind, target, seed = _checked(order)
            self._pump.run_to_now()
            self._pump.simulation.fault(kind, target, order.get("value"), seed)
        except InvalidValue as error:
            return _failure(400, str(error))
        return 200, {"ok": True}


def _checked(order: object) -> tuple[str, str, int | None]:
    if not isinstance(order, dict):
        raise InvalidValue("fault", "expected an object with kind, target, value, seed")
    unknown = set(order) - _FAULT_KEYS
    if unknown:
        raise InvalidValue("fault", f"unknown keys {', '.join(sorted(unknown))}; known are kind, target, value, seed")
    kind, target, seed = order.get("kind"), order.get("target"), order.get("seed")
    if not isinstance(kind, str):
        raise InvalidValue("kind", f"expected text, got {kind!r}")
    if target is not None and not isinstance(target, str):
        raise InvalidValue("target", f'expected a MAC or "*", got {target!r}')
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise InvalidValue("seed", f"expected a whole number, got {seed!r}")
    return kind, target or "*", seed


def _streamed(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A JSON list in pieces; others run between two of them."""
    yield b"["
    separator = ""
    while piece := list(islice(rows, _ROWS_PER_SLICE)):
        yield (separator + ",".join(map(json.dumps, piece))).encode()
        separator = ","
        give_way()
    yield b"]"


def _failure(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": message}


def _status(status: int) -> str:
    return f"{status} {_REASONS[status]}"
