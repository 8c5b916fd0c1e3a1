"""An installed plugin, and a server process that runs it with nothing else of ours in reach."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import flask

PACKAGES = Path(flask.__file__).parents[1]
"""What the server has installed; its `.pth` files, and with them a checkout of ours, do not count."""
_PROGRAM = Path(__file__).with_name("server_process.py")
_DEADLINE_S = 60


@dataclass(frozen=True)
class Ended:
    """`said` is what the process saw, `log` what it wrote to stderr: warnings and worse."""

    said: dict[str, Any]
    log: str


def command(data_directory: Path, *options: str, packages: Path = PACKAGES) -> list[str]:
    program = [sys.executable, "-I", "-S", str(_PROGRAM)]
    return [*program, "--data", str(data_directory), "--packages", str(packages), *options]


def run_server(data_directory: Path, *options: str, packages: Path = PACKAGES) -> Ended:
    """Starts, looks, shuts down."""
    ended = subprocess.run(
        command(data_directory, *options, packages=packages),
        cwd=data_directory,
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return Ended(json.loads(ended.stdout), ended.stderr)


def packages_without(folder: Path, *prefixes: str) -> Path:
    """Fills `folder` with what the server has installed, but for what begins so."""
    folder.mkdir()
    for entry in PACKAGES.iterdir():
        if not entry.name.startswith(prefixes):
            (folder / entry.name).symlink_to(entry)
    return folder


def install(archive: Path, plugins: Path) -> Path:
    """As the plugin manager does with an upload: the folder's name comes from where the manifest lies, and what was
    installed there before is deleted first.
    """
    with ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        manifests = [name for name in names if name.endswith("manifest.json")]
        assert manifests, "Uploaded plugin is invalid"
        for name in manifests:
            keys = json.loads(opened.read(name)).keys()
            assert {"domain", "name", "description", "required_rhapi_version", "version"} <= keys
        parts = manifests[0].split("/")
        assert len(parts) > 1, "a flat archive is refused"
        folder = parts[-2].rpartition(".")[0] or parts[-2]
        uninstall(plugins, folder)
        for name in names:
            if f"{folder}/" in name:
                target = plugins / folder / name.rpartition(f"{folder}/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(name))
    return plugins / folder


def uninstall(plugins: Path, domain: str) -> None:
    shutil.rmtree(plugins / domain, ignore_errors=True)
