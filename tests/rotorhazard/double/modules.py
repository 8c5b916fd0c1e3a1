"""What plugins import from the server under plain names: `RHUI`, `EventActions`, `eventmanager`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tests.rotorhazard.double.contract import EVENT_NAMES, FIELD_TYPES

if TYPE_CHECKING:

    class UIFieldType(str, Enum):
        TEXT = "text"
else:
    UIFieldType = Enum("UIFieldType", FIELD_TYPES, type=str)

Evt = type("Evt", (), dict(EVENT_NAMES))


@dataclass
class UIFieldSelectOption:
    value: str
    label: str


@dataclass
class UIField:
    name: str
    label: str
    field_type: UIFieldType = UIFieldType.TEXT
    value: Any = None
    desc: str | None = None
    placeholder: str | None = None
    options: list[UIFieldSelectOption] | None = None
    order: int = 0
    private: bool = False
    html_attributes: dict[str, Any] | None = None
    persistent_section: str | None = None
    persistent_restart: bool = False


class ActionEffect:
    def __init__(
        self,
        label: str,
        effect_fn: Callable[[Mapping[str, Any], Mapping[str, Any]], None],
        fields: list[UIField] | None,
        name: str | None = None,
    ) -> None:
        self.name, self.label = name or label.lower(), label
        self.fields = fields or []
        self._effect_fn = effect_fn

    def runEffect(self, action: Mapping[str, Any], args: Mapping[str, Any]) -> None:  # noqa: N802 - their name
        self._effect_fn(action, args)


def plain_modules() -> dict[str, ModuleType]:
    """By the name under which a plugin imports them."""
    contents: dict[str, tuple[Any, ...]] = {
        "RHUI": (UIField, UIFieldType, UIFieldSelectOption),
        "EventActions": (ActionEffect,),
        "eventmanager": (Evt,),
    }
    modules = {}
    for name, members in contents.items():
        modules[name] = ModuleType(name)
        for member in members:
            setattr(modules[name], member.__name__, member)
    return modules
