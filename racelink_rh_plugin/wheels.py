"""The wheels that the offline archive carries: those that fit the running Python, unpacked where it can import them.

Uses nothing of the core, which cannot be imported without them. Names and tags are read by `packaging`, which
RotorHazard brings (spec rotorhazard, section 1).
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

CARRIED = Path(__file__).resolve().parent / "wheels"
"""Where they lie in the archive; the archive that is installed with internet has no such folder."""

_log = logging.getLogger(__name__)


class NoFittingWheel(Exception):
    """A package is carried, but not for this Python on this machine; the message says for which."""

    def __init__(self, package: str, tags: Iterable[Tag]) -> None:
        every = list(tags)
        pythons, platforms = ({tag.interpreter for tag in every}, {tag.platform for tag in every})
        super().__init__(
            f"The archive brings {package} for {', '.join(sorted(pythons))} on {', '.join(sorted(platforms))}, "
            "and this is another Python or machine."
        )


class UnpackFailed(Exception):
    """The message names the folder and the reason, and says what to do."""


def fitting_wheels(folder: Path, tags: Iterable[Tag]) -> list[Path]:
    """For each package in the folder the wheel that `tags`, best first, prefer. Raises NoFittingWheel.

    A file whose name is no wheel's is left out.
    """
    rank = {tag: place for place, tag in enumerate(tags)}
    return [_best(package, wheels, rank) for package, wheels in sorted(_carried(folder).items())]


def unpacked(wheels: Sequence[Path], parent: Path) -> Path:
    """A folder below `parent` with all of their files. Raises UnpackFailed.

    What an earlier start unpacked is used again, if it is complete: a timer without power loses what the disk had not
    written yet. A new folder gets its name when all of it is there; then the folders of other wheels are removed.
    """
    folder = parent / sha256("\n".join(wheel.name for wheel in wheels).encode()).hexdigest()[:16]
    try:
        if not _is_complete(folder, wheels):
            _unpack(wheels, folder)
            _remove_others(folder)
    except (OSError, BadZipFile) as error:
        raise UnpackFailed(
            f"The archive brings it, but it could not be unpacked into {folder}: {error}. Make room there, or let "
            "RotorHazard write there, then restart."
        ) from error
    return folder


def _carried(folder: Path) -> dict[str, list[tuple[Path, frozenset[Tag]]]]:
    """By package: its wheels, and what each of them is for."""
    packages: dict[str, list[tuple[Path, frozenset[Tag]]]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            package, _, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            _log.warning("RaceLink leaves %s out: this is no name of a wheel", path.name)
            continue
        packages.setdefault(package, []).append((path, tags))
    return packages


def _best(package: str, wheels: Sequence[tuple[Path, frozenset[Tag]]], rank: dict[Tag, int]) -> Path:
    ranked = [(rank[tag], path) for path, tags in wheels for tag in tags if tag in rank]
    if not ranked:
        raise NoFittingWheel(package, (tag for _, tags in wheels for tag in tags))
    return min(ranked)[1]


def _is_complete(folder: Path, wheels: Sequence[Path]) -> bool:
    """By the sizes: a file that was never written to the disk has none."""
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in _files_of(wheels))


def _files_of(wheels: Sequence[Path]) -> Iterable[tuple[str, int]]:
    for wheel in wheels:
        with ZipFile(wheel) as opened:
            yield from ((entry.filename, entry.file_size) for entry in opened.infolist() if not entry.is_dir())


def _unpack(wheels: Sequence[Path], folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    for parent in (folder.parent.parent, folder.parent):
        parent.mkdir(mode=0o700, exist_ok=True)
    for left_over in (partial, folder):
        if left_over.exists():
            shutil.rmtree(left_over)
    try:
        for wheel in wheels:
            with ZipFile(wheel) as opened:
                opened.extractall(partial)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)  # a full disk needs the room
        raise
    _log.info("RaceLink unpacked %s into %s", ", ".join(wheel.name.split("-")[0] for wheel in wheels), folder)


def _remove_others(folder: Path) -> None:
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
