"""Which presets the WLED nodes hold, as files say that an operator brings along. Source: spec scenes, section 8."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import NotFound, RaceLinkError
from racelink_core.domain.scope import Scope
from racelink_core.runtime.native_pool import NativePool
from racelink_core.state.errors import reason_of
from racelink_core.state.importers.older_data import OlderPresetFile
from racelink_core.state.importers.texts import NotReadable, value_of
from racelink_core.state.store import Store
from racelink_core.state.wled_preset_files import (
    FOLDER,
    MAX_BYTES,
    MOST_FILES,
    StoredFile,
    delete_stored,
    read_stored,
    slot_names,
    stored_files,
    write_if_missing,
    write_stored,
)

_log = logging.getLogger(__name__)
_NOTHING: Mapping[int, str] = MappingProxyType({})


class NotAPresetFile(RaceLinkError):
    """The content is not what a WLED node saves as its presets; nothing was changed."""

    code = "not_a_preset_file"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"{name} is no file of WLED presets: {problem}. Save one on the node: Config, Security, Backup."
        )


class PresetFilesUnusable(RaceLinkError):
    """The folder cannot be read or written; nothing was changed."""

    code = "preset_files_unusable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Files of WLED presets cannot be kept: {reason}. Check the data directory and the disk.")


class TooManyPresetFiles(RaceLinkError):
    code = "too_many_preset_files"

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_FILES} files of WLED presets already. Delete one first.")


class PresetFiles(NamedTuple):
    """`current`: the name of the one that is in use, empty if none is."""

    files: tuple[StoredFile, ...]
    current: str


class WledPresets:
    """Files are read and written outside of the hub. The one in use feeds the lists to choose from."""

    def __init__(self, store: Store, clock: Clock, pool: NativePool) -> None:
        self._store, self._clock, self._pool = store, clock, pool
        self._folder = None if store.directory is None else store.directory / FOLDER
        self._names = _NOTHING

    def names(self) -> Mapping[int, str]:
        """The name of each preset by its slot, of the file in use."""
        return self._names

    def start(self) -> None:
        """Takes the selected file into use; if it cannot be read, the newest that can. Never raises."""
        try:
            files = self.list()
            for name in dict.fromkeys((files.current, *(file.name for file in files.files))):
                if name and self._use(name):
                    return
            self._select("")
        except RaceLinkError as error:
            _log.warning("No WLED presets: %s", error)

    def list(self) -> PresetFiles:
        """Newest first."""
        found = [] if self._folder is None else self._pool.run(stored_files, self._folder)
        current = self._store.snapshot.settings.wled_presets_file
        return PresetFiles(tuple(found), current if any(file.name == current for file in found) else "")

    def add(self, content: bytes, shown_name: str) -> StoredFile:
        """Keeps a file under a name of ours; the first one is in use at once.

        Raises NotAPresetFile, TooManyPresetFiles, PresetFilesUnusable.
        """
        names = _read(content, shown_name)
        before = self.list()
        if len(before.files) >= MOST_FILES:
            raise TooManyPresetFiles
        stem = time.strftime("presets_%Y%m%d_%H%M%S", time.localtime(self._clock.unix()))
        try:
            stored = self._pool.run(write_stored, self._require_folder(), stem, content)
        except OSError as error:
            raise PresetFilesUnusable(reason_of(error)) from error
        if not before.current:
            self._names = MappingProxyType(dict(names))
            self._select(stored.name)
        self._store.announce(Scope.WLED_PRESETS)
        return stored

    def take_over(self, files: Sequence[OlderPresetFile]) -> None:
        """Files of an older host, under their own names; what is there stays. Raises PresetFilesUnusable."""
        try:
            for file in files:
                self._pool.run(write_if_missing, self._require_folder(), file.name, file.content)
        except OSError as error:
            raise PresetFilesUnusable(reason_of(error)) from error
        self.start()
        self._store.announce(Scope.WLED_PRESETS)

    def select(self, name: str) -> None:
        """Raises NotFound, NotAPresetFile, PresetFilesUnusable; then the one in use stays."""
        names = self._load(name)
        self._names = MappingProxyType(dict(names))
        self._select(name)
        self._store.announce(Scope.WLED_PRESETS)

    def delete(self, name: str) -> None:
        """If it was in use, the newest of the others takes its place. Raises NotFound, PresetFilesUnusable."""
        current = self.list().current
        try:
            if not self._pool.run(delete_stored, self._require_folder(), name):
                raise NotFound("file of WLED presets", name)
        except OSError as error:
            raise PresetFilesUnusable(reason_of(error)) from error
        if name == current:
            self._names = _NOTHING
            self.start()
        self._store.announce(Scope.WLED_PRESETS)

    def _use(self, name: str) -> bool:
        try:
            self._names = MappingProxyType(dict(self._load(name)))
        except RaceLinkError as error:
            _log.warning("%s", error)
            return False
        self._select(name)
        return True

    def _load(self, name: str) -> Mapping[int, str]:
        try:
            content = self._pool.run(read_stored, self._require_folder(), name)
        except OSError as error:
            raise PresetFilesUnusable(reason_of(error)) from error
        if content is None:
            raise NotFound("file of WLED presets", name)
        return _read(content, name)

    def _select(self, name: str) -> None:
        if self._store.snapshot.settings.wled_presets_file != name:
            with self._store.transaction() as draft:
                draft.settings = draft.settings.model_copy(update={"wled_presets_file": name})

    def _require_folder(self) -> Path:
        if self._folder is None:
            raise PresetFilesUnusable("nothing is being saved")
        return self._folder


def _read(content: bytes, name: str) -> Mapping[int, str]:
    if len(content) > MAX_BYTES:
        raise NotAPresetFile(name, "it is larger than 1 MiB")
    try:
        document = value_of(content)
    except NotReadable as error:
        raise NotAPresetFile(name, str(error)) from error
    names = slot_names(document)
    if names is None:
        raise NotAPresetFile(name, "it holds no presets by number")
    return names
