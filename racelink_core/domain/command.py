"""Everything that makes light happen (design 3.1). Scene actions are these same models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import Byte, EffectParameters, FlagsOverride
from racelink_core.domain.startblock import StartblockChoice
from racelink_core.domain.target import Target


class _Parameters(FrozenModel):
    """Parameter blocks use the names of the scene format (`presetId`) and accept ours."""

    model_config = ConfigDict(populate_by_name=True)


class RlPresetChoice(_Parameters):
    """`preset_id`: the stable id of an RL preset; `brightness` replaces the preset's own."""

    preset_id: int = Field(alias="presetId", ge=0, strict=True)
    brightness: Byte | None = None


class WledPresetChoice(_Parameters):
    """`preset_id`: the slot of a preset stored on the node, 1..250 (spec wire, section 6)."""

    preset_id: int = Field(alias="presetId", ge=1, le=250, strict=True)
    brightness: Byte


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


Command = Annotated[
    RlPresetCommand
    | RlEffectCommand
    | WledPresetCommand
    | SyncCommand
    | BlackoutCommand
    | LocateCommand
    | HeadlessCommand
    | StartblockCommand,
    Field(discriminator="kind"),
]
