"""The frozen base of every model that is stored or travels as JSON."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, RootModel

RootT = TypeVar("RootT")


class FrozenModel(BaseModel):
    """Immutable; refuses fields it does not know, so that a misspelt one is never lost silently.

    Validators are built at first use: importing the models must stay cheap inside the race timer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class DeferredRoot(RootModel[RootT]):
    """One value that is no object of fields of its own, such as a union of models. Built at first use, too."""

    model_config = ConfigDict(defer_build=True)
