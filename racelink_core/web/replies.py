"""How answers become JSON."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from flask import Response, request
from pydantic import BaseModel

from racelink_core.domain.base import FrozenModel


class Reply(FrozenModel):
    """The base of every successful answer."""

    ok: bool = True


def reply(model: BaseModel) -> Response:
    return Response(model.model_dump_json(by_alias=True), 200, mimetype="application/json")


def list_reply(model: BaseModel) -> Response:
    """For what pages read again and again."""
    return with_etag(reply(model))


def with_etag(response: Response) -> Response:
    """304 without a body when nothing has changed since the `ETag` that the browser names.

    The tag is a checksum of the answer, which costs far less than writing it.
    """
    content = response.get_data()
    response.set_etag(f"{len(content):x}-{crc32(content):x}", weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status, mimetype="application/json")
