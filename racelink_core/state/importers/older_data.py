"""What all importers together found, as domain models, whatever form it was stored in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.network import Network
from racelink_core.state.importers.devices import OlderDevice
from racelink_core.state.importers.findings import Findings
from racelink_core.state.importers.groups import OlderGroups
from racelink_core.state.importers.presets import OlderPresets
from racelink_core.state.importers.scenes import OlderScenes


@dataclass(frozen=True, slots=True)
class OlderState:
    """Devices, groups and networks belong together: numbers and ids of one refer to the other.

    source   how the report calls the place it came from
    has_networks  the networks were stored; otherwise there is the one that older hosts ran on, assumed
    unknown  what no rule names, by `kind:id`; kept as it is
    """

    source: str
    networks: tuple[Network, ...]
    groups: OlderGroups
    devices: tuple[OlderDevice, ...]
    has_networks: bool = False
    unknown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OlderPresetFile:
    """A file of WLED presets, by its name without folders."""

    name: str
    content: bytes


@dataclass(slots=True)
class OlderData:
    """Filled by `read_old`. `settings`: fields of `Settings`; `sources`: what was read, in order."""

    findings: Findings
    state: OlderState | None = None
    presets: OlderPresets | None = None
    scenes: OlderScenes | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    wled_files: list[OlderPresetFile] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        records = (self.state, self.presets, self.scenes)
        return all(each is None for each in records) and not self.settings and not self.wled_files
