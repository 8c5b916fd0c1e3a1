"""Small fleets and the scenes that can be made for them: few values, so that packets often resemble each other."""

from __future__ import annotations

from hypothesis import strategies as st

from racelink_core.domain.address import Mac
from racelink_core.domain.command import (
    ChildCommand,
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.device import Device
from racelink_core.domain.effect import EffectFlags, EffectParameters, FlagsOverride
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.offset_choice import (
    ExplicitEntry,
    ExplicitOffset,
    LinearOffset,
    ModuloOffset,
    NoOffset,
    OffsetChoice,
    VshapeOffset,
)
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import Action, AutoScope, Choreography, Delay, ExplicitScope
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target

_DELAYS_MS = st.sampled_from((0, 100, 200, 400, 1000))
_BITS = st.sampled_from((None, None, False, True))
_PRESETS = {
    1: RlPreset(id=1, key="red", label="Red", params=EffectParameters(mode=1, color1=(255, 0, 0), brightness=200)),
    2: RlPreset(
        id=2,
        key="armed",
        label="Armed",
        params=EffectParameters(mode=2, speed=9),
        flags=EffectFlags(arm_on_sync=True),
    ),
}


@st.composite
def fleets(draw: st.DrawFn, most_groups: int = 6) -> Snapshot:
    """One or two networks; groups of one or two lamps, some lamps in no group."""
    networks = ("a", "b")[: draw(st.integers(1, 2))]
    ids = draw(st.lists(st.integers(1, 12), min_size=1, max_size=most_groups, unique=True))
    home = {number: draw(st.sampled_from(networks)) for number in sorted(ids)}
    members = [number for number in home for _ in range(draw(st.integers(1, 2)))]
    loose = [(0, draw(st.sampled_from(networks))) for _ in range(draw(st.integers(0, 2)))]
    devices = {}
    for index, (group, network) in enumerate([(each, home[each]) for each in members] + loose):
        mac = Mac(f"3C6105{index:06X}")
        devices[mac] = Device(mac=mac, name=f"Lamp {index}", group_id=GroupId(group), network_id=network)
    return Snapshot(
        devices=devices,
        groups={GroupId(each): Group(id=GroupId(each), name=f"G{each}", network_id=home[each]) for each in home},
        networks={each: Network(id=each, name=each) for each in networks},
        presets=_PRESETS,
        settings=Settings(brightness_ceiling=draw(st.sampled_from((255, 255, 100)))),
    )


@st.composite
def choreographies(draw: st.DrawFn, snapshot: Snapshot, most_actions: int = 7) -> Choreography:
    actions = tuple(draw(st.lists(_actions(snapshot), max_size=most_actions)))
    networks = tuple(snapshot.networks)
    scope = draw(
        st.one_of(
            st.just(AutoScope()),
            st.lists(st.sampled_from(networks), min_size=1, unique=True).map(
                lambda chosen: ExplicitScope(network_ids=tuple(chosen))
            ),
        )
    )
    return Choreography(actions=actions, network_scope=scope)


def _actions(snapshot: Snapshot) -> st.SearchStrategy[Action]:
    return st.one_of(
        _light(_targets(snapshot)),
        _light(_targets(snapshot)),
        st.just(SyncCommand()),
        st.builds(Delay, duration_ms=_DELAYS_MS),
        _containers(snapshot),
        _containers(snapshot),
    )


def _groups(snapshot: Snapshot) -> st.SearchStrategy[GroupsTarget]:
    some = st.lists(st.sampled_from(sorted(snapshot.groups)), min_size=1, unique=True)
    return st.one_of(some, st.just(sorted(snapshot.groups))).map(lambda ids: GroupsTarget(value=tuple(ids)))


def _targets(snapshot: Snapshot) -> st.SearchStrategy[Target]:
    return st.one_of(
        st.just(BroadcastTarget()),
        _groups(snapshot),
        _groups(snapshot),
        st.sampled_from(sorted(snapshot.devices)).map(lambda mac: DeviceTarget(value=mac)),
    )


def _light(targets: st.SearchStrategy[Target]) -> st.SearchStrategy[ChildCommand]:
    overrides = st.builds(
        FlagsOverride,
        arm_on_sync=_BITS,
        offset_mode=_BITS,
        force_reapply=st.sampled_from((None, None, None, True)),
    )
    effects = st.builds(
        EffectParameters,
        mode=st.sampled_from((None, 0, 2)),
        speed=st.sampled_from((None, 7)),
        custom3=st.sampled_from((None, None, 3)),
        check1=st.sampled_from((None, None, True)),
        brightness=st.sampled_from((None, 0, 90, 200)),
    )
    return st.one_of(
        st.builds(RlEffectCommand, target=targets, params=effects, flags_override=overrides),
        st.builds(
            RlPresetCommand,
            target=targets,
            params=st.builds(RlPresetChoice, presetId=st.sampled_from((1, "RL:armed"))),
            flags_override=overrides,
        ),
        st.builds(
            WledPresetCommand,
            target=targets,
            params=st.builds(WledPresetChoice, presetId=st.sampled_from((1, 9)), brightness=st.just(50)),
            flags_override=st.builds(FlagsOverride, offset_mode=_BITS),
        ),
    )


@st.composite
def _containers(draw: st.DrawFn, snapshot: Snapshot) -> OffsetGroupCommand:
    target = draw(st.one_of(st.just(BroadcastTarget()), _groups(snapshot), _groups(snapshot)))
    listed = target.value if isinstance(target, GroupsTarget) else None
    allowed: list[Target] = [BroadcastTarget()]
    for mac, device in snapshot.devices.items():
        if device.group_id and (listed is None or device.group_id in listed):
            allowed += [GroupsTarget(value=(device.group_id,)), DeviceTarget(value=mac)]
    children = draw(st.lists(_light(st.sampled_from(allowed)), max_size=3))
    return OffsetGroupCommand(target=target, offset=draw(offsets(listed)), actions=tuple(children))


@st.composite
def offsets(draw: st.DrawFn, listed: tuple[int, ...] | None) -> OffsetChoice:
    steps = st.sampled_from((0, 100, 200, -100))
    bases = st.sampled_from((0, 100, -200, 1000))
    kinds: list[st.SearchStrategy[OffsetChoice]] = [
        st.just(NoOffset()),
        st.builds(LinearOffset, base_ms=bases, step_ms=steps),
        st.builds(VshapeOffset, base_ms=bases, step_ms=steps, center=st.sampled_from((0, 4, 254))),
        st.builds(ModuloOffset, base_ms=bases, step_ms=steps, cycle=st.sampled_from((1, 2, 3, 255))),
    ]
    if listed is not None:
        values = st.tuples(*(_DELAYS_MS for _ in listed))
        kinds.append(
            values.map(
                lambda delays: ExplicitOffset(
                    values=tuple(ExplicitEntry(id=each, offset_ms=ms) for each, ms in zip(listed, delays, strict=True))
                )
            )
        )
    return draw(st.one_of(kinds))
