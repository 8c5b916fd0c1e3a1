"""Simulated gateways behind pseudo terminals: the host opens them like serial ports."""

from __future__ import annotations

import fcntl
import logging
import os
import pty
import select
import termios
import threading
import tty

from racelink_core.sim.byte_channel import ByteChannel
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.pump import Pump

SAME_PATH_TRIES = 32
_OPEN_CHECK_S = 0.02
_log = logging.getLogger(__name__)


class PtyServer:
    """One gateway. `path` is the device to open; unplugging removes it, plugging in brings it back.

    The kernel gives the same number again when the host has let go of it; otherwise `path` changes and is logged.
    """

    def __init__(self, gateway: SimulatedGateway, pump: Pump) -> None:
        self.path = ""
        self._gateway, self._pump = gateway, pump
        self._channel: ByteChannel | None = None
        self._watching: threading.Thread | None = None
        self._gone = threading.Event()

    def start(self) -> None:
        self._appear()
        self._gateway.port.presence_changed.append(self._presence_changed)

    def stop(self) -> None:
        """Removes the device. Harmless twice."""
        if self._presence_changed in self._gateway.port.presence_changed:
            self._gateway.port.presence_changed.remove(self._presence_changed)
        watching = self._watching
        self._disappear()
        if watching is not None:
            watching.join(5.0)

    def _presence_changed(self, is_present: bool) -> None:
        if is_present:
            self._appear()
        else:
            self._disappear()

    def _appear(self) -> None:
        near = self._open()
        self._gone = threading.Event()
        self._watching = threading.Thread(
            target=self._serve, args=(near, self._gone), name=f"rl-pty {self.path}", daemon=True
        )
        self._watching.start()

    def _open(self) -> int:
        wanted = self.path
        near, self.path = _open_pty(wanted)
        if wanted and self.path != wanted:
            _log.warning("Gateway %s came back as %s, because %s is still held", self._gateway.mac, self.path, wanted)
        return near

    def _disappear(self) -> None:
        self._gone.set()
        if self._channel is not None:
            self._channel.stop()

    def _serve(self, near: int, gone: threading.Event) -> None:
        """One host after another, until the device is gone."""
        try:
            while not gone.is_set():
                if _is_open(near):
                    closed = threading.Event()
                    self._channel = ByteChannel(
                        near, self._gateway, self._pump, ended=closed.set, name=f"rl-pty-reader {self.path}"
                    )
                    self._channel.start()
                    closed.wait()
                    self._channel.join()
                    self._channel = None
                    if not gone.is_set() and not _is_open(near) and not _release(self.path):
                        os.close(near)
                        near = self._open()
                gone.wait(_OPEN_CHECK_S)
        finally:
            os.close(near)


def _is_open(near: int) -> bool:
    """Whether somebody has the device open: a terminal that nobody holds says "hung up"."""
    poller = select.poll()
    poller.register(near, select.POLLIN)
    return not any(event & select.POLLHUP for _, event in poller.poll(0))


def _release(path: str) -> bool:
    """Takes back the exclusive use that a host leaves behind when it dies: a real port forgets it. False: we cannot."""
    try:
        far = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return False
    try:
        fcntl.ioctl(far, termios.TIOCNXCL)
    finally:
        os.close(far)
    return True


def _open_pty(wanted: str) -> tuple[int, str]:
    """A new terminal in raw mode, closed at its far end; the one called `wanted` if it can be had."""
    opened: list[tuple[int, str]] = []
    for _ in range(SAME_PATH_TRIES if wanted else 1):
        near, far = pty.openpty()
        tty.setraw(far)
        opened.append((near, os.ttyname(far)))
        os.close(far)
        if opened[-1][1] == wanted:
            break
    chosen = next((one for one in opened if one[1] == wanted), opened[0])
    for near, _ in opened:
        if near != chosen[0]:
            os.close(near)
    os.set_blocking(chosen[0], False)
    return chosen
