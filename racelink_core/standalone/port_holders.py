"""Who holds a device file or listens on a TCP port. Linux: read from /proc; elsewhere nothing is known."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def device_holders() -> Mapping[str, tuple[Holder, ...]]:
    """By resolved path below /dev. Other users' processes are seen by root only."""
    found: dict[str, set[Holder]] = {}
    for pid, target in _open_files():
        if target.startswith("/dev/tty") or target.startswith("/dev/serial"):
            found.setdefault(target, set()).add(Holder(pid, _name(pid)))
    return {path: tuple(sorted(holders, key=lambda holder: holder.pid)) for path, holders in found.items()}


def tcp_listeners(port: int) -> tuple[Holder, ...]:
    """Processes that listen on `port`, on any address."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    pids = {pid for pid, target in _open_files() if target in sockets} if sockets else set()
    return tuple(Holder(pid, _name(pid)) for pid in sorted(pids))


def _open_files() -> Iterator[tuple[int, str]]:
    for process in _PROC.iterdir() if _PROC.is_dir() else ():
        if not process.name.isdigit():
            continue
        try:
            for entry in os.scandir(process / "fd"):
                yield int(process.name), os.readlink(entry.path)
        except OSError:
            continue  # another user's process, or one that ended meanwhile


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == _LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                yield fields[9]


def _name(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "comm").read_text().strip() or "?"
    except OSError:
        return "?"
