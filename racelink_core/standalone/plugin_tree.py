"""Which files of a checkout make up the RotorHazard plugin, and where they lie in it.

RotorHazard's plugin manager decides the shape (spec rotorhazard, section 8): one folder named like the domain, nothing
below it that repeats the domain, and one file only whose name ends in `manifest.json`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from racelink_core.domain.errors import RaceLinkError

DOMAIN = "racelink_rh_plugin"
_FOLDERS = {DOMAIN: "", "racelink_core": "racelink_core", "static": "static"}
"""Of the checkout, and where each goes in the plugin."""
_FILES = ("manifest.json", "LICENSE")
_LEFT_OUT = {"__pycache__"}
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


class PluginBuildError(RaceLinkError):
    """The plugin cannot be built or linked from here; the message says what to do."""

    code = "plugin_build"


def checkout() -> Path:
    """The top folder of the checkout that this program runs from. Raises PluginBuildError."""
    top = Path(__file__).resolve().parents[2]
    if not (top / DOMAIN / "__init__.py").is_file() or not (top / "manifest.json").is_file():
        raise PluginBuildError(
            f"The plugin's sources are not beside {top / 'racelink_core'}: this program was installed as a package. "
            "Run it from a checkout, installed with `pip install -e .`."
        )
    return top


def plugin_files(top: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """Pairs of the path inside the plugin's folder and the file, sorted. Raises PluginBuildError."""
    found: dict[PurePosixPath, Path] = {PurePosixPath(name): top / name for name in _FILES}
    for folder, place in _FOLDERS.items():
        for path in (top / folder).rglob("*"):
            inside = path.relative_to(top / folder)
            if path.is_file() and not _is_left_out(inside):
                found[PurePosixPath(place, *inside.parts)] = path
    for place_inside, path in sorted(found.items()):
        _refuse_what_breaks_the_installer(place_inside)
        yield place_inside, path


def write_archive(top: Path, target: Path) -> None:
    """The same sources give the same bytes: sorted, and without the files' own times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w") as archive:
        for inside, path in plugin_files(top):
            entry = ZipInfo(str(PurePosixPath(DOMAIN, inside)), _EARLIEST)
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, _PLAIN_FILE
            archive.writestr(entry, path.read_bytes(), compresslevel=9)


def write_tree(top: Path, target: Path) -> None:
    """`target` is the `custom_plugins` folder, in which the validator accepts our folder and nothing else.

    An older tree of ours is replaced. Raises PluginBuildError when something else is there.
    """
    others = [entry.name for entry in target.iterdir() if entry.name != DOMAIN] if target.is_dir() else []
    if others:
        raise PluginBuildError(f"{target} may hold nothing but {DOMAIN}. Move away: {', '.join(sorted(others))}.")
    shutil.rmtree(target / DOMAIN, ignore_errors=True)
    for inside, path in plugin_files(top):
        copy = target / DOMAIN / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _is_left_out(inside: Path) -> bool:
    return any(part in _LEFT_OUT or part.startswith(".") for part in inside.parts) or inside.suffix == ".pyc"


def _refuse_what_breaks_the_installer(inside: PurePosixPath) -> None:
    """It flattens folders that repeat the domain, and takes every `*manifest.json` for a plugin's."""
    if any(part.endswith(DOMAIN) for part in inside.parts):
        raise PluginBuildError(f"RotorHazard would install {inside} in the wrong place. Rename what ends in {DOMAIN}.")
    if inside.name.endswith("manifest.json") and str(inside) != "manifest.json":
        raise PluginBuildError(f"RotorHazard would take {inside} for a plugin's manifest and fail. Rename it.")
