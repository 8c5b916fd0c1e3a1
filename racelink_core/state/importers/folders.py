"""Reads the files that an older host left in its folder. Nothing is renamed, changed or created there.

For the native thread: plain values in and out. Source: spec services, section 15.1.
"""

from __future__ import annotations

import stat
from pathlib import Path

from racelink_core.state.importers.sources import LeftAlone, OlderFile, Source
from racelink_core.state.importers.texts import MAX_BYTES
from racelink_core.state.wled_preset_files import MOST_FILES

_FILES = (
    ("rl_standalone_config.json", "standalone_config.json"),
    ("rl_presets.json",),
    ("rl_scenes.json", "scenes.json"),
)
"""Each with its older name, which counts only where the newer is not there."""
_WLED_FOLDERS = ("rl_wled_presets", "presets")


def read_folder(folder: Path) -> list[Source]:
    """Empty if the folder is not there. What cannot be read is among the sources, with the reason."""
    found: list[Source] = []
    for names in _FILES:
        present = [name for name in names if _exists(folder / name)]
        if present:
            found.append(read_file(folder / present[0]))
        found += [LeftAlone(str(folder / name), f"{present[0]} is there and newer.") for name in present[1:]]
    for name in _WLED_FOLDERS:
        found += [read_file(path) for path in _preset_files(folder / name)]
    return found


def read_file(path: Path) -> Source:
    """A file of at most 4 MiB."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return LeftAlone(str(path), "It is no file.")
        if status.st_size > MAX_BYTES:
            return LeftAlone(str(path), "It is larger than 4 MiB.")
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        return LeftAlone(str(path), f"It cannot be read: {error.strerror}.")
    return OlderFile(str(path), content)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _preset_files(folder: Path) -> list[Path]:
    """Newest names first, as many as are kept."""
    try:
        found = [each for each in folder.iterdir() if each.suffix == ".json" and not each.name.startswith(".")]
    except OSError:
        return []
    return sorted(found, reverse=True)[:MOST_FILES]
