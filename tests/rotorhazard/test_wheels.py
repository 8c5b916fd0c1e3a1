"""Which wheels fit an interpreter, and what is unpacked of them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from packaging.tags import Tag, compatible_tags, cpython_tags

from racelink_core.standalone.plugin_wheels import PLATFORMS, PYTHONS
from racelink_rh_plugin.wheels import NoFittingWheel, UnpackFailed, fitting_wheels, unpacked
from tests.rotorhazard.built_wheels import wheel_of

PURE = "pydantic-2.11.10-py3-none-any.whl"


def core_wheel(python: str, platform: str) -> str:
    tag = f"cp{python.replace('.', '')}"
    return f"pydantic_core-2.33.2-{tag}-{tag}-{platform}.whl"


def tags_of(python: str, *platforms: str) -> list[Tag]:
    """As an interpreter has them, best first; the platforms too."""
    version = tuple(map(int, python.split(".")))
    return [*cpython_tags(version, platforms=platforms), *compatible_tags(version, platforms=platforms)]


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """A wheel for each Python and machine, beside one for all of them."""
    folder = tmp_path / "wheels"
    for python, platform in product(PYTHONS, PLATFORMS):
        wheel_of(folder, core_wheel(python, platform), built_for=f"{python} {platform}")
    wheel_of(folder, PURE, pydantic="")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "small"
    return [wheel_of(folder, "first-1-py3-none-any.whl", first="1"), wheel_of(folder, PURE, pydantic="22", more="333")]


@pytest.mark.parametrize(("python", "platform"), list(product(PYTHONS, PLATFORMS)))
def test_every_python_and_machine_gets_its_own(carried: Path, python: str, platform: str) -> None:
    newer_system = platform.replace("_2_17_", "_2_36_")
    chosen = fitting_wheels(carried, tags_of(python, newer_system, platform, "linux_x86_64"))
    assert [wheel.name for wheel in chosen] == [PURE, core_wheel(python, platform)]


def test_the_best_of_several_that_fit_is_taken(tmp_path: Path) -> None:
    for name in ("thing-1-py3-none-any.whl", "thing-1-cp311-cp311-manylinux_2_17_x86_64.whl"):
        wheel_of(tmp_path, name)
    (best,) = fitting_wheels(tmp_path, tags_of("3.11", "manylinux_2_17_x86_64"))
    assert "manylinux" in best.name
    (other,) = fitting_wheels(tmp_path, tags_of("3.11", "manylinux_2_17_aarch64"))
    assert "any" in other.name


@pytest.mark.parametrize(("python", "platform"), [("3.14", PLATFORMS[0]), ("3.11", "linux_armv6l")])
def test_a_python_that_nothing_fits_hears_for_which_there_is_one(carried: Path, python: str, platform: str) -> None:
    with pytest.raises(NoFittingWheel, match=r"pydantic-core for cp310, cp311, cp312, cp313 on .*win_amd64"):
        fitting_wheels(carried, tags_of(python, platform))


def test_what_is_no_wheel_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "copy of pydantic.whl").write_text("", "utf-8")
    assert fitting_wheels(tmp_path, tags_of("3.11", PLATFORMS[0])) == []
    assert "copy of pydantic.whl" in caplog.text


def test_all_files_are_unpacked_once(tmp_path: Path, small: list[Path]) -> None:
    folder = unpacked(small, tmp_path / "racelink" / "packages")
    assert sorted(path.name for path in folder.iterdir()) == ["first.py", "more.py", "pydantic.py"]
    (folder / "__pycache__").mkdir()
    assert unpacked(small, tmp_path / "racelink" / "packages") == folder
    assert (folder / "__pycache__").is_dir(), "it was not unpacked again"


def test_what_was_cut_off_is_done_again(tmp_path: Path, small: list[Path]) -> None:
    """The power failed while it was unpacked, or before the disk had written it all."""
    parent = tmp_path / "racelink" / "packages"
    folder = unpacked(small, parent)
    folder.rename(folder.with_suffix(".partial"))
    (folder.with_suffix(".partial") / "half.py").write_text("", "utf-8")
    assert sorted(path.name for path in unpacked(small, parent).iterdir()) == ["first.py", "more.py", "pydantic.py"]

    (folder / "more.py").write_text("", "utf-8")
    unpacked(small, parent)
    assert (folder / "more.py").read_text("utf-8") == "333"

    (folder / "first.py").unlink()
    unpacked(small, parent)
    assert (folder / "first.py").is_file()
    assert list(parent.iterdir()) == [folder]


def test_other_wheels_get_another_folder_and_the_older_one_goes(tmp_path: Path, small: list[Path]) -> None:
    parent = tmp_path / "racelink" / "packages"
    older = unpacked(small[:1], parent)
    newer = unpacked(small, parent)
    assert older != newer
    assert list(parent.iterdir()) == [newer]


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path, small: list[Path]) -> None:
    (tmp_path / "racelink").write_text("", "utf-8")
    with pytest.raises(UnpackFailed, match=r"racelink.*let RotorHazard write there"):
        unpacked(small, tmp_path / "racelink" / "packages")


def test_a_damaged_wheel_leaves_nothing_that_looks_unpacked(tmp_path: Path, small: list[Path]) -> None:
    small[1].write_bytes(small[1].read_bytes()[:40])
    with pytest.raises(UnpackFailed):
        unpacked(small, tmp_path / "racelink" / "packages")
    assert list((tmp_path / "racelink" / "packages").iterdir()) == []
