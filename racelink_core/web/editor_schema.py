"""What scenes can be made of, for an editor. Source: spec http-api, 9.1; spec scenes, section 17."""

from __future__ import annotations

from collections.abc import Mapping

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.command import MAX_CHILDREN, MAX_CONTAINER_GROUPS
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.group import LAST_GROUP
from racelink_core.domain.offset import MAX_OFFSET_MS
from racelink_core.domain.scene import MAX_ACTIONS, MAX_DELAY_MS
from racelink_core.domain.snapshot import Snapshot
from racelink_core.web.effect_schema import BRIGHTNESS, FLAGS, FlagRow, WidgetOptionRow, WidgetRow
from racelink_core.web.lora_row import LoraRow, lora_row

_SIGNED = {"min": -32768, "max": 32767}


class SceneChoiceRow(FrozenModel):
    value: str
    label: str
    description: str | None = None


class KindRow(FrozenModel):
    """A kind of action. `ui`: one entry per value of `vars`; those of effects are in the schema of RL presets.

    container, child_kinds  only offset groups have actions of their own
    """

    kind: str
    label: str
    supports_target: bool
    supports_flags_override: bool
    vars: tuple[str, ...]
    ui: Mapping[str, WidgetRow]
    container: bool = False
    child_kinds: tuple[str, ...] = ()


class Limits(FrozenModel):
    min: int
    max: int


class OffsetGroupSchema(FrozenModel):
    """What an offset group takes. `modes`: how its offsets are given."""

    max_groups: int = MAX_CONTAINER_GROUPS
    max_children: int = MAX_CHILDREN
    group_id: Limits = Limits(min=0, max=LAST_GROUP)
    offset_ms: Limits = Limits(min=0, max=MAX_OFFSET_MS)
    base_ms: Limits = Limits(**_SIGNED)
    step_ms: Limits = Limits(**_SIGNED)
    center: Limits = Limits(min=0, max=LAST_GROUP)
    cycle: Limits = Limits(min=1, max=255)
    modes: tuple[SceneChoiceRow, ...]
    supports_broadcast_target: bool = True
    child_kinds: tuple[str, ...]
    child_target_kinds: tuple[str, ...]


class EditorSchema(FrozenModel):
    """`lora`: the slowest radio profile of all networks, by which costs are estimated when nothing else is known."""

    max_actions: int = MAX_ACTIONS
    kinds: tuple[KindRow, ...]
    flags: tuple[FlagRow, ...]
    flag_keys: tuple[str, ...]
    target_kinds: tuple[SceneChoiceRow, ...]
    container_target_kinds: tuple[SceneChoiceRow, ...]
    offset_group: OffsetGroupSchema
    lora: LoraRow


_BROADCAST = SceneChoiceRow(value="broadcast", label="Broadcast")
_GROUPS = SceneChoiceRow(value="groups", label="Group")
_DEVICE = SceneChoiceRow(value="device", label="Device")
_CHILD_KINDS = ("rl_preset", "wled_preset", "rl_effect")
_MODES = (
    SceneChoiceRow(value="none", label="None", description="Everybody at once; leaves offset mode."),
    SceneChoiceRow(value="explicit", label="Explicit", description="One value for each group."),
    SceneChoiceRow(value="linear", label="Linear", description="base + group * step: along the track."),
    SceneChoiceRow(value="vshape", label="V-shape", description="base + |group - center| * step: centre first."),
    SceneChoiceRow(value="modulo", label="Modulo", description="base + (group mod cycle) * step: in repeating waves."),
)


def editor_schema(snapshot: Snapshot, wled_presets: Mapping[int, str]) -> EditorSchema:
    """The lists of presets are those of this moment."""
    return EditorSchema(
        kinds=_kinds(snapshot, wled_presets),
        flags=FLAGS,
        flag_keys=tuple(flag.key for flag in FLAGS),
        target_kinds=(_BROADCAST, _GROUPS, _DEVICE),
        container_target_kinds=(_BROADCAST, _GROUPS),
        offset_group=OffsetGroupSchema(
            modes=_MODES, child_kinds=_CHILD_KINDS, child_target_kinds=("broadcast", "groups", "device")
        ),
        lora=lora_row(snapshot.networks.values()),
    )


def _kinds(snapshot: Snapshot, wled_presets: Mapping[int, str]) -> tuple[KindRow, ...]:
    rl_options = tuple(
        WidgetOptionRow(value=str(preset.id), label=preset.label) for preset in snapshot.presets.values()
    )
    wled_options = tuple(WidgetOptionRow(value=str(number), label=name) for number, name in wled_presets.items())
    rl_select = WidgetRow(widget="select", options=rl_options)
    wled_select = WidgetRow(widget="select", options=wled_options)
    return (
        _light("rl_preset", "Apply RL Preset", {"presetId": rl_select, "brightness": BRIGHTNESS}),
        _light("wled_preset", "Apply WLED Preset", {"presetId": wled_select, "brightness": BRIGHTNESS}),
        KindRow(
            kind="rl_effect",
            label="Apply RL Effect",
            supports_target=True,
            supports_flags_override=True,
            vars=tuple(EffectParameters.model_fields),
            ui={},
        ),
        KindRow(
            kind="startblock",
            label="Startblock Control",
            supports_target=True,
            supports_flags_override=False,
            vars=("startblock_use_current_heat", "startblock_slot_list"),
            ui={"startblock_use_current_heat": WidgetRow(widget="toggle")},
        ),
        _plain("sync", "SYNC (fire armed actions)", {}),
        _plain("delay", "Delay", {"duration_ms": WidgetRow(widget="number", min=0, max=MAX_DELAY_MS)}),
        KindRow(
            kind="offset_group",
            label="Offset Group (container)",
            supports_target=True,
            supports_flags_override=False,
            vars=(),
            ui={},
            container=True,
            child_kinds=_CHILD_KINDS,
        ),
    )


def _light(kind: str, label: str, ui: Mapping[str, WidgetRow]) -> KindRow:
    return KindRow(kind=kind, label=label, supports_target=True, supports_flags_override=True, vars=tuple(ui), ui=ui)


def _plain(kind: str, label: str, ui: Mapping[str, WidgetRow]) -> KindRow:
    return KindRow(kind=kind, label=label, supports_target=False, supports_flags_override=False, vars=tuple(ui), ui=ui)
