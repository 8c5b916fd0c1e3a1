"""The API's own table of addresses. Flask closes its table with the first request; this one may be filled later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Map, MapAdapter, Rule

from racelink_core.runtime.turns import Turns
from racelink_core.web.description import description_of
from racelink_core.web.model_parts import build

View = TypeVar("View", bound=Callable[..., Any])


class Routes:
    """Addresses are relative to `prefix`: empty, or with one leading slash."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self._map = Map(merge_slashes=False)

    def get(self, address: str) -> Callable[[View], View]:
        return self._method("GET", address)

    def post(self, address: str) -> Callable[[View], View]:
        return self._method("POST", address)

    def put(self, address: str) -> Callable[[View], View]:
        return self._method("PUT", address)

    def patch(self, address: str) -> Callable[[View], View]:
        return self._method("PATCH", address)

    def delete(self, address: str) -> Callable[[View], View]:
        return self._method("DELETE", address)

    def rules(self) -> Iterator[Rule]:
        """In order of registration; the endpoint of each is its view."""
        return self._map.iter_rules()

    def answer(self) -> ResponseReturnValue:
        """Of the view for the current request. Raises werkzeug's NotFound, MethodNotAllowed or RequestRedirect."""
        addresses = self._addresses()
        if request.method == "OPTIONS":
            return _options(addresses)
        view, values = addresses.match()
        _build_models(view)
        answer: ResponseReturnValue = view(**values)
        return answer

    def build_models(self) -> None:
        """Of every view, so that no first use has to, perhaps in a race. Others get turns all the time."""
        for rule in self.rules():
            _build_models(rule.endpoint)

    def _method(self, method: str, address: str) -> Callable[[View], View]:
        def add(view: View) -> View:
            self._map.add(Rule(address, endpoint=view, methods=[method]))
            return view

        return add

    def _addresses(self) -> MapAdapter:
        return self._map.bind(
            request.host,
            script_name=f"{request.script_root}{self.prefix}",
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path.removeprefix(self.prefix),
            query_args=request.query_string.decode("latin1"),
        )


def _options(addresses: MapAdapter) -> Response:
    """What an address takes. Raises NotFound."""
    methods = set(addresses.allowed_methods())
    if not methods:
        addresses.match()
    response = Response()
    response.allow.update(methods | {"OPTIONS"})
    return response


def _build_models(view: Callable[..., Any]) -> None:
    """Of what is sent and answered, part by part; at once if they are built."""
    description = description_of(view)
    if description is None:
        return
    turns = Turns()
    for model in (description.query, description.body, description.reply):
        if model is not None:
            build(model, turns)
