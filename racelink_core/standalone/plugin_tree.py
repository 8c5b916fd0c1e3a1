"""Which files of a checkout make up the RotorHazard plugin, and where they lie in it.

RotorHazard's plugin manager decides the shape (spec rotorhazard, section 8): one folder named like the domain, nothing
below it that repeats the domain, and one file only whose name ends in `manifest.json`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from racelink_core.domain.errors import RaceLinkError

DOMAIN = "racelink_rh_plugin"
OFFLINE_LIMIT_BYTES = 50_000_000
"""What a socket message of RotorHazard's carries, and an upload is one (spec rotorhazard, section 7)."""
_FOLDERS = {DOMAIN: "", "racelink_core": "racelink_core", "static": "static"}
"""Of the checkout, and where each goes in the plugin."""
_MANIFEST = PurePosixPath("manifest.json")
_FILES = (str(_MANIFEST), "LICENSE")
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
    """What RotorHazard installs with internet. The same sources give the same bytes. Raises PluginBuildError."""
    _write_zip(target, ((inside, path.read_bytes()) for inside, path in plugin_files(top)))


def write_offline_archive(top: Path, wheels: Path, target: Path) -> None:
    """The same with the wheels of a folder. Its manifest asks for nothing: pip, without internet, would fail, and
    RotorHazard has deleted the installed version by then. Raises PluginBuildError.
    """
    carried = sorted(wheels.glob("*.whl"))
    if not carried:
        raise PluginBuildError(f"There are no wheels in {wheels}. Fetch them with `racelink plugin wheels`.")
    _write_zip(target, _offline_files(top, carried))
    size = target.stat().st_size
    if size > OFFLINE_LIMIT_BYTES:
        target.unlink()
        raise PluginBuildError(
            f"The offline archive would have {size} bytes, and RotorHazard takes uploads of {OFFLINE_LIMIT_BYTES} at "
            f"most. Is there more than one version of a package in {wheels}?"
        )


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


def _offline_files(top: Path, wheels: Sequence[Path]) -> Iterator[tuple[PurePosixPath, bytes]]:
    for inside, path in plugin_files(top):
        yield inside, _without_dependencies(path) if inside == _MANIFEST else path.read_bytes()
    for wheel in wheels:
        yield PurePosixPath("wheels", wheel.name), wheel.read_bytes()


def _without_dependencies(manifest: Path) -> bytes:
    keys = json.loads(manifest.read_text(encoding="utf-8"))
    del keys["dependencies"]
    return json.dumps(keys, indent=2).encode()


def _write_zip(target: Path, files: Iterable[tuple[PurePosixPath, bytes]]) -> None:
    """In the order given, and without the files' own times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w") as archive:
        for inside, content in files:
            entry = ZipInfo(str(PurePosixPath(DOMAIN, inside)), _EARLIEST)
            entry.compress_type = ZIP_STORED if inside.suffix == ".whl" else ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, _PLAIN_FILE
            archive.writestr(entry, content, compresslevel=9)


def _is_left_out(inside: Path) -> bool:
    return any(part in _LEFT_OUT or part.startswith(".") for part in inside.parts) or inside.suffix == ".pyc"


def _refuse_what_breaks_the_installer(inside: PurePosixPath) -> None:
    """It flattens folders that repeat the domain, and takes every `*manifest.json` for a plugin's."""
    if any(part.endswith(DOMAIN) for part in inside.parts):
        raise PluginBuildError(f"RotorHazard would install {inside} in the wrong place. Rename what ends in {DOMAIN}.")
    if inside.name.endswith("manifest.json") and str(inside) != "manifest.json":
        raise PluginBuildError(f"RotorHazard would take {inside} for a plugin's manifest and fail. Rename it.")
