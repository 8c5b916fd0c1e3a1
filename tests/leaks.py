"""What a test may leave behind: nothing. Counts greenlets, threads, file descriptors and child processes.

Works without gevent too, for the pure layers' tests. File descriptors and children are seen on Linux only.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc/self")
_GRACE_S = 3.0
_STEP_S = 0.02


@dataclass(frozen=True)
class Resources:
    """What this process holds at one moment. Greenlets and threads by identity, the rest by what they are."""

    greenlets: dict[int, str]
    threads: dict[int, str]
    descriptors: Counter[str]
    children: frozenset[int]

    @classmethod
    def now(cls) -> Resources:
        return cls(dict(_greenlets()), dict(_threads()), Counter(_descriptors()), frozenset(_children()))

    def added_since(self, before: Resources) -> list[str]:
        """One line per thing that was not there before."""
        found = [f"greenlet {text}" for key, text in self.greenlets.items() if key not in before.greenlets]
        found += [f"thread {text}" for key, text in self.threads.items() if key not in before.threads]
        if self.descriptors.total() > before.descriptors.total():
            found += [f"file descriptor {text}" for text in (self.descriptors - before.descriptors).elements()]
        found += [f"child process {_command(pid)}" for pid in self.children - before.children]
        return found


def leaks_since(before: Resources) -> list[str]:
    """What is still there after a short grace in which endings may finish."""
    deadline_s = time.monotonic() + _GRACE_S
    while added := Resources.now().added_since(before):
        if time.monotonic() > deadline_s:
            return added
        gc.collect()
        time.sleep(_STEP_S)
    return []


def prepare() -> None:
    """Creates once what gevent creates at first use and keeps, and takes all that exists out of later searches."""
    if "gevent" in sys.modules:
        import subprocess

        import gevent

        subprocess.run([sys.executable, "-c", ""], check=True)
        gevent.get_hub().threadpool.apply(int)
    gc.collect()
    gc.freeze()


def _greenlets() -> Iterator[tuple[int, str]]:
    if "gevent" not in sys.modules:
        return
    import gevent
    from greenlet import greenlet

    hub = gevent.get_hub()
    expected = {hub, gevent.getcurrent(), *hub.threadpool._worker_greenlets}
    for candidate in gc.get_objects():
        if isinstance(candidate, greenlet) and candidate and candidate.parent and candidate not in expected:
            yield id(candidate), repr(candidate)


def _threads() -> Iterator[tuple[int, str]]:
    for thread in threading.enumerate():
        if not isinstance(thread, threading._DummyThread) and thread is not threading.current_thread():
            yield id(thread), thread.name


def _descriptors() -> Iterator[str]:
    for entry in _names(_PROC / "fd"):
        try:
            yield os.readlink(_PROC / "fd" / entry)
        except OSError:
            continue


def _children() -> Iterator[int]:
    for task in _names(_PROC / "task"):
        try:
            yield from map(int, (_PROC / "task" / task / "children").read_text().split())
        except OSError:
            continue


def _names(folder: Path) -> list[str]:
    return os.listdir(folder) if folder.is_dir() else []


def _command(pid: int) -> str:
    try:
        return f"{pid}: " + Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return str(pid)
