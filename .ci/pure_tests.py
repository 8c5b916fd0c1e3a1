"""Runs the tests of the pure layers on every other Python from 3.10 to 3.13 that this machine has, or on those named.

    python .ci/pure_tests.py [3.10 3.12 ...]

Each gets a small environment of its own with pydantic, hypothesis and pytest, and nothing else: domain, protocol and
planning need no gevent. An interpreter that is named but does not run is skipped, and said so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MINORS = (10, 11, 12, 13)
FOLDERS = ("tests/domain", "tests/protocol", "tests/planning")
NEEDS = ("pydantic>=2.10,<3", "hypothesis>=6.100", "pytest>=8")
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    failed = [name for name, python in _other_pythons() if not _passes(name, python)]
    if failed:
        print(f"The pure layers fail on {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def other_minors() -> tuple[int, ...]:
    return tuple(minor for minor in MINORS if minor != sys.version_info.minor)


def _other_pythons() -> Iterator[tuple[str, str]]:
    wanted = sys.argv[1:]
    for minor in other_minors():
        if wanted and f"3.{minor}" not in wanted:
            continue
        name = f"python3.{minor}"
        found = next((python for python in _candidates(name) if _runs(python, minor)), None)
        if found is None:
            print(f"{name}: not here or does not run, skipped")
        else:
            yield name, found


def _candidates(name: str) -> list[str]:
    """The one on the path, then those that pyenv keeps but has not put there."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return [name, *(str(path) for path in sorted(pyenv.glob(f"versions/*/bin/{name}"), reverse=True))]


def _runs(python: str, minor: int) -> bool:
    check = f"import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, {minor}))"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _passes(name: str, python: str) -> bool:
    environment = ROOT / ".venv" / "pure" / name
    inside = str(environment / "bin" / "python")
    if not (environment / "ready").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(environment)], check=True)
        subprocess.run([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", *NEEDS], check=True)
        (environment / "ready").touch()
    print(f"{name}:", flush=True)
    options = ["-o", "addopts=--strict-markers --strict-config --import-mode=importlib", "-p", "no:cacheprovider", "-q"]
    return subprocess.run([inside, "-m", "pytest", *options, *FOLDERS], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
