"""Panels, fields, buttons, messages and pages: what is shown, and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask

from tests.rotorhazard.double.modules import UIField
from tests.rotorhazard.double.settings import DatabaseAPI

SHOWN_PAGES = ("settings", "format", "run", "marshal", "results", "streams")


@dataclass
class UIPanel:
    name: str
    label: str
    page: str
    order: int = 0
    open: bool = False


@dataclass
class QuickButton:
    panel: str
    name: str
    label: str
    fn: Callable[[Any], Any]
    args: dict[str, Any] | None


class UserInterfaceAPI:
    """`registrations` counts each name; `rebuilt` lists the pages that open browsers were told to rebuild."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._panels: dict[str, UIPanel] = {}
        self.markdown: dict[str, tuple[str, str]] = {}
        self.buttons: dict[str, QuickButton] = {}
        self.registrations: Counter[str] = Counter()
        self.rebuilt: list[str] = []
        self.messages: list[str] = []

    @property
    def panels(self) -> list[UIPanel]:
        return list(self._panels.values())

    def register_panel(self, name: str, label: str, page: str, order: int = 0, open: bool = False) -> None:
        self._panels[name] = UIPanel(name, label, page, order, open)
        self.registrations[name] += 1

    def register_markdown(self, panel: str, name: str, desc: str) -> None:
        self.markdown[name] = (panel, desc)
        self.registrations[name] += 1

    def register_quickbutton(
        self,
        panel: str,
        name: str,
        label: str,
        function: Callable[[Any], Any],
        args: dict[str, Any] | None = None,
    ) -> None:
        self.buttons[name] = QuickButton(panel, name, label, function, args)
        self.registrations[name] += 1

    def broadcast_ui(self, page: str, replace_panels: bool = True) -> None:
        self.rebuilt.append(page)

    def message_notify(self, message: str) -> None:
        self.messages.append(message)

    def message_alert(self, message: str) -> None:
        self.messages.append(message)

    def blueprint_add(self, blueprint: Blueprint) -> None:
        """AssertionError after the first request, as in the server."""
        self._app.register_blueprint(blueprint)


class FieldsAPI:
    """`fields` by name, with the panel that shows them."""

    def __init__(self, database: DatabaseAPI, interface: UserInterfaceAPI) -> None:
        self._database, self._interface = database, interface
        self.panel_of: dict[str, str | None] = {}

    @property
    def options(self) -> list[UIField]:
        return list(self._database.fields.values())

    def register_option(self, field: UIField, panel: str | None = None, order: int = 0) -> None:
        self._database.fields[field.name] = field
        self.panel_of[field.name] = panel
        self._interface.registrations[field.name] += 1
