"""What a lamp does with the commands it is told, as far as the host can know: pure, and judged by the simulator.

A lamp keeps what a command leaves out, so that its light is the sum of several commands. STATUS shows of it effect,
brightness and flags. Every CONTROL of the host carries HAS_BRI and every lamp is primed with it, so that no SYNC
changes its brightness.
Source: spec wire, 7 to 11.2; spec gateway-and-node-model, C5, C7, C8; design, section 6, "Lamps".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from racelink_core.domain.effect_names import effect_name
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.told import Told
from racelink_core.planning.brightness import FULL_BRIGHTNESS, limited
from racelink_core.protocol.bodies import Body, Control, Headless, Offset, Preset, Sync, decode_body
from racelink_core.protocol.catalogues import HEADLESS_SCENES
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.replies import StatusReply

_ONE_TIME = PacketFlags.ARM_ON_SYNC | PacketFlags.FORCE_REAPPLY
"""They say how a command takes effect, not what is shown after it; a repetition goes without them."""
_SEEN = ("group_id", "flags", "brightness", "mode")
_UNSEEN_FIELDS = tuple(field.name for field in fields(Control) if field.name not in (*_SEEN, "ext_reserved"))


@dataclass(frozen=True, slots=True)
class Expectation:
    """What STATUS says if the lamp followed. None: cannot be known, and is not compared.

    ignored_flags  bits that prove nothing
    """

    effect_id: int | None = None
    brightness: int | None = None
    flags: int | None = None
    ignored_flags: int = 0

    def differences(self, status: StatusReply) -> tuple[str, ...]:
        """What STATUS shows otherwise, in words for a page; empty: the lamp follows, as far as can be seen."""
        found = []
        if self.effect_id is not None and self.effect_id != status.effect_id:
            found.append(f"effect {effect_name(status.effect_id)} instead of {effect_name(self.effect_id)}")
        if self.brightness is not None and self.brightness != status.brightness:
            found.append(f"brightness {status.brightness} instead of {self.brightness}")
        if self.flags is not None and (self.flags ^ status.flags) & ~self.ignored_flags:
            found.append("the flags of another command")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp's light as packets; the group in them means nothing, every command had reached this lamp.

    whole    the PRESET or HEADLESS that set the whole look
    control  what was told on top of it, as one CONTROL
    armed    waits for a SYNC, nothing of it is shown
    offset   the last OFFSET
    """

    whole: Preset | Headless | None = None
    control: Control | None = None
    armed: Control | None = None
    offset: Offset | None = None

    def after(self, body: Body) -> Light:
        """The light once the lamp has taken this packet. Unchanged by packets that are not about light."""
        if isinstance(body, Control):
            if body.flags & PacketFlags.ARM_ON_SYNC:
                return replace(self, armed=_plain(body))
            return replace(self, control=_on_top(self.control, body), armed=None)
        if isinstance(body, Preset):
            whole = replace(body, group_id=ALL_GROUPS)
            return replace(self, whole=whole, control=None, armed=_powered(self.armed, body.brightness > 0))
        if isinstance(body, Headless) and body.scene_id in HEADLESS_SCENES:
            is_on = not HEADLESS_SCENES[body.scene_id].is_dark
            return replace(self, whole=body, control=None, armed=_powered(self.armed, is_on))
        if isinstance(body, Offset):
            return replace(self, offset=replace(body, group_id=ALL_GROUPS))
        if isinstance(body, Sync) and (body.flags or 0) & SYNC_TRIGGER and self.armed is not None:
            return replace(self, control=_on_top(self.control, self.armed), armed=None)
        return self

    def within(self, ceiling: int) -> Light:
        """As it may be shown now, should the venue's limit (1..255) be lower than when it was told."""
        if ceiling >= FULL_BRIGHTNESS:
            return self
        whole = None if self.whole is None else limited(self.whole, ceiling)
        control = None if self.control is None else limited(self.control, ceiling)
        return replace(self, whole=whole, control=control)

    @property
    def expectation(self) -> Expectation:
        """While something is armed, what is shown is still the light before; of the flags nothing is known then."""
        control = self.control
        if self.armed is not None or control is None:
            return Expectation(self._effect_id, self._brightness)
        ignored = PacketFlags.POWER_ON | PacketFlags.FORCE_REAPPLY | (control.flags & PacketFlags.ARM_ON_SYNC)
        return Expectation(self._effect_id, self._brightness, control.flags, int(ignored))

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is shown: no command yet, or only what prepares one."""
        return self.whole is None and self.control is None

    @property
    def is_dark(self) -> bool:
        return self._brightness == 0

    @property
    def has_unseen(self) -> bool:
        """Whether a part of it cannot be seen in STATUS. In the dark there is nothing to see."""
        if self.is_dark:
            return False
        if self.whole is not None or (self.offset is not None and self.offset.mode is not OffsetMode.NONE):
            return True
        return self.control is not None and _has_unseen_field(self.control)

    def repetition(self, group_id: int, *, leaves_offset: bool) -> tuple[Body, ...]:
        """What makes a lamp of this group show it, in the order of sending; empty when nothing was told.

        leaves_offset  the lamp may be in offset mode though it should not be, and would drop all of it
        """
        content = tuple(self._content(group_id))
        if not content:
            return ()
        if any(body.flags & PacketFlags.OFFSET_MODE for body in content if not isinstance(body, Headless)):
            return content if self.offset is None else (replace(self.offset, group_id=group_id), *content)
        return (Offset(group_id, OffsetMode.NONE), *content) if leaves_offset else content

    def _content(self, group_id: int) -> Iterator[Preset | Headless | Control]:
        if isinstance(self.whole, Preset):
            yield replace(self.whole, group_id=group_id)
        elif self.whole is not None:
            yield self.whole
        if self.control is not None:
            yield replace(self.control, group_id=group_id, flags=self.control.flags & ~int(_ONE_TIME))

    @property
    def _effect_id(self) -> int | None:
        if self.control is not None and self.control.mode is not None:
            return self.control.mode
        if isinstance(self.whole, Headless):
            scene = HEADLESS_SCENES[self.whole.scene_id]
            return None if scene.restores_boot else scene.mode
        return None

    @property
    def _brightness(self) -> int | None:
        control = self.control
        if control is not None:
            if not control.flags & PacketFlags.POWER_ON:
                return 0
            if not control.flags & PacketFlags.HAS_BRI:
                return None  # the next SYNC may change it
            if control.brightness is not None:
                return control.brightness
        if isinstance(self.whole, Headless):
            return 0 if HEADLESS_SCENES[self.whole.scene_id].is_dark else self.whole.brightness or None
        return None if self.whole is None else self.whole.brightness


def has_unseen_part(body: Body, before: Light) -> bool:
    """Whether this packet tells a lamp something that STATUS does not show."""
    if isinstance(body, Sync):
        fires = bool((body.flags or 0) & SYNC_TRIGGER)
        return fires and before.armed is not None and _has_unseen_field(before.armed)
    if isinstance(body, Control):
        return not body.flags & PacketFlags.ARM_ON_SYNC and _has_unseen_field(body)
    if isinstance(body, Offset):
        return body.mode is not OffsetMode.NONE
    return isinstance(body, Preset | Headless)


@lru_cache(maxsize=1024)
def light_of(told: Told | None) -> Light:
    """Reads what is kept. What cannot be read counts as never told."""
    if told is None:
        return Light()
    whole = decode_body(int(told.whole[:2], 16), bytes.fromhex(told.whole[2:])) if told.whole else None
    control, armed, offset = (
        decode_body(int(opcode), bytes.fromhex(text)) if text else None
        for opcode, text in ((Control.OPCODE, told.control), (Control.OPCODE, told.armed), (Offset.OPCODE, told.offset))
    )
    return Light(
        whole if isinstance(whole, Preset | Headless) else None,
        control if isinstance(control, Control) else None,
        armed if isinstance(armed, Control) else None,
        offset if isinstance(offset, Offset) else None,
    )


def told_after(told: Told | None, body: Body, *, sequence: int, at_s: float, by: str) -> Told | None:
    """What is kept once `body` went out; the same object if it is not about light."""
    before = light_of(told)
    after = before.after(body)
    if not isinstance(body, Control | Preset | Headless | Offset) and after == before:
        return told
    unseen_sequence = 0 if told is None else told.unseen_sequence
    return Told(
        sequence=sequence,
        at_s=at_s,
        by=by,
        whole="" if after.whole is None else f"{after.whole.OPCODE:02x}{after.whole.to_bytes().hex()}",
        control=_hex(after.control),
        armed=_hex(after.armed),
        offset=_hex(after.offset),
        unseen_sequence=sequence if has_unseen_part(body, before) else unseen_sequence,
    )


def _hex(body: Control | Offset | None) -> str:
    return "" if body is None else body.to_bytes().hex()


def _plain(body: Control) -> Control:
    return replace(body, group_id=ALL_GROUPS, ext_reserved=None)


def _powered(armed: Control | None, is_on: bool) -> Control | None:
    """POWER_ON of the lamp follows its brightness, and an armed effect is fired with the lamp's flags."""
    if armed is None:
        return None
    others = armed.flags & ~int(PacketFlags.POWER_ON)
    return replace(armed, flags=others | (int(PacketFlags.POWER_ON) if is_on else 0))


def _on_top(below: Control | None, newer: Control) -> Control:
    """Both as one CONTROL: a field that the newer one leaves out keeps its value (spec wire, 7 and 8)."""
    if not newer.flags & PacketFlags.POWER_ON:
        brightness: int | None = 0
    elif newer.flags & PacketFlags.HAS_BRI and newer.brightness is not None:
        brightness = newer.brightness
    else:
        brightness = None if below is None else below.brightness
    kept = {} if below is None else {name: getattr(below, name) for name in ("mode", *_UNSEEN_FIELDS)}
    told = {name: value for name in ("mode", *_UNSEEN_FIELDS) if (value := getattr(newer, name)) is not None}
    return Control(ALL_GROUPS, newer.flags, brightness=brightness, **{**kept, **told})


def _has_unseen_field(body: Control) -> bool:
    return any(getattr(body, name) is not None for name in _UNSEEN_FIELDS)
