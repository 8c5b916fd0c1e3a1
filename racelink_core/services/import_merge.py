"""Puts what older hosts stored into a transaction's draft. Nothing that is there is lost unless that was asked for.

Source: spec services, section 15; design 3.15 and 6.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.command import PresetReference
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED, Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.settings import Settings
from racelink_core.services.groups_of_devices import reconcile_groups
from racelink_core.services.import_report import KindReport, OnConflict
from racelink_core.services.import_tally import Tally
from racelink_core.services.scene_merge import SceneMerge
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices
from racelink_core.state.importers.findings import Findings, Kind
from racelink_core.state.importers.older_data import OlderData, OlderState
from racelink_core.state.importers.presets import OlderPresets
from racelink_core.state.importers.scenes import OlderScenes

MORE = "more:"
"""Ids of what no rule names: `more:device:<MAC>` and so on."""
_DEFAULTS = Settings()


class Merge:
    """One import into one draft; `run` once. What cannot be taken is added to `findings`.

    readings   what nodes last reported, for devices that are new or replaced
    """

    def __init__(
        self,
        draft: Draft,
        known: Mapping[str, str],
        findings: Findings,
        on_conflict: OnConflict,
        *,
        is_first: bool,
        utc: str,
    ) -> None:
        """known      the older documents that are there already
        is_first   there is only what a new installation starts with: the older data takes its place
        """
        self._draft, self._known, self._findings, self._is_first = draft, known, findings, is_first
        self._utc = utc
        self._replaces = on_conflict == "replace" or is_first
        self._tallies: dict[Kind, Tally] = {}
        self._networks: dict[str, str] = {}
        self._groups: dict[int, GroupId] = {}
        self._presets: dict[int, int] = {}
        self.readings: dict[Mac, Mapping[str, Any]] = {}

    def run(self, data: OlderData) -> tuple[KindReport, ...]:
        if data.state is not None:
            self._take_state(data.state)
        if data.presets is not None:
            self._take_presets(data.presets)
        if data.scenes is not None:
            self._take_scenes(data.scenes, data.state)
        self._take_settings(data.settings)
        return tuple(tally.report(kind) for kind, tally in self._tallies.items())

    def _take_state(self, state: OlderState) -> None:
        if self._is_first and state.has_networks:
            self._draft.networks.clear()
        for network in state.networks:
            self._take_network(network, is_assumed=not state.has_networks)
        self._take_groups(state.groups.groups)
        groups_network = self._network_of_each_group()
        for older in in_slices(state.devices, 20):
            if self._take_device(older.device, groups_network):
                self.readings[older.device.mac] = older.reading
        reconcile_groups(self._draft)
        for key, value in state.unknown.items():
            self._draft.older_documents.setdefault(MORE + key, self._known.get(MORE + key) or json.dumps(value))

    def _take_network(self, network: Network, *, is_assumed: bool) -> None:
        tally, present = self._tally("network"), self._draft.networks.get(network.id)
        serving = {each.gateway_mac: each for each in self._draft.networks.values() if each.gateway_mac}
        if present is None:
            twin = None if network.gateway_mac is None else serving.get(network.gateway_mac)
            if twin is not None:
                self._networks[network.id] = twin.id
                tally.same += 1
                self._findings.change(
                    "network", network.name, f"The same gateway serves it as network {twin.name} here."
                )
                return
            self._networks[network.id] = network.id
            self._draft.networks[network.id] = network
            tally.added.append(network.name)
            return
        self._networks[network.id] = network.id
        gateway = present.gateway_mac or (None if network.gateway_mac in serving else network.gateway_mac)
        wanted = network.model_copy(update={"gateway_mac": gateway})
        if wanted == present or is_assumed:
            tally.same += 1
        elif self._replaces:
            self._draft.networks[network.id] = wanted
            tally.replaced.append(network.name)
        else:
            tally.kept.append(network.name)

    def _take_groups(self, groups: tuple[Group, ...]) -> None:
        """A group is the same if it is called the same; its number stays if it is free."""
        self._groups[UNCONFIGURED] = UNCONFIGURED
        tally, here = self._tally("group"), self._draft.groups
        matched = {group.id for group in groups if group.id in here and here[group.id].name == group.name}
        by_name = {each.name: each.id for each in reversed(here.values()) if each.id not in matched}
        free_first = sorted(groups, key=lambda group: group.id in here)
        for group in free_first:
            number = group.id if group.id in matched else by_name.pop(group.name, None)
            if number is not None:
                tally.same += 1
            else:
                number = self._add_group(group)
                tally.added.append(group.name)
            self._groups[group.id] = number
            if number != group.id:
                self._findings.change(
                    "group",
                    group.name,
                    f"It has number {number} here, and had {group.id}. Check RotorHazard's bindings to it.",
                )

    def _add_group(self, group: Group) -> GroupId:
        here = self._draft.groups
        number = group.id if group.id not in here else self._draft.next_group_id()
        order = max((each.display_order for each in here.values()), default=0) + 1
        network_id = self._networks.get(group.network_id or "")
        here[number] = group.model_copy(update={"id": number, "display_order": order, "network_id": network_id})
        return number

    def _network_of_each_group(self) -> dict[GroupId, str]:
        """Of groups that have members: these decide, and what comes must hang on the same gateway."""
        return {
            device.group_id: device.network_id
            for device in reversed(self._draft.devices.values())
            if device.network_id is not None and device.group_id != UNCONFIGURED
        }

    def _take_device(self, older: Device, groups_network: dict[GroupId, str]) -> bool:
        """Whether the older record is in the draft now."""
        tally, present = self._tally("device"), self._draft.devices.get(older.mac)
        wanted = older.model_copy(
            update={
                "group_id": self._groups.get(older.group_id, UNCONFIGURED),
                "network_id": self._networks.get(older.network_id or ""),
            }
        )
        if present is not None:
            wanted = wanted.model_copy(
                update={"position": present.position, "group_push_pending": present.group_push_pending}
            )
        if wanted == present:
            tally.same += 1
            return False
        if present is not None and not self._replaces:
            tally.kept.append(f"{present.name} ({older.mac})")
            return False
        wanted = self._within_one_network(wanted, groups_network)
        if present is not None and wanted.group_id != present.group_id:
            wanted = wanted.model_copy(update={"group_push_pending": True})
        if wanted == present:
            tally.same += 1
            return False
        self._draft.devices[older.mac] = wanted
        (tally.added if present is None else tally.replaced).append(f"{wanted.name} ({wanted.mac})")
        return True

    def _within_one_network(self, device: Device, groups_network: dict[GroupId, str]) -> Device:
        if device.group_id == UNCONFIGURED or device.network_id is None:
            return device
        network_id = groups_network.setdefault(device.group_id, device.network_id)
        if network_id == device.network_id:
            return device
        name = self._draft.groups[device.group_id].name
        self._findings.change(
            "device",
            f"{device.name} ({device.mac})",
            f"Group {name} is on another network, so it is in Unconfigured.",
        )
        return device.model_copy(update={"group_id": UNCONFIGURED})

    def _take_presets(self, older: OlderPresets) -> None:
        """A preset is the same if it has the same key; its id stays if it is free."""
        if self._is_first and older.presets:
            self._draft.presets.clear()
        by_key = {each.key: each for each in self._draft.presets.values()}
        self._draft.reserve_preset_ids(older.next_id)
        for preset in in_slices(older.presets, 20):
            self._presets[preset.id] = self._take_preset(preset, by_key.get(preset.key))
        for number, value in older.unknown.items():
            key = f"{MORE}preset:{self._presets.get(int(number), number)}"
            self._draft.older_documents.setdefault(key, self._known.get(key) or json.dumps(value))

    def _take_preset(self, older: RlPreset, present: RlPreset | None) -> int:
        """The id that it has here."""
        tally, here = self._tally("preset"), self._draft.presets
        if present is None:
            number = older.id if older.id not in here else self._draft.next_preset_id()
            here[number] = older.model_copy(update={"id": number})
            tally.added.append(older.label)
        else:
            number = present.id
            wanted = older.model_copy(update={"id": number})
            if wanted == present:
                tally.same += 1
            elif self._replaces:
                here[number] = wanted
                tally.replaced.append(older.label)
            else:
                tally.kept.append(older.label)
        if number != older.id:
            reason = f"It has id {number} here, and had {older.id}. Check RotorHazard's bindings to it."
            self._findings.change("preset", older.label, reason)
        return number

    def _take_scenes(self, older: OlderScenes, state: OlderState | None) -> None:
        """Numbers of groups and presets in them mean those that came with them, if any did."""
        groups = {} if state is None else {old: self._groups.get(new, 0) for old, new in state.groups.number_of.items()}
        merge = SceneMerge(
            self._draft,
            self._findings,
            self._utc,
            replaces=self._replaces,
            new_groups={old: new or None for old, new in groups.items() if old != new},
            preset_of=self._preset_of,
        )
        self._draft.reserve_scene_ids(older.next_id)
        for number, scene in older.scenes.items():
            merge.take(scene, number)
        self._tallies["scene"] = merge.tally

    def _preset_of(self, reference: PresetReference) -> PresetReference:
        return self._presets.get(reference, reference) if isinstance(reference, int) else reference

    def _take_settings(self, older: Mapping[str, Any]) -> None:
        """What the operator set here stays; what is still at its default is taken."""
        for name, value in older.items():
            tally, present = self._tally("option"), getattr(self._draft.settings, name)
            if present == value:
                tally.same += 1
            elif self._replaces or present == getattr(_DEFAULTS, name):
                self._draft.settings = self._draft.settings.model_copy(update={name: value})
                (tally.replaced if self._replaces else tally.added).append(name)
            else:
                tally.kept.append(name)

    def _tally(self, kind: Kind) -> Tally:
        return self._tallies.setdefault(kind, Tally())
