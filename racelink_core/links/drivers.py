"""All drivers behind one door, chosen by the URL's scheme."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from racelink_core.links.contract import Driver, Link, LinkError, LinkListener, PortInfo
from racelink_core.links.url import normalise, scheme_of

_log = logging.getLogger(__name__)


class UnknownScheme(LinkError):
    """No driver opens URLs of this kind."""

    code = "NOT_FOUND"


class Drivers:
    """Opens any link. A bare device path means `serial://`."""

    def __init__(self, drivers: Sequence[Driver]) -> None:
        self._drivers = tuple(drivers)
        self._by_scheme = {scheme: driver for driver in self._drivers for scheme in driver.schemes}

    def open(self, url: str, listener: LinkListener) -> Link:
        """Waits cooperatively until open. Raises UnknownScheme, PortNotFound, PortBusy or another LinkError."""
        url = normalise(url)
        driver = self._by_scheme.get(scheme_of(url))
        if driver is None:
            known = ", ".join(f"{scheme}://" for scheme in self._by_scheme)
            raise UnknownScheme(url, f"no driver opens this kind of address. Use one of {known}.")
        return driver.open(url, listener)

    def ports(self) -> tuple[PortInfo, ...]:
        """Candidates of all drivers. One that cannot answer is logged and counts as empty."""
        found: list[PortInfo] = []
        for driver in self._drivers:
            try:
                found += driver.ports()
            except LinkError as error:
                _log.warning("Ports of %s cannot be listed: %s", "/".join(driver.schemes), error)
        return tuple(found)

    def watch_ports(self, changed: Callable[[], None]) -> None:
        """Calls `changed` whenever `ports()` would answer differently."""
        for driver in self._drivers:
            driver.watch_ports(changed)

    def close(self) -> None:
        """Closes every driver, each whether or not another one fails. Harmless twice."""
        for driver in self._drivers:
            try:
                driver.close()
            except Exception:  # noqa: BLE001 - the others are still to be closed
                _log.exception("The driver for %s did not close cleanly", "/".join(driver.schemes))
