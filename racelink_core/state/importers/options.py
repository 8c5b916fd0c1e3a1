"""The options of an older host: RotorHazard's option table, or `options` inside a standalone configuration.

Source: spec services, 15.2 and 15.3; spec rotorhazard, 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.state.importers.findings import Findings
from racelink_core.state.importers.older_data import OlderData, OlderState
from racelink_core.state.importers.states import (
    is_combined_state,
    is_device_list,
    is_group_list,
    read_combined,
    read_lists,
)
from racelink_core.state.importers.texts import NotReadable, value_of
from racelink_core.state.wled_preset_files import preset_file_name

COMBINED = ("rl_state_v2", "rl_state_v1")
DEVICE_LIST, GROUP_LIST = "rl_device_config", "rl_groups_config"
_PORTS = ("rl_comms_port", "psi_comms_port")
_PRESETS_FILE = "rl_wled_presets_file"
_NUMBERS: Mapping[str, tuple[str, float, float]] = {
    "rl_eth_autosync_interval_s": ("eth_autosync_interval_s", 5, 600),
    "rl_battery_warn_2s_v": ("battery_warn_2s_v", 5.0, 8.4),
    "rl_battery_warn_6s_v": ("battery_warn_6s_v", 15.0, 25.2),
}
OPTION_KEYS = (*COMBINED, DEVICE_LIST, GROUP_LIST, *_PORTS, _PRESETS_FILE, *_NUMBERS)
"""Every option that an older host may have stored."""


def read_options(options: Mapping[str, Any], place: str, data: OlderData) -> None:
    """Adds to `data` what is not there yet. `place`: how the report calls where these options lie."""
    present = {key: options[key] for key in OPTION_KEYS if not _is_unset(options.get(key))}
    if not present:
        return
    data.sources.append(place)
    state = _newest_state(present, place, data.findings)
    if state is not None:
        take_state(state, data)
    for key in _PORTS:
        if key in present:
            data.findings.leave_out(
                "option",
                key,
                'Gateways are found by themselves. To name ports, fill in "Gateway ports" in RotorHazard\'s '
                "settings, or start racelink serve with --gateway.",
            )
    if _PRESETS_FILE in present:
        _read_presets_file(present[_PRESETS_FILE], data)
    _read_numbers(present, data)


def take_state(state: OlderState, data: OlderData) -> None:
    """The first one wins: numbers of groups mean something only within one state."""
    if data.state is None:
        data.state = state
    else:
        data.findings.leave_out("source", state.source, f"Devices and groups come from {data.state.source}.")


def _newest_state(present: Mapping[str, Any], place: str, findings: Findings) -> OlderState | None:
    """Version 2, version 1, then the lists. What is malformed is passed over and stays where it lies."""
    found: OlderState | None = None
    for key in COMBINED:
        if key not in present:
            continue
        source = f"{key} in {place}"
        value = _value(present[key], source, findings)
        if value is None:
            continue
        if not is_combined_state(value):
            findings.leave_out("source", source, "It has no list of devices.")
        elif found is None:
            found = read_combined(value, source, findings)
    return found if found is not None else _from_lists(present, place, findings)


def _from_lists(present: Mapping[str, Any], place: str, findings: Findings) -> OlderState | None:
    devices = groups = None
    if DEVICE_LIST in present:
        devices = _list(present, DEVICE_LIST, place, findings)
    if GROUP_LIST in present:
        groups = _list(present, GROUP_LIST, place, findings)
    if devices is None and groups is None:
        return None
    return read_lists(devices, groups, f"{DEVICE_LIST} and {GROUP_LIST} in {place}", findings)


def _list(present: Mapping[str, Any], key: str, place: str, findings: Findings) -> list[Any] | None:
    source = f"{key} in {place}"
    value = _value(present[key], source, findings)
    if value is None or value == []:
        return None
    fits = is_device_list(value) if key == DEVICE_LIST else is_group_list(value)
    if fits and isinstance(value, list):
        return value
    findings.leave_out("source", source, "It is no list of records, but something that is shown under this name.")
    return None


def _value(stored: object, source: str, findings: Findings) -> Any:
    try:
        return value_of(stored)
    except NotReadable as error:
        findings.leave_out("source", source, f"It cannot be read: {error}. It stays where it is.")
        return None


def _read_numbers(present: Mapping[str, Any], data: OlderData) -> None:
    for key, (field, lowest, highest) in _NUMBERS.items():
        if key not in present or field in data.settings:
            continue
        try:
            number = float(str(present[key])[:40])
        except ValueError:
            number = -1.0
        if not lowest <= number <= highest:
            data.findings.leave_out("option", key, f"It is no number from {lowest:g} to {highest:g}.")
        elif field != "eth_autosync_interval_s":
            data.settings[field] = number
        elif number.is_integer():
            data.settings[field] = int(number)
        else:
            data.findings.leave_out("option", key, "It is no whole number of seconds.")


def _read_presets_file(stored: object, data: OlderData) -> None:
    name = preset_file_name(stored) if isinstance(stored, str) else None
    if name is None:
        data.findings.leave_out("option", _PRESETS_FILE, "It is no name of a file.")
    else:
        data.settings.setdefault("wled_presets_file", name)


def _is_unset(stored: object) -> bool:
    """RotorHazard answers False or nothing for an option that nobody stored."""
    return stored is None or stored is False or (isinstance(stored, str) and stored.strip() in ("", "None"))
