"""A simulated fleet in a process of its own, reached through real ptys, as hardware would be."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.witness import make_prompt
from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.host import Host

FLEETS = Path(__file__).parent.parent / "tests" / "data" / "fleets"


@contextmanager
def simulated_ports(fleet: str, gateways: int, *options: str, is_prompt: bool = False) -> Iterator[tuple[str, ...]]:
    """The device paths of `gateways` simulated gateways.

    is_prompt  whatever else the machine does, the fleet acts in time, as hardware does (where the system allows it)
    """
    program_and_arguments = [sys.executable, "-m", "racelink_core.cli", "simulate", "--fleet", str(FLEETS / fleet)]
    # The fleet stands for hardware, which takes no processor time from the host.
    command = ["nice", "-n", "19", *program_and_arguments, *options]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert program.stdout is not None
    if is_prompt:
        make_prompt(program.pid)
    try:
        yield tuple(program.stdout.readline().strip() for _ in range(gateways))
    finally:
        program.terminate()
        program.wait(10)
        program.stdout.close()


@contextmanager
def host_on(ports: tuple[str, ...], prepare: Callable[[Host], None] = lambda host: None) -> Iterator[Host]:
    """A host whose gateways on `ports` are all connected. `prepare` is called before the start."""
    with TemporaryDirectory() as directory:
        host = create_host(HostConfiguration(data_directory=Path(directory), gateways=ports))
        prepare(host)
        host.start()
        try:
            deadline_s = time.monotonic() + 20
            while len(host.gateways.lanes()) < len(ports):
                if time.monotonic() > deadline_s:
                    raise SystemExit(f"the gateways were not found: {host.problems()}")
                time.sleep(0.05)
            yield host
        finally:
            host.stop()
