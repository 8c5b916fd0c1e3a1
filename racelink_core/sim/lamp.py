"""What a node shows, and the rules by which packets change it: gate, offset, arming, sync, brightness.

Source: spec gateway-and-node-model, C2, C5, C7, C8; spec wire, 7 to 10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import Headless, Preset, Sync
from racelink_core.protocol.catalogues import HEADLESS_SCENES
from racelink_core.protocol.control import Control, Rgb
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.offset import Offset
from racelink_core.sim.engine import Engine, Timer
from racelink_core.sim.time_base import TimeBase
from racelink_core.sim.wled_presets import Look, preset_look

BOOT_BRIGHTNESS = 128
NO_OFFSET = Offset(255, OffsetMode.NONE)
_LOOK_FIELDS = (
    "mode",
    "speed",
    "intensity",
    "custom1",
    "custom2",
    "palette",
    "color1",
    "color2",
    "color3",
)


@dataclass(frozen=True, slots=True)
class Armed:
    """A CONTROL that waits for its SYNC; its delay was frozen when it was armed."""

    body: Control
    offset_ms: int


class Lamp:
    """`group_id` is set by the node. `cancel_indicator` is called when PRESET or CONTROL ends an overlay.

    shown_since_s  when what is shown last changed, seconds of the engine
    """

    def __init__(
        self, engine: Engine, boot_look: Look, *, materialises_at_once: bool, cancel_indicator: Callable[[], None]
    ) -> None:
        self._engine, self._boot_look, self._materialises_at_once = engine, boot_look, materialises_at_once
        self._cancel_indicator = cancel_indicator
        self._scheduled: Timer | None = None
        self.group_id = 0
        self.boot_brightness = BOOT_BRIGHTNESS
        self.reset()

    def reset(self) -> None:
        """As after power-on."""
        self._cancel_scheduled()
        self.look = self._boot_look
        self.brightness = self.boot_brightness
        self.flags = PacketFlags.POWER_ON if self.brightness else PacketFlags(0)
        self.preset_id: int | None = None
        self.has_seen_control = False
        self.armed: Armed | None = None
        self.active = NO_OFFSET
        self.pending: Offset | None = None
        self.time_base = TimeBase(self._engine.now_s)
        self.shown_since_s = self._engine.now_s

    @property
    def phase_ms(self) -> int:
        """The delay that the animation runs with."""
        return self.time_base.phase_ms

    @property
    def has_scheduled(self) -> bool:
        """Whether a fired CONTROL waits for its delay to pass."""
        return self._scheduled is not None and self._scheduled.is_pending

    @property
    def effective_offset(self) -> Offset:
        return self.active if self.pending is None else self.pending

    def offset(self, body: Offset) -> None:
        self.pending = body

    def control(self, body: Control) -> None:
        flags = PacketFlags(body.flags)
        if not self._accepts(flags):
            return
        self.flags = flags
        self._cancel_indicator()
        self.has_seen_control = True
        self._cancel_scheduled()
        if flags & PacketFlags.ARM_ON_SYNC:
            self.armed = Armed(body, self._own_offset_ms(self.effective_offset, flags))
            return
        self.armed = None
        if self._materialises_at_once:
            self._materialise()
        self._apply(body)
        self._set_phase(self._own_offset_ms(self.active, flags))

    def preset(self, body: Preset) -> None:
        flags = PacketFlags(body.flags)
        if not self._accepts(flags):
            return
        self._materialise()
        self._cancel_indicator()
        self.has_seen_control = True
        look = preset_look(body.preset_id)
        if look is not None:
            self.preset_id = body.preset_id
        self._show(look or self.look, body.brightness, restarts=True)
        self._power_follows_brightness()
        self._set_phase(self._own_offset_ms(self.active, flags))

    def headless(self, body: Headless) -> None:
        scene = HEADLESS_SCENES.get(body.scene_id)
        if scene is None:
            return
        colour: Rgb = self._boot_look.color1 if scene.color is None else scene.color
        look = replace(self.look, mode=scene.mode, color1=colour)
        if scene.speed is not None and scene.intensity is not None:
            look = replace(look, speed=scene.speed, intensity=scene.intensity)
        self._show(look, 0 if scene.is_dark else body.brightness or self.boot_brightness, restarts=True)
        self._power_follows_brightness()
        self._set_phase(scene.offset.offset_ms_for(self.group_id) if scene.offset is not None else 0)

    def sync(self, body: Sync) -> None:
        now_s = self._engine.now_s
        self.time_base.synchronise(body.ts24, now_s, is_hard=self.armed is not None)
        armed = self.armed
        if (body.flags or 0) & SYNC_TRIGGER and armed is not None:
            self._materialise()
            self.armed = None
            self._fire(armed, body.brightness)
        elif self.has_seen_control and not self.flags & PacketFlags.HAS_BRI:
            self.set_brightness(body.brightness if self.flags & PacketFlags.POWER_ON else 0)

    def set_brightness(self, brightness: int) -> None:
        self._show(self.look, brightness)
        self._power_follows_brightness()

    def _fire(self, armed: Armed, sync_brightness: int) -> None:
        if not armed.offset_ms:
            self._apply_armed(armed, self.flags, sync_brightness)
            return
        flags = self.flags
        self._cancel_scheduled()
        self._scheduled = self._engine.call_in(
            armed.offset_ms / 1000, lambda: self._apply_armed(armed, flags, sync_brightness)
        )

    def _apply_armed(self, armed: Armed, flags: PacketFlags, sync_brightness: int) -> None:
        takes_sync_brightness = flags & PacketFlags.POWER_ON and not flags & PacketFlags.HAS_BRI
        self._apply(replace(armed.body, flags=int(flags)), sync_brightness if takes_sync_brightness else None)
        self._set_phase(armed.offset_ms)

    def _apply(self, body: Control, sync_brightness: int | None = None) -> None:
        changes = {name: value for name in _LOOK_FIELDS if (value := getattr(body, name)) is not None}
        if body.custom3 is not None:
            changes.update(custom3=body.custom3, check1=body.check1, check2=body.check2, check3=body.check3)
        flags = PacketFlags(body.flags)
        brightness = self.brightness
        if not flags & PacketFlags.POWER_ON:
            brightness = 0
        elif flags & PacketFlags.HAS_BRI and body.brightness is not None:
            brightness = body.brightness
        elif sync_brightness is not None:
            brightness = sync_brightness
        restarts = bool(flags & PacketFlags.FORCE_REAPPLY)
        self._show(replace(self.look, **changes), brightness, restarts=restarts)

    def _show(self, look: Look, brightness: int, *, restarts: bool = False) -> None:
        if restarts or look != self.look or brightness != self.brightness:
            self.shown_since_s = self._engine.now_s
        self.look, self.brightness = look, brightness

    def _accepts(self, flags: PacketFlags) -> bool:
        """The acceptance gate (wire 9.2)."""
        return bool(flags & PacketFlags.OFFSET_MODE) is (self.effective_offset.mode is not OffsetMode.NONE)

    def _materialise(self) -> None:
        if self.pending is not None:
            self.active, self.pending = self.pending, None

    def _own_offset_ms(self, offset: Offset, flags: PacketFlags) -> int:
        return offset.offset_ms_for(self.group_id) if flags & PacketFlags.OFFSET_MODE else 0

    def _set_phase(self, phase_ms: int) -> None:
        self.time_base.set_phase(phase_ms)

    def _power_follows_brightness(self) -> None:
        if self.brightness:
            self.flags |= PacketFlags.POWER_ON
        else:
            self.flags &= ~PacketFlags.POWER_ON

    def _cancel_scheduled(self) -> None:
        if self._scheduled is not None:
            self._scheduled.cancel()
            self._scheduled = None
