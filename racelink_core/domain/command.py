"""Everything that makes light happen (design 3.1). Scene actions are these same models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import Byte, EffectParameters, FlagsOverride
from racelink_core.domain.offset_choice import ExplicitOffset, OffsetChoice
from racelink_core.domain.startblock import StartblockChoice
from racelink_core.domain.target import TOMBSTONE, BroadcastTarget, GroupsTarget, Target

MAX_CHILDREN = 16
MAX_CONTAINER_GROUPS = 64


PresetReference = (
    Annotated[int, Field(ge=0, strict=True)] | Annotated[str, Field(min_length=1, max_length=80, strict=True)]
)


class _Parameters(FrozenModel):
    """Parameter blocks use the names of the scene format (`presetId`) and accept ours."""

    model_config = ConfigDict(populate_by_name=True)


class RlPresetChoice(_Parameters):
    """`preset_id`: the stable id of an RL preset, or a reference by key (`RL:<key>`, `<key>`) that is not known yet.

    None: nothing chosen yet. `brightness` replaces the preset's own.
    """

    preset_id: PresetReference | None = Field(default=None, alias="presetId")
    brightness: Byte | None = None


class WledPresetChoice(_Parameters):
    """`preset_id`: the slot of a preset stored on the node; only 1..250 can be sent (spec wire, section 6).

    `brightness` None: 128, since a PRESET always carries one.
    """

    preset_id: Byte = Field(alias="presetId")
    brightness: Byte | None = None


class RlPresetCommand(FrozenModel):
    kind: Literal["rl_preset"] = "rl_preset"
    target: Target
    params: RlPresetChoice
    flags_override: FlagsOverride = FlagsOverride()


class RlEffectCommand(FrozenModel):
    kind: Literal["rl_effect"] = "rl_effect"
    target: Target
    params: EffectParameters
    flags_override: FlagsOverride = FlagsOverride()


class WledPresetCommand(FrozenModel):
    kind: Literal["wled_preset"] = "wled_preset"
    target: Target
    params: WledPresetChoice
    flags_override: FlagsOverride = FlagsOverride()


ContainerTarget = Annotated[BroadcastTarget | GroupsTarget, Field(discriminator="kind")]
ChildCommand = Annotated[RlPresetCommand | WledPresetCommand | RlEffectCommand, Field(discriminator="kind")]


class SyncCommand(FrozenModel):
    """Fires everything that is armed."""

    kind: Literal["sync"] = "sync"


class BlackoutCommand(FrozenModel):
    """Dark, whatever the nodes are doing: offset mode is left first, brightness becomes 0."""

    kind: Literal["blackout"] = "blackout"
    target: Target


class LocateCommand(FrozenModel):
    """Paints an indicator over what is shown, for `seconds`; 0 takes it away. Indicator 4 = identify."""

    kind: Literal["locate"] = "locate"
    target: Target
    seconds: Byte = 5
    indicator: Byte = 4


class HeadlessCommand(FrozenModel):
    """Starts a scene that lamps know by number. `brightness` 0: each lamp's own at power-on."""

    kind: Literal["headless"] = "headless"
    target: Target
    scene: Byte
    brightness: Byte = 0


class StartblockCommand(FrozenModel):
    """Shows pilots on the starting blocks of the target. The one command that waits for acknowledgements."""

    kind: Literal["startblock"] = "startblock"
    target: Target
    params: StartblockChoice = StartblockChoice()


class OffsetGroupCommand(FrozenModel):
    """A container: its participants are given an offset each, then its children are sent (spec scenes, 10.2)."""

    kind: Literal["offset_group"] = "offset_group"
    target: ContainerTarget
    offset: OffsetChoice
    actions: tuple[ChildCommand, ...] = Field(default=(), max_length=MAX_CHILDREN)

    @model_validator(mode="after")
    def _fits_together(self) -> OffsetGroupCommand:  # noqa: N804 - runs on the instance
        groups = self.target.value if isinstance(self.target, GroupsTarget) else None
        if groups is not None and len(groups) > MAX_CONTAINER_GROUPS:
            raise ValueError(f"an offset group takes at most {MAX_CONTAINER_GROUPS} groups")
        if isinstance(self.offset, ExplicitOffset):
            if groups is None:
                raise ValueError("explicit offsets need a list of groups")
            if {entry.id for entry in self.offset.values} != set(groups) - {TOMBSTONE}:
                raise ValueError("explicit offsets need exactly one value for each group of the list")
        for child in self.actions:
            if groups is not None and isinstance(child.target, GroupsTarget):
                strangers = set(child.target.value) - set(groups) - {TOMBSTONE}
                if strangers:
                    raise ValueError(f"group {min(strangers)} does not belong to the offset group")
        return self


Command = Annotated[
    RlPresetCommand
    | RlEffectCommand
    | WledPresetCommand
    | SyncCommand
    | BlackoutCommand
    | LocateCommand
    | HeadlessCommand
    | StartblockCommand
    | OffsetGroupCommand,
    Field(discriminator="kind"),
]
