"""Builds the host inside RotorHazard and ties it to RotorHazard's life."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration, older_home
from racelink_core.domain.race_timer import RaceTimer

from .actions import Actions
from .buttons import Buttons
from .data_transfer import DataTransfer
from .heat import current_heat
from .heat_events import follow_heat
from .led_effects import LedEffects
from .notifier import Notifier
from .older_options import older_options
from .own_bindings import OwnBindings
from .page import RaceLinkPage
from .race_events import RaceEvents
from .race_light import CLASSES_CHANGE_AT, RaceLight
from .refresh import Refresh
from .rotorhazard import RhApi, listen
from .scene_player import ScenePlayer
from .serial_ports import rotorhazard_ports
from .settings_section import PORTS, SECTION, gateway_ports, register_section

_log = logging.getLogger(__name__)


class Plugin:
    """One per server process. Nothing here touches RotorHazard's database before STARTUP."""

    def __init__(self, rhapi: RhApi) -> None:
        self._rhapi = rhapi
        register_section(rhapi)
        configuration = HostConfiguration(
            data_directory=Path(rhapi.server.data_dir) / "racelink",
            gateways=gateway_ports(rhapi),
            home=older_home(os.environ),
        )
        self._host = create_host(
            configuration,
            excluded_ports=lambda: rotorhazard_ports(rhapi),
            older_options=lambda: older_options(rhapi),
        )
        self._host.keep_log_of(__package__)
        self._host.startblock.heat = lambda: current_heat(rhapi)
        notifier = Notifier(rhapi)
        self._host.heat_follower.on_problem = notifier.say
        self._leds = LedEffects(self._host, notifier)
        scenes = ScenePlayer(self._host)
        self._events = RaceEvents(rhapi, lambda: self._host.store.snapshot.settings.team_colours)
        light = RaceLight(self._events, rhapi, self._host)
        self._actions = Actions(self._host, scenes, light, notifier)
        self._own_bindings = OwnBindings(rhapi, self._host, self._events)
        self._host.race_reactions.said = notifier.say
        self._host.race_timer = lambda: RaceTimer(light.offered.seats, light.offered.classes or {})
        buttons = Buttons(rhapi, self._host, scenes, notifier)
        self._data = DataTransfer(self._host, notifier)
        self._refresh = Refresh(rhapi, self._host, buttons, self._actions, notifier)

    def register(self) -> None:
        """Panels, page and event handlers; the gateways wait for STARTUP. After a failure nothing of ours runs on."""
        try:
            self._register()
        except Exception:
            self._stop()
            raise

    def _register(self) -> None:
        RaceLinkPage(self._rhapi, self._host)
        self._refresh.register_now()
        listen(self._rhapi, "DATA_EXPORT_INITIALIZE", self._data.register_exporter)
        listen(self._rhapi, "DATA_IMPORT_INITIALIZE", self._data.register_importer)
        listen(self._rhapi, "ACTIONS_INITIALIZE", self._actions.initialise)
        for name in CLASSES_CHANGE_AT:
            listen(self._rhapi, name, self._actions.look_and_update, role="classes")
        listen(self._rhapi, "LED_INITIALIZE", self._leds.initialise)
        follow_heat(self._rhapi, self._host.heat_follower)
        listen(self._rhapi, "STARTUP", self._start)
        listen(self._rhapi, "CONFIG_SET", self._config_set)
        self._events.rows.follow()
        self._own_bindings.register()
        # Synchronous: RotorHazard waits for it, and the ports are free when it returns.
        listen(self._rhapi, "SHUTDOWN", self._stop, synchronous=True)
        atexit.register(self._stop)

    def _start(self, _args: object) -> None:
        self._host.start()
        self._refresh.start()

    def _stop(self, _args: object = None) -> None:
        """SHUTDOWN comes once, twice or, with a killed server, never."""
        self._refresh.stop()
        self._host.stop()

    def _config_set(self, args: Mapping[str, Any]) -> None:
        if args.get("section") == SECTION and args.get("key") == PORTS:
            self._host.gateways.set_pins(gateway_ports(self._rhapi))
            _log.info("RaceLink's gateway ports were changed")
