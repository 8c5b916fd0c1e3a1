"""Every part of a configuration that moves. A new one is a line here, and a name in `domain/configuration_document`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from racelink_core.domain.configuration_document import PartName
from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.configuration_transfer import choreography, devices, groups, networks, race, settings
from racelink_core.services.configuration_transfer.taking import Taking


class Part(NamedTuple):
    """written  the part as JSON
    read     the records of the JSON; raises InvalidConfiguration
    take     puts the records into a draft
    """

    written: Callable[[Snapshot], Any]
    read: Callable[[object], Any]
    take: Callable[[Any, Taking], None]


ALL: dict[PartName, Part] = {
    "networks": Part(networks.written, networks.read, networks.take),
    "groups": Part(groups.written, groups.read, groups.take),
    "devices": Part(devices.written, devices.read, devices.take),
    "presets": Part(choreography.written_presets, choreography.read_presets, choreography.take_presets),
    "scenes": Part(choreography.written_scenes, choreography.read_scenes, choreography.take_scenes),
    "seats": Part(race.written_seats, race.read_seats, race.take_seats),
    "race_bindings": Part(race.written_bindings, race.read_bindings, race.take_bindings),
    "settings": Part(settings.written, settings.read, settings.take),
}
