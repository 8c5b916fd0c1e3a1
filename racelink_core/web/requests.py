"""Reading a request: JSON bodies into models, with the field types that all routes share.

Source: spec http-api, section 1.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, NoReturn, TypeVar

from flask import request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from werkzeug.exceptions import RequestEntityTooLarge

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.whole_number import whole_number
from racelink_core.runtime.turns import Turns
from racelink_core.services.grouping import MAX_NAME_LENGTH, clean_name
from racelink_core.web.failures import ApiFailure, from_validation, invalid_request

MAX_BODY_BYTES = 1024 * 1024
T = TypeVar("T", bound=BaseModel)


class RequestBody(FrozenModel):
    """Fields use the names of the API; unknown ones are ignored, so that newer clients may send more."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)


class RequestQuery(RequestBody):
    """What follows the question mark of an address."""


def read_query(model: type[T]) -> T:
    """Raises ApiFailure 400 invalid_request. Of a name that is given twice, the first counts."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise from_validation(error) from error


def read_body(model: type[T], most_bytes: int = MAX_BODY_BYTES) -> T:
    """Raises ApiFailure: 400 invalid_json, 400 invalid_request or 415. A missing or empty body is `{}`."""
    turns = Turns()
    content = read_object(most_bytes)
    turns.give_way_if_long()
    try:
        body = model.model_validate(content)
    except ValidationError as error:
        raise from_validation(error) from error
    turns.give_way_if_long()
    return body


def read_object(most_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """Raises ApiFailure as `read_body`."""
    raw = request.get_data(cache=False)
    if len(raw) > most_bytes:
        raise RequestEntityTooLarge  # a body that does not say its length is cut off behind the limit
    if not raw.strip():
        return {}
    if request.mimetype != "application/json":
        raise ApiFailure(415, "unsupported_media_type", "Send the body as application/json.")
    try:
        value = json.loads(raw, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise ApiFailure(400, "invalid_json", "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise ApiFailure(400, "invalid_json", "The body must be a JSON object.")
    return value


def _no_such_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _integer(value: object) -> int:
    number = whole_number(value)
    if number is None:
        raise ValueError("expected a whole number")
    return number


def _name(text: str) -> str:
    try:
        return clean_name(text)
    except InvalidValue as error:
        raise ValueError(error.problem) from error


Integer = Annotated[int, BeforeValidator(_integer)]
Name = Annotated[
    str, AfterValidator(_name), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME_LENGTH})
]
Address = Annotated[str, StringConstraints(min_length=1, max_length=40)]
ADDRESS_ERRORS = ("not_unicast", "ambiguous_address", "not_found")
"""What `find_device` may answer beside `invalid_request`."""


def find_device(text: str, snapshot: Snapshot) -> Mac:
    """A known device by 12 digits, or by its last 6 if only one fits.

    Raises ApiFailure: 400 not_unicast, invalid_request or ambiguous_address, 404 not_found.
    """
    digits = re.sub(r"[\s:.\-]", "", text).upper()
    if not re.fullmatch(r"[0-9A-F]{6}|[0-9A-F]{12}", digits):
        raise invalid_request([("address", f"expected 6 or 12 hex digits, got {text!r}")])
    if set(digits) == {"F"}:
        raise ApiFailure(400, "not_unicast", "This works on one device, not on all. Name the device.")
    if len(digits) == 12:
        found = [Mac(digits)] if Mac(digits) in snapshot.devices else []
    else:
        found = [mac for mac in snapshot.devices if mac.endswith(digits)]
    if not found:
        raise ApiFailure(404, "not_found", f"There is no device {digits}.", kind="device", id=digits)
    if len(found) > 1:
        raise ApiFailure(
            400, "ambiguous_address", f"{digits} fits several devices. Give all 12 digits.", candidates=found
        )
    return found[0]


def find_devices(texts: tuple[str, ...], snapshot: Snapshot) -> tuple[Mac, ...]:
    """Without repeats, in order."""
    return tuple(dict.fromkeys(find_device(text, snapshot) for text in texts))


def find_known_devices(texts: tuple[str, ...], snapshot: Snapshot) -> tuple[Mac, ...]:
    """As `find_devices`, without those that are not known. Raises ApiFailure 400 all the same."""
    found: dict[Mac, None] = {}
    for text in texts:
        try:
            found[find_device(text, snapshot)] = None
        except ApiFailure as failure:
            if failure.code != "not_found":
                raise
    return tuple(found)
