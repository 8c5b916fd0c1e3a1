"""Models that are built at first use are built part by part."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from racelink_core.runtime.turns import Turns
from racelink_core.web.model_parts import build


class Lazy(BaseModel):
    model_config = ConfigDict(defer_build=True)


class Leaf(Lazy):
    value: int


class Branch(Lazy):
    leaves: dict[str, tuple[Leaf, ...]] | None = None


class Tree(Lazy):
    trunk: Branch
    others: list[Tree] = []


def test_the_parts_of_a_model_are_built_before_it() -> None:
    built: list[str] = []

    class Noting(Turns):
        def give_way_if_long(self) -> None:
            built.append("".join(str(int(model.__pydantic_complete__)) for model in (Leaf, Branch, Tree)))

    build(Tree, Noting())
    assert built == ["000", "100", "110"]
    assert Tree.__pydantic_complete__
    assert Tree.model_validate({"trunk": {"leaves": {"a": [{"value": 1}]}}, "others": []}).trunk.leaves


def test_what_is_built_is_left_alone() -> None:
    class Ready(BaseModel):
        value: int

    class Never(Turns):
        def give_way_if_long(self) -> None:
            raise AssertionError("there is nothing to build")

    build(Ready, Never())
