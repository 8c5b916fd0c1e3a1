"""Which ports are offered, and which are left alone."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.links.contract import LinkError, PortBusy, PortInfo, PortNotFound
from racelink_core.links.drivers import Drivers, UnknownScheme
from racelink_core.links.memory import MemoryDriver
from racelink_core.links.port_process import PortProcessDriver, ports_open_in_this_process
from tests.leaks import Resources
from tests.links.contract_suite import Listener, wait_until
from tests.links.far_ends import Pty

BRIDGE = ("/dev/ttyUSB0", "CP2102 USB to UART", 0x10C4, 0xEA60)
PLAIN = ("/dev/ttyS0", "n/a", None, None)
NATIVE = ("/dev/ttyACM0", "n/a", None, None)

LIST_PORTS = """
import json, pathlib
class Port:
    def __init__(self, device, description, vid, pid):
        self.device, self.description, self.vid, self.pid = device, description, vid, pid
def comports():
    return [Port(*row) for row in json.loads((pathlib.Path(__file__).parents[2] / "ports.json").read_text())]
"""


class Machine:
    """A machine whose serial ports are what the test says: pyserial's place is taken by a stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "serial" / "tools"
        tools.mkdir(parents=True)
        (folder / "serial" / "__init__.py").touch()
        (tools / "__init__.py").touch()
        (tools / "list_ports.py").write_text(LIST_PORTS)
        self.has()

    def has(self, *ports: tuple[str, str, int | None, int | None]) -> None:
        new = self.folder / "new.json"
        new.write_text(json.dumps(ports))
        new.replace(self.folder / "ports.json")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def excluded() -> set[str]:
    return set()


@pytest.fixture
def driver(machine: Machine, excluded: set[str]) -> Iterator[PortProcessDriver]:
    driver = PortProcessDriver(lambda: excluded, scan_interval_s=0.02, pyserial_folder=machine.folder)
    yield driver
    driver.close()


def _urls(driver: PortProcessDriver) -> list[str]:
    return [port.url for port in driver.ports()]


def test_only_usb_ports_are_offered_with_what_is_known_of_them(machine: Machine, driver: PortProcessDriver) -> None:
    machine.has(PLAIN, BRIDGE, NATIVE)
    assert driver.ports() == (
        PortInfo("serial:///dev/ttyACM0", "n/a", None),
        PortInfo("serial:///dev/ttyUSB0", "CP2102 USB to UART", "10C4:EA60"),
    )


def test_watchers_hear_of_ports_that_come_and_go(machine: Machine, driver: PortProcessDriver) -> None:
    seen: list[list[str]] = []
    driver.watch_ports(lambda: seen.append(_urls(driver)))
    wait_until(lambda: seen == [[]], "the first list, empty")
    machine.has(BRIDGE)
    wait_until(lambda: seen[-1] == ["serial:///dev/ttyUSB0"], "the new port")
    machine.has()
    wait_until(lambda: seen[-1] == [], "the port to go")
    assert len(seen) == 3


def test_excluded_ports_are_not_offered_from_the_moment_they_are_excluded(
    machine: Machine, driver: PortProcessDriver, excluded: set[str]
) -> None:
    machine.has(BRIDGE, NATIVE)
    assert len(_urls(driver)) == 2
    excluded.add("serial:///dev/ttyUSB0")
    assert _urls(driver) == ["serial:///dev/ttyACM0"]


def test_ports_are_watched_again_after_the_port_process_died(machine: Machine, driver: PortProcessDriver) -> None:
    before = Resources.now().children
    changes: list[None] = []
    driver.watch_ports(lambda: changes.append(None))
    wait_until(lambda: bool(changes), "the first list")
    (child,) = Resources.now().children - before
    os.kill(child, signal.SIGKILL)
    machine.has(BRIDGE)
    wait_until(lambda: len(changes) > 1, "the list of the next process")
    assert _urls(driver) == ["serial:///dev/ttyUSB0"]


def test_an_excluded_port_is_not_opened_under_any_of_its_names(tmp_path: Path) -> None:
    pty = Pty(tmp_path / "ttyUSB7")
    alias = tmp_path / "by-id"
    alias.symlink_to(pty.path)
    driver = PortProcessDriver(lambda: [str(pty.path)])
    for path in (pty.path, alias, pty.path.resolve()):
        with pytest.raises(PortBusy, match="something else"):
            driver.open(f"serial://{path}", Listener())
    driver.close()
    pty.unplug()


def test_a_broken_pyserial_is_reported_and_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "serial.py").write_text("raise ImportError('half installed')")
    driver = PortProcessDriver(pyserial_folder=tmp_path)
    with pytest.raises(LinkError):
        driver.open("serial:///dev/ttyUSB0", Listener())
    driver.close()


def test_a_process_without_serial_hardware_has_no_serial_ports_open() -> None:
    assert ports_open_in_this_process() == frozenset()


def test_what_is_no_serial_port_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    driver = PortProcessDriver()
    with pytest.raises(LinkError, match="cannot be opened"):
        driver.open(f"serial://{tmp_path}/file", Listener())
    with pytest.raises(PortNotFound):
        driver.open("socket://host.invalid:4000", Listener())
    driver.close()


def test_drivers_are_chosen_by_scheme() -> None:
    first, second = MemoryDriver(), MemoryDriver("sim")
    first.add("a")
    second.add("b")
    drivers = Drivers([first, second])
    drivers.open("SIM://b", Listener()).close()
    assert [port.url for port in drivers.ports()] == ["memory://a", "sim://b"]
    with pytest.raises(UnknownScheme, match=r"memory://, sim://"):
        drivers.open("/dev/ttyUSB0", Listener())
    changes: list[None] = []
    drivers.watch_ports(lambda: changes.append(None))
    second.add("c")
    assert len(changes) == 1
    drivers.close()
    drivers.close()
