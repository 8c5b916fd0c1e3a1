"""What must hold before anything of ours is built, each with the sentence that says how to mend it."""

from __future__ import annotations

import logging
from pathlib import Path

from .core_loader import load_core
from .packages import provide_packages
from .rotorhazard import OLDEST_API, RhApi

_log = logging.getLogger(__name__)


class RequirementMissing(Exception):
    """RaceLink cannot run here; the message says what to do."""


def check_requirements(rhapi: RhApi) -> None:
    """Raises RequirementMissing, PackagesMissing, CoreMissing or CoreConflict; loads the core."""
    version = (int(rhapi.API_VERSION_MAJOR), int(rhapi.API_VERSION_MINOR))
    if version < OLDEST_API:
        raise RequirementMissing(
            f"RaceLink needs RotorHazard with plugin API {OLDEST_API[0]}.{OLDEST_API[1]} or newer; this one has "
            f"{version[0]}.{version[1]}. Update RotorHazard."
        )
    provide_packages(Path(rhapi.server.data_dir))
    _warn_without_manifest()
    load_core()


def _warn_without_manifest() -> None:
    """RotorHazard loads a plugin without manifest, but then can neither name, check nor update it."""
    plugin = Path(__file__).resolve().parent
    if not any((folder / "manifest.json").is_file() for folder in (plugin, plugin.parent)):
        _log.warning(
            "RaceLink has no manifest.json beside it: RotorHazard cannot check its version or update it. "
            "Install it again from its archive."
        )
