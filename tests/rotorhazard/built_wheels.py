"""Wheels without internet: made of what is installed here, or of nothing but a name."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

PYDANTIC = ("pydantic", "pydantic-core", "annotated-types", "typing-extensions", "typing-inspection")


def installed_wheel(name: str, folder: Path) -> Path:
    """The installed package, put together again as the wheel that it came in."""
    package = metadata.distribution(name)
    wheel_file = package.read_text("WHEEL") or ""
    tag = next(line.removeprefix("Tag: ") for line in wheel_file.splitlines() if line.startswith("Tag: "))
    path = folder / f"{name.replace('-', '_')}-{package.version}-{tag}.whl"
    with ZipFile(path, "w") as wheel:
        for file in package.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                wheel.write(str(file.locate()), file.as_posix())
    return path


def wheel_of(folder: Path, file_name: str, **files: str) -> Path:
    """`files` are modules with their content."""
    folder.mkdir(parents=True, exist_ok=True)
    with ZipFile(folder / file_name, "w") as wheel:
        for module, content in files.items():
            wheel.writestr(f"{module}.py", content)
    return folder / file_name


def bare_wheel(folder: Path, file_name: str, needs: str = "") -> Path:
    """As much of a wheel as pip wants to see. `needs`: a package with its version."""
    name, version, tag = file_name.removesuffix(".whl").split("-", 2)
    described = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + (
        f"Requires-Dist: {needs}\n" if needs else ""
    )
    folder.mkdir(parents=True, exist_ok=True)
    with ZipFile(folder / file_name, "w") as wheel:
        wheel.writestr(f"{name}-{version}.dist-info/METADATA", described)
        wheel.writestr(f"{name}-{version}.dist-info/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        wheel.writestr(f"{name}-{version}.dist-info/RECORD", "")
    return folder / file_name
