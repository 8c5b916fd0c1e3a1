"""Functions of one device's options page: presets, and the reset. Source: spec services, section 8.2."""

from __future__ import annotations

from collections.abc import Mapping

from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlPresetChoice, RlPresetCommand, WledPresetChoice, WledPresetCommand
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.origin import Origin
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.special_functions import ParameterValue, SpecialFunction
from racelink_core.domain.target import DeviceTarget
from racelink_core.services.device_config import DeviceConfig
from racelink_core.services.dispatcher import Dispatcher


class SpecialActions:
    def __init__(self, dispatcher: Dispatcher, device_config: DeviceConfig) -> None:
        self._dispatcher, self._device_config = dispatcher, device_config

    def run(
        self, mac: Mac, function: SpecialFunction, params: Mapping[str, ParameterValue], origin: Origin
    ) -> CommandResult:
        """`params` are coerced. A preset is called sent, a reset acknowledged.

        Raises InvalidValue for what is missing, and as `DeviceConfig.reset`.
        """
        target = DeviceTarget(value=mac)
        if function.key == "wled_preset":
            wled = WledPresetChoice(presetId=_needed(params, "presetId"), brightness=_needed(params, "brightness"))
            return self._dispatcher.submit(WledPresetCommand(target=target, params=wled), origin)
        if function.key == "rl_preset":
            brightness = _needed(params, "brightness") if "brightness" in params else None
            chosen = RlPresetChoice(presetId=_needed(params, "presetId"), brightness=brightness)
            return self._dispatcher.submit(RlPresetCommand(target=target, params=chosen), origin)
        self._device_config.reset(mac, origin)
        return CommandResult(CommandStatus.ACKNOWLEDGED, packets_sent=1, devices={mac: CommandStatus.ACKNOWLEDGED})


def _needed(params: Mapping[str, ParameterValue], name: str) -> int:
    value = params.get(name)
    if not isinstance(value, int):
        raise InvalidValue(f"params.{name}", "is missing")
    return value
