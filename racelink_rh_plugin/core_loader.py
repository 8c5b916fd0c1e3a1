"""Loads the core that belongs to this plugin, and no other (design section 6, "Names and entry points").

In the archive `racelink_core` lies in the plugin's own folder, in a checkout beside it. `sys.path` stays as it is,
and a version in site-packages is never taken.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

_NAME = "racelink_core"


class CoreMissing(Exception):
    """The installation is incomplete."""


class CoreConflict(Exception):
    """Something else in this process has already loaded another RaceLink."""


def load_core() -> ModuleType:
    """Returns the module, loaded once. Raises CoreMissing or CoreConflict."""
    folder = _core_folder()
    loaded = sys.modules.get(_NAME)
    if loaded is not None:
        return _checked(loaded, folder)
    spec = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise CoreMissing(f"RaceLink's core at {folder} cannot be loaded. Install the plugin again.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_NAME]
        raise
    return module


def _core_folder() -> Path:
    plugin = Path(__file__).resolve().parent
    for folder in (plugin / _NAME, plugin.parent / _NAME):
        if (folder / "__init__.py").is_file():
            return folder
    raise CoreMissing(f"RaceLink's core is missing from {plugin}. Install the plugin again from its archive.")


def _checked(loaded: ModuleType, folder: Path) -> ModuleType:
    origin = Path(loaded.__file__ or "").resolve().parent
    if origin != folder:
        raise CoreConflict(
            f"Another RaceLink was already loaded from {origin}. Remove it from RotorHazard's Python or its other "
            "plugins, then restart."
        )
    return loaded
