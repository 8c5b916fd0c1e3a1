"""How answers become JSON."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from pydantic import BaseModel

from racelink_core.domain.base import FrozenModel


class Reply(FrozenModel):
    """The base of every successful answer."""

    ok: bool = True


def reply(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), 200, mimetype="application/json")


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status, mimetype="application/json")
