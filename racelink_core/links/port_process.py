"""The driver for ports that the port process owns: `serial://`, `socket://`, `rfc2217://` (design 3.6)."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from racelink_core.links.contract import (
    Link,
    LinkError,
    LinkListener,
    LinkLost,
    PortBusy,
    PortInfo,
    PortNotFound,
)
from racelink_core.links.port_child import Kind, Message
from racelink_core.links.port_connection import PortConnection
from racelink_core.links.port_link import PortLink
from racelink_core.links.url import SERIAL, address_of, normalise, scheme_of

OPEN_S = 15.0
"""A name lookup, a connection and rfc2217's negotiation fit in."""
FIRST_LIST_S = 5.0
RESTART_FIRST_S, RESTART_MAX_S = 1.0, 30.0

_log = logging.getLogger(__name__)


class PortProcessDriver:
    """Starts the port process when it is first needed, and anew when it has died.

    excluded  asked at each opening and listing: device paths that are never opened or shown
    """

    schemes: tuple[str, ...] = (SERIAL, "socket", "rfc2217")

    def __init__(
        self,
        excluded: Callable[[], Collection[str]] = frozenset,
        *,
        scan_interval_s: float = 1.0,
        pyserial_folder: Path | None = None,
    ) -> None:
        self._excluded = excluded
        self._scan_interval_s = scan_interval_s
        self._pyserial_folder = pyserial_folder
        self._connection: PortConnection | None = None
        self._starting = threading.Lock()
        self._watchers: list[Callable[[], None]] = []
        self._closed = threading.Event()
        self._restarter: threading.Thread | None = None

    def open(self, url: str, listener: LinkListener) -> Link:
        url = normalise(url)
        if scheme_of(url) == SERIAL and _same_port(address_of(url)) in self._excluded_ports():
            raise PortBusy(url, "this program uses it for something else (timing hardware). Choose another port.")
        link = PortLink(url, listener, self._connected(url))
        answer = link.open(OPEN_S)
        if answer is None:
            raise LinkError(url, f"the port process did not open it within {OPEN_S:.0f} s, or ended. Try again.")
        if answer.kind != Kind.OPENED:
            raise _opening_error(url, answer)
        return link

    def ports(self) -> tuple[PortInfo, ...]:
        connection = self._connected(f"{SERIAL}://")
        connection.wait_for_list(FIRST_LIST_S)
        excluded = self._excluded_ports()
        return tuple(port for port in connection.listed if _same_port(address_of(port.url)) not in excluded)

    def watch_ports(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)
        try:
            self._connected(f"{SERIAL}://")
        except LinkError as error:
            _log.warning("Ports cannot be watched yet: %s", error)
            self._restart_later()

    def close(self) -> None:
        self._closed.set()
        with self._starting:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if self._restarter is not None and self._restarter is not threading.current_thread():
            self._restarter.join(OPEN_S)

    def _connected(self, url: str) -> PortConnection:
        with self._starting:
            if self._closed.is_set():
                raise LinkLost(url, "the driver was closed.")
            if self._connection is None or not self._connection.is_alive:
                try:
                    self._connection = PortConnection(
                        ended=lambda _: self._restart_later(),
                        ports_changed=self._ports_changed,
                        scan_interval_s=self._scan_interval_s,
                        pyserial_folder=self._pyserial_folder,
                    )
                except OSError as error:
                    raise LinkError(url, f"the port process cannot be started: {error}") from error
            return self._connection

    def _ports_changed(self) -> None:
        for changed in tuple(self._watchers):
            try:
                changed()
            except Exception:  # noqa: BLE001 - one watcher must not keep the others from knowing
                _log.exception("A watcher of ports failed")

    def _restart_later(self) -> None:
        """Somebody waits for a port to appear, so a dead process must not stay dead until the next attempt."""
        if self._closed.is_set() or not self._watchers:
            return
        if self._restarter is None or not self._restarter.is_alive():
            self._restarter = threading.Thread(target=self._restart, name="rl-port-process-restart", daemon=True)
            self._restarter.start()

    def _restart(self) -> None:
        pause_s = RESTART_FIRST_S
        while not self._closed.wait(pause_s):
            pause_s = min(RESTART_MAX_S, pause_s * 2)
            try:
                self._connected(f"{SERIAL}://").wait_for_list(FIRST_LIST_S)
            except LinkError as error:
                _log.warning("The port process does not come back: %s", error)
            else:
                return

    def _excluded_ports(self) -> frozenset[str]:
        return frozenset(_same_port(address_of(path)) for path in self._excluded())


def ports_open_in_this_process() -> frozenset[str]:
    """Serial devices that this process has open, e.g. RotorHazard's timing hardware. Empty where /proc is missing."""
    found = set()
    try:
        entries = os.listdir("/proc/self/fd")
    except OSError:
        return frozenset()
    for entry in entries:
        try:
            path = os.readlink(f"/proc/self/fd/{entry}")
        except OSError:
            continue  # closed meanwhile
        if path.startswith("/dev/tty") and path != "/dev/tty":
            found.add(path)
    return frozenset(found)


def _same_port(path: str) -> str:
    """One spelling per port: a link to a device is that device."""
    return path.upper() if sys.platform == "win32" else os.path.realpath(path)


def _opening_error(url: str, answer: Message) -> LinkError:
    reason, said = json.loads(answer.payload)
    if reason == "busy":
        return PortBusy(url, f"another program holds it ({said}). Close that program, then it is found again.")
    if reason == "not_found":
        return PortNotFound(url, f"nothing is there ({said}). Plug the gateway in, or check the address.")
    if reason == "denied":
        return LinkError(url, f"access is denied ({said}). Add this user to the group that owns it, often `dialout`.")
    return LinkError(url, f"it cannot be opened ({said}).")
