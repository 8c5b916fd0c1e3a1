"""The root of every error that this project raises on purpose.

Each layer adds its own leaves beside the code that raises them. A leaf has a stable `code` (what
programs read) and a message that says what was tried, with which values, and what to do next.
"""

from __future__ import annotations


class RaceLinkError(Exception):
    """Root of everything this project raises on purpose."""

    code = "racelink_error"


class InvalidValue(RaceLinkError):
    """A value from outside is of the wrong type, out of range or missing; nothing was changed."""

    code = "invalid_request"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


class NotFound(RaceLinkError):
    """Something was named that the store does not hold."""

    code = "not_found"

    def __init__(self, kind: str, identity: object) -> None:
        super().__init__(f"There is no {kind} {identity!r}.")
        self.kind, self.identity = kind, identity
