"""Where older data comes from, and the one way to read it: `read_old`. Pure: files were read by `folders.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from racelink_core.state.importers.findings import LONGEST_PLACE, Findings, shown
from racelink_core.state.importers.older_data import OlderData, OlderPresetFile
from racelink_core.state.importers.options import OPTION_KEYS, read_options, take_state
from racelink_core.state.importers.presets import read_presets
from racelink_core.state.importers.scenes import read_scenes
from racelink_core.state.importers.states import (
    is_combined_state,
    is_device_list,
    is_group_list,
    read_combined,
    read_lists,
)
from racelink_core.state.importers.texts import NotReadable, value_of
from racelink_core.state.wled_preset_files import MAX_BYTES, preset_file_name


@dataclass(frozen=True, slots=True)
class OlderFile:
    """`name` is only shown; what a file is, its content tells."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OlderOptions:
    """Options as stored, by key. `place`: how the report calls them."""

    place: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Something that was found and is not read, with the reason."""

    name: str
    reason: str


Source = OlderFile | OlderOptions | LeftAlone


def read_old(sources: Iterable[Source]) -> OlderData:
    """Never raises for what a source holds. Of two sources for the same thing, the first counts."""
    data = OlderData(Findings())
    for source in sources:
        if isinstance(source, OlderOptions):
            read_options(source.options, source.place, data)
        elif isinstance(source, LeftAlone):
            data.findings.leave_out("source", source.name, source.reason)
        else:
            _read_file(source, data)
    return data


def _read_file(file: OlderFile, data: OlderData) -> None:
    name = shown(file.name, LONGEST_PLACE)
    try:
        value = value_of(file.content)
    except NotReadable as error:
        data.findings.leave_out("source", name, f"It cannot be read: {error}.")
        return
    if isinstance(value, dict) and isinstance(value.get("options"), dict):
        _read_configuration(value["options"], name, data)
    elif isinstance(value, dict) and any(key in value for key in OPTION_KEYS):
        read_options(value, name, data)
    elif isinstance(value, dict) and is_combined_state(value):
        data.sources.append(name)
        take_state(read_combined(value, name, data.findings), data)
    elif isinstance(value, dict) and isinstance(value.get("presets"), list):
        _take_presets(value, name, data)
    elif isinstance(value, dict) and isinstance(value.get("scenes"), list):
        _take_scenes(value, name, data)
    elif is_device_list(value):
        data.sources.append(name)
        take_state(read_lists(value, None, name, data.findings), data)
    elif is_group_list(value):
        data.sources.append(name)
        take_state(read_lists(None, value, name, data.findings), data)
    elif isinstance(value, dict) and value and all(key.isdecimal() for key in value):
        _take_preset_file(file, data)
    else:
        data.findings.leave_out("source", name, "It is no file of an older RaceLink.")


def _take_preset_file(file: OlderFile, data: OlderData) -> None:
    name = preset_file_name(file.name)
    if name is None or len(file.content) > MAX_BYTES:
        reason = "It is larger than 1 MiB." if name is not None else "Its name cannot be kept: rename it."
        data.findings.leave_out("wled_presets", shown(file.name, LONGEST_PLACE), reason)
    elif any(each.name == name for each in data.wled_files):
        data.findings.leave_out("wled_presets", name, "There was another file of this name; the first one counts.")
    else:
        data.sources.append(shown(file.name, LONGEST_PLACE))
        data.wled_files.append(OlderPresetFile(name, file.content))


def _read_configuration(options: Mapping[str, Any], name: str, data: OlderData) -> None:
    if any(key in options for key in OPTION_KEYS):
        read_options(options, name, data)
    else:
        data.findings.leave_out("source", name, "It holds no devices and no groups.")


def _take_presets(value: Mapping[str, Any], name: str, data: OlderData) -> None:
    if data.presets is not None:
        data.findings.leave_out("source", name, "The RL presets come from another file.")
        return
    data.sources.append(name)
    data.presets = read_presets(value, data.findings)


def _take_scenes(value: Mapping[str, Any], name: str, data: OlderData) -> None:
    if data.scenes is not None:
        data.findings.leave_out("source", name, "The scenes come from another file.")
        return
    data.sources.append(name)
    data.scenes = read_scenes(value, data.findings)
