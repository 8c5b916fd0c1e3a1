"""Every failure as the same JSON: `{"ok": false, "error": ..., "detail": {"code": ...}}`.

Source: spec http-api, sections 1, 1.1 and 1.2.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from racelink_core.domain.errors import InvalidValue, NotFound, RaceLinkError
from racelink_core.web.replies import json_response
from racelink_core.web.task_row import task_row

_log = logging.getLogger(__name__)

_HTTP_STATUS: dict[str, int] = {
    "unauthorized": 401,
    "forbidden_origin": 403,
    "not_found": 404,
    "scene_not_found": 404,
    "task_running": 409,
    "scene_busy": 409,
    "race_is_on": 409,
    "start_is_armed": 409,
    "recording_running": 409,
    "recording_failed": 500,
    "preset_in_use": 409,
    "preset_files_unusable": 500,
    "unavailable": 503,
    "internal": 500,
    "not_sent": 500,
    "lane_full": 503,
    "pool_closed": 503,
    "store_busy": 503,
    "store_closed": 503,
    "nested_transaction": 500,
    "nothing_saved": 500,
    "store_error": 500,
    "store_full": 500,
    "store_not_saved": 500,
    "store_unreadable": 500,
}
_HTTP_ERRORS: dict[int, tuple[str, str]] = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The request is larger than 1 MiB. Send less at once."),
    415: ("unsupported_media_type", "Send the body as application/json."),
}


class ApiFailure(RaceLinkError):
    """A request that is refused, with its HTTP status and what programs may read in `detail`."""

    def __init__(self, status: int, code: str, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.detail = status, code, detail


def invalid_request(problems: list[tuple[str, str]]) -> ApiFailure:
    """`problems`: pairs of field and what is wrong with it."""
    sentence = "; ".join(f"{field}: {problem}" if field else problem for field, problem in problems)
    fields = [{"field": field, "problem": problem} for field, problem in problems]
    return ApiFailure(400, "invalid_request", sentence, fields=fields)


def from_validation(error: ValidationError) -> ApiFailure:
    return invalid_request(
        [
            (".".join(str(part) for part in entry["loc"]), entry["msg"].removeprefix("Value error, "))
            for entry in error.errors(include_url=False)
        ]
    )


def http_status(code: str) -> int:
    """The HTTP status of a stable code; 400 for everything that the caller can mend."""
    return _HTTP_STATUS.get(code, 400)


def failure_response(
    status: int,
    code: str,
    message: str,
    detail: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """JSON under `api/`, plain text elsewhere."""
    if not is_api_request():
        response = Response(message + "\n", status, mimetype="text/plain")
    else:
        body = {"ok": False, **more, "error": message, "detail": {"code": code, **(detail or {})}}
        response = json_response(body, status)
    response.headers.extend(dict(headers or {}))
    return response


def is_api_request() -> bool:
    return "/api/" in request.path or request.path.endswith("/sse")


def _values_of(error: RaceLinkError, *without: str) -> dict[str, Any]:
    """What the error keeps for programs beside its sentence."""
    plain = (str, int, float, tuple, list, type(None))
    return {name: value for name, value in vars(error).items() if isinstance(value, plain) and name not in without}


def handle_failures(blueprint: Blueprint) -> None:
    """Keeps RotorHazard's debugger page away from everyone (spec rotorhazard, 7)."""

    @blueprint.errorhandler(ApiFailure)
    def _refused(error: ApiFailure) -> ResponseReturnValue:
        return failure_response(error.status, error.code, str(error), error.detail)

    @blueprint.errorhandler(InvalidValue)
    def _invalid_value(error: InvalidValue) -> ResponseReturnValue:
        failure = invalid_request([(error.field, error.problem)])
        failure.detail.update(_values_of(error, "field", "problem"))
        return _refused(failure)

    @blueprint.errorhandler(NotFound)
    def _not_found(error: NotFound) -> ResponseReturnValue:
        return failure_response(404, error.code, str(error), {"kind": error.kind, "id": error.identity})

    @blueprint.errorhandler(RaceLinkError)
    def _raised_on_purpose(error: RaceLinkError) -> ResponseReturnValue:
        task = getattr(error, "task", None)
        if error.code == "task_running" and task is not None:
            return failure_response(409, error.code, str(error), busy=True, task=task_row(task).model_dump(mode="json"))
        return failure_response(http_status(error.code), error.code, str(error), _values_of(error))

    @blueprint.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error.get_response()
        code, message = _HTTP_ERRORS.get(error.code, ("invalid_request", error.description or error.name))
        headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        return failure_response(error.code, code, message, headers=headers)

    @blueprint.errorhandler(Exception)
    def _unhandled(error: Exception) -> ResponseReturnValue:
        _log.warning("%s %s failed", request.method, request.path, exc_info=error)
        return failure_response(500, "internal", f"{type(error).__name__}: {error}")
