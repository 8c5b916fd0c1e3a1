"""The server: start, the browser's actions, event actions, end (spec rotorhazard, sections 1 to 4)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import DictLoader

from tests.rotorhazard.double.contract import EVENT_NAMES
from tests.rotorhazard.double.events import EventsAPI
from tests.rotorhazard.double.interface import FieldsAPI, UserInterfaceAPI
from tests.rotorhazard.double.leds import LedManager
from tests.rotorhazard.double.modules import ActionEffect, DataExporter, DataImporter, plain_modules
from tests.rotorhazard.double.race import RaceAPI
from tests.rotorhazard.double.settings import DatabaseAPI, ServerConfigAPI

LAYOUT = """<!doctype html><html><head>
<title>{% block title %}{% endblock %}: {{ getConfig('UI', 'timerName') }}</title>
{% block head %}{% endblock %}</head><body data-release="{{ serverInfo['release_version'] }}">
<nav id="nav-main"><ul><li><a href="/event">{{ __("Event") }}</a></li>
<li class="extra"><a href="#">...</a></li></ul></nav>
{% if restart_flag %}<p id="restart">restart</p>{% endif %}{% if Debug %}debug{% endif %}{{ serverInfo['about_html'] }}
{% block content %}{% endblock %}</body></html>"""
PAGE = '{% extends "layout.html" %}{% block title %}Event{% endblock %}{% block content %}an event{% endblock %}'


class ServerAPI:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.program_dir = str(data_dir), "/nowhere"
        self.info: dict[str, str] | None = None


class RhApiDouble:
    """The object that `initialize` gets."""

    def __init__(self, data_dir: Path, config: dict[str, dict[str, Any]], app: Flask) -> None:
        self.API_VERSION_MAJOR, self.API_VERSION_MINOR = 1, 4
        self.server_info: dict[str, str] | None = None
        self.server = ServerAPI(data_dir)
        self.config = ServerConfigAPI(config)
        self.db = DatabaseAPI()
        self.race: Any = RaceAPI()
        self.events = EventsAPI()
        self.ui = UserInterfaceAPI(app)
        self.fields = FieldsAPI(self.db, self.ui)

    def __(self, text: str, domain: str = "") -> str:
        return text


class RotorHazard:
    """One server on `data_dir`. `with server.running(initialize):` starts and ends it."""

    def __init__(self, data_dir: Path, **config: dict[str, Any]) -> None:
        self.app = Flask("double", static_folder=None)
        self.app.jinja_loader = DictLoader({"layout.html": LAYOUT, "event.html": PAGE})
        self.login = ("admin", "secret")
        self.config: dict[str, dict[str, Any]] = {
            "SECRETS": {"ADMIN_USERNAME": self.login[0], "ADMIN_PASSWORD": self.login[1]}
        }
        self.config.update(config)
        self.rhapi = RhApiDouble(data_dir, self.config, self.app)
        self.events, self.ui = self.rhapi.events, self.rhapi.ui
        self.effects: dict[str, ActionEffect] = {}
        self.leds = LedManager(self.events)
        self.has_strip = False
        self.exporters: dict[str, DataExporter] = {}
        self.importers: dict[str, DataImporter] = {}
        self._add_own_page()

    @contextmanager
    def running(self, initialize: Callable[[Any], None]) -> Iterator[RotorHazard]:
        with self.importable():
            self.load(initialize)
            try:
                self.start()
                yield self
            finally:
                self.shut_down()
                self.events.settle()

    @contextmanager
    def importable(self) -> Iterator[None]:
        """The server's modules can be imported under their plain names."""
        modules = plain_modules()
        sys.modules.update(modules)
        try:
            yield
        finally:
            for name in modules:
                sys.modules.pop(name, None)

    def load(self, initialize: Callable[[Any], None]) -> None:
        initialize(self.rhapi)

    def start(self) -> None:
        """From the opened database to STARTUP."""
        self.rhapi.config.drop_unregistered_sections()
        self.rhapi.db.is_open = True
        self.rhapi.db.write_defaults()
        self.rhapi.server.info = self.rhapi.server_info = {"release_version": "4.4.1"}
        self.fire("DATA_EXPORT_INITIALIZE", {"register_fn": lambda each: self.exporters.update({each.name: each})})
        self.fire("DATA_IMPORT_INITIALIZE", {"register_fn": lambda each: self.importers.update({each.name: each})})
        if self.has_strip:
            self.fire("LED_INITIALIZE", {"register_fn": self.leds.register})
        self.fire("ACTIONS_INITIALIZE", {"register_fn": self._register_effect})
        self.events.on("all", self._run_actions, priority=200, name="actions")
        self.fire("STARTUP")

    def shut_down(self) -> None:
        self.events.trigger(EVENT_NAMES["SHUTDOWN"], {})

    def fire(self, event: str, args: dict[str, Any] | None = None) -> None:
        """By the constant's name, as in `RACE_START`; returns when all handlers are done."""
        self.events.trigger(EVENT_NAMES[event], {} if args is None else args)
        self.events.settle()

    def bind(self, event: str, effect: str, **touched: object) -> None:
        """What the settings page does: only fields that the user touched are stored, as text."""
        stored = json.loads(self.rhapi.config.get("USER", "actions") or "[]")
        stored.append({"event": EVENT_NAMES[event], "effect": effect, **touched})
        self.change_config("USER", "actions", json.dumps(stored))

    def change_config(self, section: str, key: str, value: Any) -> None:
        """As from a browser: with its event."""
        self.rhapi.config.set(section, key, value)
        self.fire("CONFIG_SET", {"section": section, "key": key, "value": value})

    def choose(self, option: str, value: str) -> None:
        """A value that somebody sets in a panel."""
        self.rhapi.db.option_set(option, value)
        self.fire("OPTION_SET", {"option": option, "value": value})

    def press(self, button: str) -> None:
        pressed = self.ui.buttons[button]
        pressed.fn(pressed.args)

    def shown_fields(self, effect: str) -> dict[str, Any]:
        """The form of an effect, by field name."""
        return {field.name: field for field in self.effects[effect].fields}

    def _register_effect(self, effect: ActionEffect) -> bool:
        self.effects[effect.name] = effect
        return True

    def _run_actions(self, args: dict[str, Any]) -> None:
        """Each in a greenlet of its own; an effect that is not registered any more ends the list."""
        stored = json.loads(self.rhapi.config.get("USER", "actions") or "[]")
        for action in stored:
            if action["event"] == args["_eventName"]:
                self.events.spawn(self.effects[action["effect"]].runEffect, action, args)

    def _add_own_page(self) -> None:
        @self.app.get("/event")
        def event_page() -> str:
            return render_template(
                "event.html",
                getConfig=self.rhapi.config.get,
                serverInfo={"release_version": "4.4.1", "about_html": ""},
                __=lambda text: text,
            )
