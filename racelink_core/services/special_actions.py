"""Functions of one device's options page: presets, the reset, and what other services add.

Source: spec services, section 8.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlPresetChoice, RlPresetCommand, WledPresetChoice, WledPresetCommand
from racelink_core.domain.errors import InvalidValue, RaceLinkError
from racelink_core.domain.origin import Origin
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.special_functions import ParameterValue, SpecialFunction
from racelink_core.domain.target import DeviceTarget
from racelink_core.services.device_config import RESET_FUNCTION, DeviceConfig
from racelink_core.services.dispatcher import Dispatcher

Parameters = Mapping[str, ParameterValue]
Action = Callable[[Mac, Parameters, Origin], CommandResult]


class FunctionNotProvided(RaceLinkError):
    """The function is known, and no service of this host carries it out."""

    code = "unavailable"

    def __init__(self, function: SpecialFunction) -> None:
        super().__init__(f"{function.label} is not available on this host. Update RaceLink to use it.")


class SpecialActions:
    """A preset is called sent, a reset acknowledged: nothing else is known of them."""

    def __init__(self, dispatcher: Dispatcher, device_config: DeviceConfig) -> None:
        self._dispatcher, self._device_config = dispatcher, device_config
        self._actions: dict[str, Action] = {
            "wled_preset": self._wled_preset,
            "rl_preset": self._rl_preset,
            RESET_FUNCTION: self._reset,
        }

    def provide(self, key: str, action: Action) -> None:
        """`action` carries out the function `key` from now on."""
        self._actions[key] = action

    def run(self, mac: Mac, function: SpecialFunction, params: Parameters, origin: Origin) -> CommandResult:
        """`params` are coerced.

        Raises InvalidValue for what is missing, FunctionNotProvided, and what the action raises.
        """
        action = self._actions.get(function.key)
        if action is None:
            raise FunctionNotProvided(function)
        return action(mac, params, origin)

    def _wled_preset(self, mac: Mac, params: Parameters, origin: Origin) -> CommandResult:
        chosen = WledPresetChoice(presetId=_needed(params, "presetId"), brightness=_needed(params, "brightness"))
        return self._dispatcher.submit(WledPresetCommand(target=DeviceTarget(value=mac), params=chosen), origin)

    def _rl_preset(self, mac: Mac, params: Parameters, origin: Origin) -> CommandResult:
        """Without a brightness the preset's own holds."""
        brightness = _needed(params, "brightness") if "brightness" in params else None
        chosen = RlPresetChoice(presetId=_needed(params, "presetId"), brightness=brightness)
        return self._dispatcher.submit(RlPresetCommand(target=DeviceTarget(value=mac), params=chosen), origin)

    def _reset(self, mac: Mac, params: Parameters, origin: Origin) -> CommandResult:
        self._device_config.reset(mac, origin)
        acknowledged = CommandStatus.ACKNOWLEDGED
        return CommandResult(acknowledged, packets_sent=1, devices={mac: acknowledged})


def _needed(params: Parameters, name: str) -> int:
    value = params.get(name)
    if not isinstance(value, int):
        raise InvalidValue(f"params.{name}", "is missing")
    return value
