"""One import into one draft: what is shared by the parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from racelink_core.domain.command import PresetReference
from racelink_core.domain.configuration_document import Mode, NetworkIdentity, PartName
from racelink_core.domain.configuration_matching import matching_names, matching_networks
from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.domain.scene_references import NewIds
from racelink_core.services.configuration_transfer.report import PartReport
from racelink_core.services.import_tally import Tally
from racelink_core.state.draft import Draft
from racelink_core.state.importers.findings import Findings


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read and makes sense. `parts`: the records of each, as its part reads them.

    groups, networks   the names behind the numbers, also of what is not taken; None: it does not say
    """

    racelink: str
    exported: str
    parts: Mapping[PartName, Any]
    groups: Mapping[int, str] | None
    networks: Mapping[str, NetworkIdentity]


class Taking:
    """groups     where a group of the document is here, by its number there
    networks   the same for networks, by id
    preset_of  how a reference to a preset is written here
    at_end     what is done when every part has been taken
    """

    def __init__(self, draft: Draft, document: Document, mode: Mode, utc: str, used_networks: Collection[str]) -> None:
        """`used_networks`: those whose gateway is connected now."""
        self.draft, self.document, self.mode, self.utc, self.used_networks = draft, document, mode, utc, used_networks
        self.findings = Findings()
        here = {number: group.name for number, group in draft.groups.items()}
        names = here if document.groups is None else document.groups
        there = {int(number): name for number, name in names.items()}
        self.groups: dict[int, GroupId] = {UNCONFIGURED: UNCONFIGURED, **matching_names(there, here)}
        self.networks: dict[str, str] = matching_networks(document.networks, draft.networks)
        self.preset_of: Callable[[PresetReference], PresetReference] = self._preset_with_key
        self.at_end: list[Callable[[], None]] = []
        self._tallies: dict[PartName, Tally] = {}
        self._removed: dict[PartName, list[str]] = {}

    @property
    def replaces(self) -> bool:
        return self.mode == "replace"

    def tally(self, part: PartName, tally: Tally | None = None) -> Tally:
        """The one of this part; `tally`: one that somebody else has kept."""
        if tally is not None:
            self._tallies[part] = tally
        return self._tallies.setdefault(part, Tally())

    def removed(self, part: PartName, name: str) -> None:
        self._removed.setdefault(part, []).append(name)

    def is_removed(self, part: PartName, name: str) -> bool:
        return name in self._removed.get(part, ())

    def new_group_ids(self) -> NewIds:
        """What numbers of groups become that stand in the document. A group that is not here becomes None."""
        named = self.document.groups
        if named is None:
            return {}
        moved: dict[int, int | None] = {number: self.groups.get(number) for number in named}
        strangers: dict[int, int | None] = {number: None for number in self.draft.groups if number not in named}
        return {old: new for old, new in (moved | strangers).items() if old != new}

    def reports(self) -> tuple[PartReport, ...]:
        return tuple(
            PartReport(
                part=part,
                added=tuple(tally.added),
                changed=tuple(tally.replaced),
                removed=tuple(self._removed.get(part, ())),
                unchanged=tally.same,
            )
            for part, tally in self._tallies.items()
        )

    def _preset_with_key(self, reference: PresetReference) -> PresetReference:
        if isinstance(reference, int):
            return reference
        key = reference.removeprefix("RL:")
        return next((preset.id for preset in self.draft.presets.values() if preset.key == key), reference)
