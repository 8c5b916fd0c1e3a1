"""The Python packages that RaceLink needs and RotorHazard does not bring: pydantic, and what that needs.

With internet RotorHazard installs them along with the plugin. The offline archive carries them as wheels, which are
unpacked into RotorHazard's data directory at the first start and used from there (design section 6, "RotorHazard").
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import sys_tags

from .wheels import CARRIED, NoFittingWheel, UnpackFailed, fitting_wheels, unpacked

NEEDED = "pydantic>=2.10"
"""As in the manifest."""


class PackagesMissing(Exception):
    """RaceLink cannot run without them; the message says how to get them."""


def provide_packages(data_directory: Path) -> None:
    """pydantic can be imported afterwards. Raises PackagesMissing.

    What RotorHazard's own Python has comes first. Only if that is not enough does `sys.path` get a folder, at its end.
    """
    missing = list(_missing(sys.path))
    if not missing:
        return
    if not CARRIED.is_dir():
        raise PackagesMissing(f"{_complaint(missing)} {_get_them_with_internet()}")
    try:
        wheels = fitting_wheels(CARRIED, sys_tags())
        folder = str(unpacked(wheels, data_directory / "racelink" / "packages"))
    except NoFittingWheel as error:
        raise PackagesMissing(f"{_complaint(missing)} {error} {_get_them_with_internet()}") from error
    except UnpackFailed as error:
        raise PackagesMissing(f"{_complaint(missing)} {error}") from error
    missing = list(_missing([*sys.path, folder]))
    if missing:
        raise PackagesMissing(f"{_complaint(missing)} {_replace_older_ones(missing)}")
    sys.path.append(folder)
    importlib.invalidate_caches()


def _missing(search_path: Sequence[str]) -> Iterator[str]:
    """What of NEEDED, and of all that it needs, the path lacks. Of two versions the first one on the path counts."""
    asked, seen = [Requirement(NEEDED)], set()
    while asked:
        requirement = asked.pop()
        if requirement.name in seen or not _applies(requirement):
            continue
        seen.add(requirement.name)
        found = next(iter(metadata.distributions(name=requirement.name, path=list(search_path))), None)
        if found is None:
            yield requirement.name
        elif not requirement.specifier.contains(found.version, prereleases=True):
            yield f"{requirement.name} {requirement.specifier} (it has {found.version})"
        else:
            asked += [Requirement(line) for line in found.requires or ()]


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _complaint(missing: Sequence[str]) -> str:
    return f"RaceLink needs the Python package pydantic, and RotorHazard's Python lacks {', '.join(missing)}."


def _get_them_with_internet() -> str:
    return (
        "Install RaceLink's offline archive, or install the plugin again with internet access, or run "
        f"`{sys.executable} -m pip install --upgrade pydantic`; then restart."
    )


def _replace_older_ones(missing: Sequence[str]) -> str:
    """pip takes the wheels as they lie in the plugin's folder; no internet is needed."""
    names = " ".join(dict.fromkeys(["pydantic", *(line.split()[0] for line in missing)]))
    return (
        "What RotorHazard's Python has comes before what the archive brings. Bring it up to date with "
        f"`{sys.executable} -m pip install --no-index --find-links {CARRIED} --upgrade {names}`; then restart."
    )
