"""Models whose schemas are built at first use (`defer_build`), built part by part: one in one go takes up to 10 ms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from racelink_core.runtime.turns import Turns


def build(model: type[BaseModel], turns: Turns) -> None:
    """Everything that the model consists of, then the model; others get a turn in between. Harmless twice."""
    for part in turns.between(_parts_first(model, set())):
        part.model_rebuild()


def _parts_first(model: type[BaseModel], known: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """What is not built yet of the model and of the models of its fields, each behind its own parts."""
    if model in known or model.__pydantic_complete__:
        return
    known.add(model)
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            yield from _parts_first(part, known)
    yield model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
