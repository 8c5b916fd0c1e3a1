"""The only place that knows RotorHazard's modules; they exist only inside its server, so they are imported late.

Source: the recorded API contract 1.4; spec rotorhazard, sections 3 and 4.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

_log = logging.getLogger(__name__)
RhApi = Any
"""RotorHazard's API object. Untyped on their side; the double of the tests is checked against the recorded contract."""

OLDEST_API = (1, 4)
_LED_EFFECT_S = 4
"""After it the strip goes on with the idle effect that the user chose."""


class Effect(Protocol):
    """What `ActionEffect` takes: the stored binding and the event's arguments."""

    def __call__(self, action: Mapping[str, Any], args: Mapping[str, Any], /) -> None: ...


class ImportFunction(Protocol):
    """What `DataImporter` takes: itself, the API, the file and the form; whether it went well."""

    def __call__(self, importer: object, rhapi: RhApi, data: bytes | str, args: Mapping[str, Any], /) -> bool: ...


def select_field(
    name: str, label: str, choices: Sequence[tuple[str, str]], value: str, *, description: str | None = None
) -> Any:
    """`choices` are pairs of value and label."""
    from RHUI import UIField, UIFieldSelectOption, UIFieldType

    options = [UIFieldSelectOption(choice, text) for choice, text in choices]
    return UIField(name, label, UIFieldType.SELECT, value=value, desc=description, options=options)


def text_field(
    name: str, label: str, *, value: str = "", description: str | None = None, section: str | None = None
) -> Any:
    """With `section` the value lives in config.json and not in the event database."""
    from RHUI import UIField, UIFieldType

    return UIField(name, label, UIFieldType.TEXT, value=value, desc=description, persistent_section=section)


def range_field(name: str, label: str, value: int, *, lowest: int, highest: int) -> Any:
    from RHUI import UIField, UIFieldType

    limits = {"min": lowest, "max": highest, "step": 1}
    return UIField(name, label, UIFieldType.RANGE, value=value, html_attributes=limits)


def checkbox_field(
    name: str, label: str, value: bool, *, description: str | None = None, section: str | None = None
) -> Any:
    from RHUI import UIField, UIFieldType

    return UIField(name, label, UIFieldType.CHECKBOX, value=value, desc=description, persistent_section=section)


def action_effect(name: str, label: str, effect: Effect, fields: Sequence[Any]) -> Any:
    from EventActions import ActionEffect

    return ActionEffect(label, effect, list(fields), name)


def data_exporter(
    name: str, label: str, assemble: Callable[[RhApi], Any], to_file: Callable[[Any], Mapping[str, str] | None]
) -> Any:
    """assemble  gives what is exported
    to_file   gives `data`, `encoding` (a MIME type) and `ext` of it; None: it failed
    """
    from data_export import DataExporter

    return DataExporter(label, to_file, assemble, name)


def data_importer(
    name: str, label: str, take: ImportFunction, defaults: Mapping[str, Any], fields: Sequence[Any]
) -> Any:
    """`defaults`: by the names of the fields."""
    from data_import import DataImporter

    return DataImporter(label, take, dict(defaults), list(fields), name)


def led_effect(
    name: str, label: str, effect: Callable[[Mapping[str, Any]], None], *, is_offered: bool, colour: int
) -> Any:
    """An effect of the LED strip's manager. `colour` (0xRRGGBB) stands in where an event has none."""
    from eventmanager import Evt
    from led_event_manager import LEDEffect, LEDEvent

    idle = [LEDEvent.IDLE_READY, LEDEvent.IDLE_RACING, LEDEvent.IDLE_DONE]
    offered = {"manual": True, "include": idle, "recommended": [Evt.RACE_START, Evt.RACE_FINISH, Evt.RACE_STOP]}
    valid_events = offered if is_offered else {"manual": False, "exclude": [Evt.ALL]}
    return LEDEffect(label, effect, valid_events, {"color": colour, "time": _LED_EFFECT_S}, name)


def event(name: str) -> str:
    """The value of `Evt.<name>`."""
    from eventmanager import Evt

    return str(getattr(Evt, name))


def listen(
    rhapi: RhApi, event_name: str, handler: Callable[[Any], None], *, synchronous: bool = False, role: str = ""
) -> None:
    """Registers a handler under a name of its own: RotorHazard drops the first of two that share one.

    role  keeps two handlers of ours for the same event apart

    Whatever goes wrong in it ends in our log, and never in RotorHazard.
    """
    priority = 50 if synchronous else None
    name = "_".join(filter(None, ("racelink", role, event_name.lower())))

    def guarded(args: Any) -> None:
        try:
            handler(args)
        except Exception:  # noqa: BLE001 - the edge to RotorHazard
            _log.exception("RaceLink could not follow the event %s", event_name)

    rhapi.events.on(event(event_name), guarded, priority=priority, name=name)
