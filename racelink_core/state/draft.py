"""What a transaction works on: the configuration as mutable dicts of frozen models."""

from __future__ import annotations

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import RaceBinding
from racelink_core.domain.scene import Scene
from racelink_core.domain.seat import Seat
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
from racelink_core.state.counters import Counters


class Draft:
    """Assign and delete entries freely; nothing counts before the transaction ends well.

    The models are frozen: replace one by `device.model_copy(update=...)`. It is checked when it is saved.
    older_documents: what to add to those of the store (None removes one).
    """

    def __init__(self, snapshot: Snapshot, counters: Counters) -> None:
        self.devices: dict[Mac, Device] = dict(snapshot.devices)
        self.groups: dict[GroupId, Group] = dict(snapshot.groups)
        self.networks: dict[str, Network] = dict(snapshot.networks)
        self.presets: dict[int, RlPreset] = dict(snapshot.presets)
        self.scenes: dict[int, Scene] = dict(snapshot.scenes)
        self.seats: dict[int, Seat] = dict(snapshot.seats)
        self.race_bindings: dict[int, RaceBinding] = dict(snapshot.race_bindings)
        self.settings: Settings = snapshot.settings
        self._group_ids = counters.group_ids
        self._next_preset_id, self._next_scene_id = counters.next_preset_id, counters.next_scene_id
        self._next_race_binding_id = counters.next_race_binding_id
        self.older_documents: dict[str, str | None] = {}
        self._given_out: set[int] = set()

    def next_group_id(self) -> GroupId:
        """The lowest id never used, another one at each call; a freed one only when none is left.

        Raises NoFreeGroup.
        """
        group_id = self._group_ids.next(self._given_out | set(self.groups))
        self._given_out.add(group_id)
        return group_id

    @property
    def lowest_next_preset_id(self) -> int:
        return self._next_preset_id

    def reserve_preset_ids(self, next_id: int) -> None:
        """Ids below `next_id` count as used: somebody may still refer to them."""
        self._next_preset_id = max(self._next_preset_id, next_id)

    def next_preset_id(self) -> int:
        """An id that no RL preset ever had: RotorHazard's bindings hold them."""
        preset_id = max(self._next_preset_id, *(number + 1 for number in self.presets), 1)
        self._next_preset_id = preset_id + 1
        return preset_id

    @property
    def lowest_next_scene_id(self) -> int:
        return self._next_scene_id

    def reserve_scene_ids(self, next_id: int) -> None:
        """Ids below `next_id` count as used: somebody may still refer to them."""
        self._next_scene_id = max(self._next_scene_id, next_id)

    def next_scene_id(self) -> int:
        """An id that no scene ever had."""
        scene_id = max(self._next_scene_id, *(number + 1 for number in self.scenes), 1)
        self._next_scene_id = scene_id + 1
        return scene_id

    def next_race_binding_id(self) -> int:
        """An id that no race binding ever had: an editor somewhere may still hold it."""
        binding_id = max(self._next_race_binding_id, *(number + 1 for number in self.race_bindings), 1)
        self._next_race_binding_id = binding_id + 1
        return binding_id
