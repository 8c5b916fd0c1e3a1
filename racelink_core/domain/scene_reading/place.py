"""Where in a choreography something stands, what is wrong there, and what was read differently from how it stood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.errors import InvalidValue

Fields = Mapping[str, Any]


class ChoreographyInvalid(InvalidValue):
    """Something in a choreography makes no sense; nothing was changed.

    reason        stable, finer than `code`: unknown_kind, stray_field, missing, out_of_range, bad_value, too_many
    action_index  counts from 0; None: not about one action
    child_index   within an offset group; None: about the action itself
    """

    def __init__(
        self, field: str, problem: str, reason: str, action_index: int | None = None, child_index: int | None = None
    ) -> None:
        super().__init__(field, problem)
        self.reason, self.action_index, self.child_index = reason, action_index, child_index


class ReadingWarning(FrozenModel):
    """Something was read differently from how it stood there, or will not do what it says. `text`: a sentence."""

    code: str
    text: str
    action_index: int | None = None
    child_index: int | None = None


def _no_turn() -> None:
    """Who reads outside a host gives nobody a turn."""


@dataclass(frozen=True, slots=True)
class Place:
    """is_saving  somebody chose it now, so nothing is guessed; else it comes from a file and is read forgivingly
    give_way   called after every action and child
    """

    is_saving: bool
    tell: Callable[[ReadingWarning], None]
    give_way: Callable[[], None] = _no_turn
    path: str = ""
    action_index: int | None = None
    child_index: int | None = None

    def at(self, name: str | int) -> Place:
        name = name if isinstance(name, int) or (name.isascii() and name.isprintable()) else ascii(name)
        return replace(self, path=f"{self.path}.{name}" if self.path else str(name))

    def of_action(self, index: int) -> Place:
        """The index is a child's when this place is an action."""
        inner = self.at("actions").at(index)
        if self.action_index is None:
            return replace(inner, action_index=index)
        return replace(inner, child_index=index)

    def fail(self, problem: str, reason: str = "bad_value") -> NoReturn:
        """Raises ChoreographyInvalid."""
        raise ChoreographyInvalid(self.path, problem, reason, self.action_index, self.child_index)

    def warn(self, code: str, text: str) -> None:
        self.tell(ReadingWarning(code=code, text=text, action_index=self.action_index, child_index=self.child_index))

    def fields(self, value: object) -> Fields:
        """A JSON object; null fields count as absent."""
        if not isinstance(value, Mapping):
            self.fail(f"expected an object, got {shown(value)}")
        return {str(name): each for name, each in value.items() if each is not None}

    def items(self, value: object, most: int) -> list[Any]:
        if not isinstance(value, list | tuple):
            self.fail(f"expected a list, got {shown(value)}")
        if len(value) > most:
            self.fail(f"at most {most}, got {len(value)}", "too_many")
        return list(value)


@dataclass(slots=True)
class Warnings:
    """Collects, up to a number that nobody reads through anyway."""

    most: int = 200
    found: list[ReadingWarning] = field(default_factory=list)

    def __call__(self, warning: ReadingWarning) -> None:
        if len(self.found) < self.most:
            self.found.append(warning)


def shown(value: object) -> str:
    """Any value from outside as something short to show."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a huge number"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
