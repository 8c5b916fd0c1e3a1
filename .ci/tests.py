"""Runs all tests in as many processes as the machine has cores (four at most), beside them mypy and the pure layers.

    .venv/bin/python .ci/tests.py

Many tests wait for a radio's answers or for a process, so one process leaves the machine idle for half of the time. It
is not done by pytest-xdist: its workers talk to their parent on a native thread, and gevent, which every test runs
patched with, takes the wait for that thread for a wait without end.

Each process gets a share: a few files of one folder. Every share runs to its end, also when another one fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from pure_tests import other_minors

ROOT = Path(__file__).resolve().parent.parent
FILES_PER_SHARE = 7
LONGEST_FIRST = ("services", "webui", "faults", "rotorhazard", "end_to_end", "web")
MOST_PROCESSES = 4
TIME_LIMIT_S = 900


@dataclass(frozen=True)
class Job:
    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    job: Job
    code: int
    output: str
    took_s: float


def main() -> int:
    began_s = time.monotonic()
    failed: list[str] = []
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_PROCESSES)) as pool:
        for future in as_completed([pool.submit(_run, job) for job in _jobs()]):
            ended = future.result()
            _show(ended)
            if ended.code:
                failed.append(ended.job.name)
    print(f"All of it took {time.monotonic() - began_s:.0f} s.")
    if failed:
        print("FAILED: " + "; ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def _jobs() -> Iterator[Job]:
    python = sys.executable
    pytest = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    shares = list(_shares())
    head = len(shares) // 2
    tests = [Job(f"{files[0]} ... {Path(files[-1]).name}", (*pytest, *files)) for files in shares]
    yield from tests[:head]
    yield Job("mypy", (python, "-m", "mypy"))
    for minor in other_minors():
        yield Job(f"the pure layers on Python 3.{minor}", (python, ".ci/pure_tests.py", f"3.{minor}"))
    yield from tests[head:]


def _shares() -> Iterator[tuple[str, ...]]:
    """Every `test_*.py` once; of a folder every n-th file, so that slow neighbours do not end up together."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found.setdefault(path.parent.name, []).append(str(path.relative_to(ROOT)))
    folders = [*LONGEST_FIRST, *(folder for folder in found if folder not in LONGEST_FIRST)]
    for folder in folders:
        files = found.get(folder, [])
        shares = -(-len(files) // FILES_PER_SHARE)
        for number in range(shares):
            yield tuple(files[number::shares])


def _run(job: Job) -> Ended:
    began_s = time.monotonic()
    try:
        done = subprocess.run(
            job.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIME_LIMIT_S,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        heard = late.stdout or b""
        code, output = 1, (heard if isinstance(heard, str) else heard.decode(errors="replace"))
        output += f"\nNot done after {TIME_LIMIT_S} s, so it was ended."
    return Ended(job, code, output, time.monotonic() - began_s)


def _show(ended: Ended) -> None:
    """All of a failure, the last line of a success."""
    lines = ended.output.rstrip().splitlines() or [""]
    print(f"{ended.job.name} [{ended.took_s:.0f} s]: {lines[-1]}", flush=True)
    if ended.code:
        print("\n".join(lines[:-1]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
