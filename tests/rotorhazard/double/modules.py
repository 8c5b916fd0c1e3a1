"""What plugins import from the server under plain names: `RHUI`, `EventActions`, `eventmanager`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import TYPE_CHECKING, Any

import gevent

from tests.rotorhazard.double.contract import EVENT_NAMES, FIELD_TYPES, importable

if TYPE_CHECKING:

    class UIFieldType(str, Enum):
        TEXT = "text"
else:
    UIFieldType = Enum("UIFieldType", FIELD_TYPES, type=str)

Evt = type("Evt", (), dict(EVENT_NAMES))
LEDEvent = type("LEDEvent", (), dict(importable("led_event_manager", "LEDEvent")["constants"]))


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


class DataExporter:
    def __init__(
        self,
        label: str,
        formatter_fn: Callable[[Any], Any],
        assembler_fn: Callable[[Any], Any],
        name: str | None = None,
    ) -> None:
        self.name, self.label = name or label.lower(), label
        self._formatter, self._assembler = formatter_fn, assembler_fn

    def export(self, rhapi: Any) -> Any:
        return self._formatter(self._assembler(rhapi))


class DataImporter:
    """`run_import`: without the check of the database that follows in the server."""

    def __init__(
        self,
        label: str,
        import_fn: Callable[..., Any],
        default_args: dict[str, Any] | None = None,
        settings: list[UIField] | None = None,
        name: str | None = None,
    ) -> None:
        self.name, self.label = name or label.lower(), label
        self.default_args, self.settings = default_args or {}, settings or []
        self._import = import_fn

    def run_import(self, rhapi: Any, data: Any, import_args: dict[str, Any] | None = None) -> Any:
        return self._import(self, rhapi, data, {**self.default_args, **(import_args or {})})


class LEDEffect:
    def __init__(
        self,
        label: str,
        handler_fn: Callable[[Mapping[str, Any]], None],
        valid_events: Mapping[str, Any],
        default_args: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        self.name, self.label, self.valid_events = name or label.lower(), label, valid_events
        self.default_args = default_args
        self._handler_fn = handler_fn
        self._running: gevent.Greenlet[..., None] | None = None

    def run_effect(self, args: Mapping[str, Any], idler: Callable[[], None]) -> None:
        self._running = gevent.spawn(self.effect_runner, {**args, "_effect": self})
        self._running.link(lambda _: idler())

    def effect_runner(self, args: Mapping[str, Any]) -> None:
        self._handler_fn(args)

    def stop_effect(self) -> None:
        """Waits for its end."""
        if self._running is not None:
            self._running.join()


def plain_modules() -> dict[str, ModuleType]:
    """By the name under which a plugin imports them."""
    contents: dict[str, tuple[Any, ...]] = {
        "RHUI": (UIField, UIFieldType, UIFieldSelectOption),
        "EventActions": (ActionEffect,),
        "data_export": (DataExporter,),
        "data_import": (DataImporter,),
        "eventmanager": (Evt,),
        "led_event_manager": (LEDEffect, LEDEvent),
    }
    modules = {}
    for name, members in contents.items():
        modules[name] = ModuleType(name)
        for member in members:
            setattr(modules[name], member.__name__, member)
    return modules
