"""RaceLink's lamps among RotorHazard's own LED effects: one for all lamps, and one for each group.

They exist only on a timer with an LED strip: elsewhere RotorHazard never asks for them (spec rotorhazard, section 4).
An effect that was registered stays, so one of a deleted group is only offered no more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from racelink_core.domain.effect import Colour
from racelink_core.domain.group import GroupId
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.snapshot import Snapshot

from . import rotorhazard
from .led_colours import LedColours, Wanted
from .notifier import Notifier
from .race_state import priority_of

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_WHITE = 0xFFFFFF


@dataclass(frozen=True, slots=True)
class LedForm:
    """`group_id` None: all lamps. The name is for ever, since RotorHazard stores it."""

    group_id: GroupId | None
    label: str
    is_offered: bool = True

    @property
    def name(self) -> str:
        return "racelink_all" if self.group_id is None else f"racelink_group_{self.group_id}"


class LedEffects:
    """Registers the effects, and again those whose group is renamed, new or gone."""

    def __init__(self, host: Host, notifier: Notifier) -> None:
        self._host = host
        self._colours = LedColours(host.dispatcher.submit, notifier.say)
        self._register: Callable[[Any], Any] | None = None
        self._registered: dict[str, LedForm] = {}
        host.store.subscribe(lambda _change: self.update())
        host.on_stop(self._colours.stop)

    def initialise(self, args: Mapping[str, Any]) -> None:
        """Handler of LED_INITIALIZE; its register function works later, too."""
        self._register = args["register_fn"]
        self.update()

    def update(self) -> None:
        """Registers what differs from what RotorHazard knows."""
        if self._register is None:
            return
        wanted = _forms(self._host.store.snapshot)
        gone = self._registered.keys() - wanted.keys()
        for name in gone:
            before = self._registered[name]
            wanted[name] = LedForm(before.group_id, f"RaceLink: group {before.group_id}, deleted", is_offered=False)
        for name, form in wanted.items():
            if self._registered.get(name) != form:
                self._register(self._made(form))
                self._registered[name] = form

    def _made(self, form: LedForm) -> Any:
        return rotorhazard.led_effect(
            form.name, form.label, partial(self._show, form.group_id), is_offered=form.is_offered, colour=_WHITE
        )

    def _show(self, group_id: GroupId | None, args: Mapping[str, Any] | None) -> None:
        """RotorHazard waits for an effect to end before it runs the next one: returns at once, and never raises."""
        try:
            given = args or {}
            event = str(given.get("_eventName") or "idle")
            priority = Priority.OPERATOR if event == rotorhazard.event("LED_MANUAL") else priority_of(event)
            self._colours.show(Wanted(group_id, _colour(given.get("color")), Origin(f"LED effect {event}", priority)))
        except Exception:  # noqa: BLE001 - nothing of ours may raise into RotorHazard
            _log.exception("An LED effect was not passed on to the lamps")


def _forms(snapshot: Snapshot) -> dict[str, LedForm]:
    """By name; groups in display order, with names that are safe in RotorHazard's page."""
    groups = sorted(snapshot.groups.values(), key=lambda group: (group.display_order, group.id))
    forms = [
        LedForm(None, "RaceLink: all lamps"),
        *(LedForm(group.id, f"RaceLink: {escape(group.name)}") for group in groups),
    ]
    return {form.name: form for form in forms}


def _colour(stored: object) -> Colour:
    """RotorHazard's 0xRRGGBB; white where an event has none."""
    is_colour = isinstance(stored, int) and not isinstance(stored, bool) and 0 <= stored <= _WHITE
    number = stored if is_colour and isinstance(stored, int) else _WHITE
    return number >> 16, number >> 8 & 0xFF, number & 0xFF
