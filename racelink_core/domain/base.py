"""The frozen base of every model that is stored or travels as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FrozenModel(BaseModel):
    """Immutable; refuses fields it does not know, so that a misspelt one is never lost silently.

    Validators are built at first use: importing the models must stay cheap inside the race timer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
