"""Files with the presets of a WLED node, in one folder. For the native thread: plain values in and out.

Source: spec scenes, section 8.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from racelink_core.domain.whole_number import whole_number
from racelink_core.state.database import create_private

FOLDER = "rl_wled_presets"
MAX_BYTES = 1 << 20
MOST_FILES = 100
FIRST_SLOT, LAST_SLOT = 1, 250
_LAST_SUFFIX = 99
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`saved_ts`: Unix seconds."""

    name: str
    size_bytes: int
    saved_ts: float
    sha256: str = ""


def preset_file_name(path: str) -> str | None:
    """The name without folders; None if a file of ours cannot be called so."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return name if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,58}\.json", name) else None


def stored_files(folder: Path) -> list[StoredFile]:
    """Newest first. Empty if the folder cannot be read."""
    found = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    for entry in entries:
        try:
            if (
                entry.name.startswith(".")
                or not entry.name.endswith(".json")
                or not entry.is_file(follow_symlinks=False)
            ):
                continue
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        found.append(StoredFile(entry.name, status.st_size, status.st_mtime))
    return sorted(found, key=lambda file: (file.saved_ts, file.name), reverse=True)


def read_stored(folder: Path, name: str) -> bytes | None:
    """None: there is no such file in the list. Raises OSError; at most a byte more than 1 MiB."""
    if name not in {file.name for file in stored_files(folder)}:
        return None
    with (folder / name).open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def write_stored(folder: Path, stem: str, content: bytes) -> StoredFile:
    """Under `<stem>.json`, or `<stem>_1.json` and so on. Raises OSError; no half file stays behind."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _write(folder, _free_name(folder, stem), content)


def write_if_missing(folder: Path, name: str, content: bytes) -> None:
    """Under its own name; a file that is there stays. Raises OSError; no half file stays behind."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / name).exists():
        _write(folder, name, content)


def _write(folder: Path, name: str, content: bytes) -> StoredFile:
    partial = folder / f".{name}.partial"
    try:
        partial.unlink(missing_ok=True)
        create_private(partial)
        with partial.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(folder / name)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    status = (folder / name).stat()
    return StoredFile(name, status.st_size, status.st_mtime, hashlib.sha256(content).hexdigest())


def delete_stored(folder: Path, name: str) -> bool:
    """False: there is no such file in the list. Raises OSError."""
    if name not in {file.name for file in stored_files(folder)}:
        return False
    (folder / name).unlink(missing_ok=True)
    return True


def _free_name(folder: Path, stem: str) -> str:
    for suffix in ("", *(f"_{number}" for number in range(1, _LAST_SUFFIX + 1))):
        name = f"{stem}{suffix}.json"
        if not (folder / name).exists():
            return name
    raise FileExistsError(f"there are {_LAST_SUFFIX + 1} files named {stem}")


def slot_names(document: Any) -> Mapping[int, str] | None:
    """The name of each preset by its slot, in order; None if this is no file of presets."""
    if not isinstance(document, dict):
        return None
    found: dict[int, str] = {}
    for key, entry in document.items():
        number = whole_number(key)
        if number is None or not FIRST_SLOT <= number <= LAST_SLOT or not isinstance(entry, dict):
            continue
        name = entry.get("n")
        text = "".join(filter(str.isprintable, name)).strip()[:_LONGEST_NAME] if isinstance(name, str) else ""
        found[number] = text or f"Preset ID {number}"
    return dict(sorted(found.items()))
