"""Runs all tests, mypy and the pure layers on other Pythons, in one process more than the machine has cores.

    .venv/bin/python .ci/tests.py

Many tests wait for a radio's answers or for a process, so one process leaves the machine idle for half of the time. It
is not done by pytest-xdist: its workers talk to their parent on a native thread, and gevent, which every test runs
patched with, takes the wait for that thread for a wait without end.

Each process gets a share: a few files of one folder. Every share runs to its end, also when another one fails. Large
simulated fleets that live faster than the clock need a processor for themselves, so they come first, one on each.

A test that fails beside others is run once more when the machine has nothing else to do. Radios, browsers and races go
on while a busy machine stands still, so what fails only then is named as unsteady; what fails twice fails the run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from pure_tests import other_minors

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / ".venv" / "failed"
FILES_PER_SHARE = 11
LONGEST_FIRST = ("services", "webui", "faults", "rotorhazard", "end_to_end", "web")
CORES = min(os.cpu_count() or 1, 4)
FAST_FLEETS = ("test_healing.py", "test_bulk_config.py", "test_fleet_200.py")
TIME_LIMIT_S = 420


@dataclass(frozen=True)
class Job:
    """is_tests  of pytest: it notes what failed in a folder of its own, for a second try"""

    name: str
    command: tuple[str, ...]
    is_tests: bool = False


MYPY = Job("mypy", (sys.executable, "-m", "mypy"))


@dataclass(frozen=True)
class Ended:
    job: Job
    code: int
    output: str
    took_s: float


def main() -> int:
    began_s = time.monotonic()
    shutil.rmtree(NOTES, ignore_errors=True)
    shares = list(_shares())
    large = [files for files in shares if _is_fast_fleet(files[0])]
    ended = _all_ended((*_tests(large), MYPY), CORES)
    ended += _all_ended((*_tests(files for files in shares if files not in large), *_pure_layers()), CORES + 1)
    failed = [each.job for each in ended if each.code]
    unsteady = [job for job in failed if job.is_tests and not _shown(_run(_again(job))).code]
    print(f"All of it took {time.monotonic() - began_s:.0f} s.")
    for title, jobs in (("UNSTEADY", unsteady), ("FAILED", [job for job in failed if job not in unsteady])):
        if jobs:
            print(f"{title}: " + "; ".join(job.name for job in jobs), file=sys.stderr)
    return 0 if len(unsteady) == len(failed) else 1


def _all_ended(jobs: Iterable[Job], processes: int) -> list[Ended]:
    with ThreadPoolExecutor(processes) as pool:
        return [_shown(each.result()) for each in as_completed([pool.submit(_run, job) for job in jobs])]


def _tests(shares: Iterable[tuple[str, ...]]) -> Iterator[Job]:
    for files in shares:
        options = ("-q", "-o", f"cache_dir={NOTES / files[0]}")
        yield Job(f"{files[0]} ... {Path(files[-1]).name}", (sys.executable, "-m", "pytest", *options, *files), True)


def _again(job: Job) -> Job:
    return replace(job, name=f"once more: {job.name}", command=(*job.command, "--last-failed"))


def _pure_layers() -> Iterator[Job]:
    for minor in other_minors():
        yield Job(f"the pure layers on Python 3.{minor}", (sys.executable, ".ci/pure_tests.py", f"3.{minor}"))


def _shares() -> Iterator[tuple[str, ...]]:
    """Every `test_*.py` once; of a folder every n-th file, so that slow neighbours do not end up together."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found.setdefault(path.parent.name, []).append(str(path.relative_to(ROOT)))
    folders = [*LONGEST_FIRST, *(folder for folder in found if folder not in LONGEST_FIRST)]
    for folder in folders:
        files = [file for file in found.get(folder, []) if not _is_fast_fleet(file)]
        shares = -(-len(files) // FILES_PER_SHARE)
        for number in range(shares):
            yield tuple(files[number::shares])
    yield from (
        (file,) for name in FAST_FLEETS for files in found.values() for file in files if Path(file).name == name
    )


def _is_fast_fleet(file: str) -> bool:
    return Path(file).name in FAST_FLEETS


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


def _shown(ended: Ended) -> Ended:
    """All of a failure, the last line of a success."""
    lines = ended.output.rstrip().splitlines() or [""]
    print(f"{ended.job.name} [{ended.took_s:.0f} s]: {lines[-1]}", flush=True)
    if ended.code:
        print("\n".join(lines[:-1]), flush=True)
    return ended


if __name__ == "__main__":
    sys.exit(main())
