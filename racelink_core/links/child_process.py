"""Starts the port process without fork, and makes sure that it has ended."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import sys
import time
from pathlib import Path

from racelink_core.links import port_child

END_S = 2.0
"""How long a child may take to end by itself before it is killed."""


class ChildProcess:
    """One running port process and our end of its control socket, in the patched world's own mode."""

    def __init__(self, *, pyserial_folder: Path | None, scan_interval_s: float) -> None:
        """Raises OSError when it cannot be started, FileNotFoundError when pyserial is missing."""
        folder = pyserial_folder or _pyserial_folder()
        arguments = [str(os.getpid()), str(folder), str(scan_interval_s)]
        command = [sys.executable, "-I", "-S", str(Path(port_child.__file__).resolve()), *arguments]
        self.socket, self._process = _start(command)

    def end(self) -> None:
        """Closes the socket, by which the child ends, and waits until it has. Kills it when it takes too long."""
        with contextlib.suppress(OSError):  # it has ended already
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self._process.wait_or_kill()


def _pyserial_folder() -> Path:
    found = importlib.util.find_spec("serial")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("pyserial is not installed. Install it with `pip install pyserial`.")
    return Path(found.submodule_search_locations[0]).resolve().parent


if sys.platform == "win32":
    import secrets
    import subprocess

    class _Process:
        def __init__(self, process: subprocess.Popen[bytes]) -> None:
            self._process = process

        def wait_or_kill(self) -> None:
            try:
                self._process.wait(END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(END_S)

    def _start(command: list[str]) -> tuple[socket.socket, _Process]:
        """A loopback connection stands in for the socket pair; a one-time secret keeps strangers out."""
        secret = secrets.token_hex(16).encode()
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(10.0)
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            assert process.stdin is not None
            process.stdin.write(b"%d %s\n" % (server.getsockname()[1], secret))
            process.stdin.close()
            while True:
                connection, _ = server.accept()
                connection.settimeout(2.0)
                if connection.recv(len(secret), socket.MSG_WAITALL) == secret:
                    connection.settimeout(None)
                    return connection, _Process(process)
                connection.close()

else:

    class _Process:
        """A child started by posix_spawn. gevent knows nothing of it, so waiting is done by asking."""

        def __init__(self, pid: int) -> None:
            self._pid: int | None = pid

        def wait_or_kill(self) -> None:
            deadline_s = time.monotonic() + END_S
            pause_s = 0.002
            while not self._has_ended():
                if self._pid is not None and time.monotonic() > deadline_s:
                    os.kill(self._pid, signal.SIGKILL)
                    deadline_s += END_S
                time.sleep(pause_s)
                pause_s = min(0.05, pause_s * 1.5)

        def _has_ended(self) -> bool:
            if self._pid is None:
                return True
            try:
                ended, _ = os.waitpid(self._pid, os.WNOHANG)
            except ChildProcessError:  # gevent's own watcher has reaped it
                ended = self._pid
            if ended:
                self._pid = None
            return bool(ended)

    def _start(command: list[str]) -> tuple[socket.socket, _Process]:
        near, far = socket.socketpair()
        with far:
            actions = [
                (os.POSIX_SPAWN_DUP2, far.fileno(), 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ]
            # Blocked from the first moment on: Ctrl-C goes to the whole process group.
            blocked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            try:
                pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions, setsigmask=blocked)
            except BaseException:
                near.close()
                raise
        return near, _Process(pid)
