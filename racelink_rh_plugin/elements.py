"""Panels as data: what is on them, comparable, so that only what changed is registered again (design 3.11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from . import rotorhazard
from .rotorhazard import RhApi


@dataclass(frozen=True, slots=True)
class Panel:
    name: str
    label: str
    page: str

    def register(self, rhapi: RhApi) -> None:
        rhapi.ui.register_panel(self.name, self.label, self.page)


@dataclass(frozen=True, slots=True)
class Markdown:
    """`text` is Markdown with escaped values; tables do not render there."""

    panel: str
    name: str
    text: str

    def register(self, rhapi: RhApi) -> None:
        rhapi.ui.register_markdown(self.panel, self.name, self.text)


@dataclass(frozen=True, slots=True)
class Select:
    panel: str
    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str
    description: str | None = None

    def register(self, rhapi: RhApi) -> None:
        made = rotorhazard.select_field(self.name, self.label, self.choices, self.value, description=self.description)
        rhapi.fields.register_option(made, self.panel)


@dataclass(frozen=True, slots=True)
class Text:
    """With `section` the value is kept in config.json."""

    panel: str
    name: str
    label: str
    description: str | None = None
    section: str | None = None

    def register(self, rhapi: RhApi) -> None:
        made = rotorhazard.text_field(self.name, self.label, description=self.description, section=self.section)
        rhapi.fields.register_option(made, self.panel)


@dataclass(frozen=True, slots=True)
class Checkbox:
    panel: str
    name: str
    label: str
    value: bool
    section: str
    description: str | None = None

    def register(self, rhapi: RhApi) -> None:
        made = rotorhazard.checkbox_field(
            self.name, self.label, self.value, description=self.description, section=self.section
        )
        rhapi.fields.register_option(made, self.panel)


@dataclass(frozen=True, slots=True)
class Range:
    panel: str
    name: str
    label: str
    value: int
    lowest: int
    highest: int

    def register(self, rhapi: RhApi) -> None:
        made = rotorhazard.range_field(self.name, self.label, self.value, lowest=self.lowest, highest=self.highest)
        rhapi.fields.register_option(made, self.panel)


@dataclass(frozen=True, slots=True)
class Button:
    """`pressed` runs inside the browser's socket request: it must return at once."""

    panel: str
    name: str
    label: str
    pressed: Callable[[object], None] = field(compare=False)

    def register(self, rhapi: RhApi) -> None:
        rhapi.ui.register_quickbutton(self.panel, self.name, self.label, self.pressed)


Element = Panel | Markdown | Select | Text | Checkbox | Range | Button


class ElementRegistry:
    """Remembers what RotorHazard was told, and tells it only what differs."""

    def __init__(self, rhapi: RhApi) -> None:
        self._rhapi = rhapi
        self._registered: dict[str, Element] = {}

    def register(self, elements: Iterable[Element]) -> list[Element]:
        """Registers what is new or different; returns it, in the given order."""
        changed = [element for element in elements if self._registered.get(element.name) != element]
        for element in changed:
            element.register(self._rhapi)
            self._registered[element.name] = element
        return changed
