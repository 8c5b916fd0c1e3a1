"""What each route of the API takes and answers, said beside the route itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "racelink_description"


@dataclass(frozen=True, slots=True)
class RouteDescription:
    """errors    the stable codes of `detail.code` that this route adds to those which every route may answer
    not_done  codes of answers with status 200 and `ok` false
    """

    summary: str
    reply: type[BaseModel] | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    errors: tuple[str, ...] = ()
    is_busy_gated: bool = False
    media_type: str = "application/json"
    file: str | None = None
    not_done: tuple[str, ...] = ()
    has_etag: bool = False


def describe(
    summary: str,
    *,
    reply: type[BaseModel] | None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    errors: Sequence[str] = (),
    is_busy_gated: bool = False,
    media_type: str = "application/json",
    file: str | None = None,
    not_done: Sequence[str] = (),
    has_etag: bool = False,
) -> Callable[[View], View]:
    """Goes directly below the route's own decorator.

    summary         one short sentence in the imperative, for the readable page
    reply           the model of the answer with status 200; None when it is no JSON, then `media_type` says what
    body, query     the models of what is sent; None when nothing is read
    is_busy_gated   answers 409 `task_running` while a task runs
    file            the name of the form field with a file, when the body is multipart/form-data
    not_done        codes of what was tried and did not come about: status 200 with `ok` false
    has_etag        answers 304 to `If-None-Match` (`list_reply`)
    """

    def attach(view: View) -> View:
        description = RouteDescription(
            summary, reply, body, query, tuple(errors), is_busy_gated, media_type, file, tuple(not_done), has_etag
        )
        setattr(view, _ATTRIBUTE, description)
        return view

    return attach


def description_of(view: Callable[..., Any]) -> RouteDescription | None:
    """None: the route is no part of the described API."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, RouteDescription) else None
