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
