"""RotorHazard's double with our plugin in it, and a settled simulated fleet behind a TCP port.

Waits are for states, never for times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_core.runtime.clock import SystemClock
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.sim.node import SimulatedNode
from racelink_core.sim.pump import Pump
from racelink_core.sim.serve_tcp import TcpServer
from racelink_core.sim.simulation import Simulation
from racelink_core.state.store import Store
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard

START_LINE, GATE_1, GATE_2, PIT_WALL = 1, 2, 3, 4
_FLEET = Path(__file__).parents[1] / "data" / "fleets" / "club-8.json"
_DEADLINE_S = 30.0


def until(holds: Callable[[], object], what: str) -> None:
    deadline_s = time.monotonic() + _DEADLINE_S
    while not holds():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"never came: {what}")
        time.sleep(0.01)


class Field:
    """The club's eight nodes, paired and grouped; one of them is switched off.

    seats              which lamps the operator gave to which seat
    blocks_follow_heat as in the settings: while a starting block confirms a name, it misses the lights of others
    """

    def __init__(
        self, seats: Mapping[int, GroupsTarget | DeviceTarget] | None = None, *, blocks_follow_heat: bool = False
    ) -> None:
        self.seats, self.blocks_follow_heat = seats or {}, blocks_follow_heat
        self.fleet = load_fleet(_FLEET)
        self.simulation = Simulation(self.fleet, settled=True)
        self.pump = Pump(self.simulation, SystemClock())
        (gateway,) = self.simulation.gateways.values()
        self.gateway = TcpServer(gateway, self.pump)

    @contextmanager
    def switched_on(self) -> Iterator[Field]:
        with ExitStack() as owned:
            owned.callback(self.pump.stop)
            self.pump.start()
            owned.callback(self.gateway.stop)
            self.gateway.start()
            yield self

    def nodes(self, group_id: int | None = None) -> list[SimulatedNode]:
        """Those that are switched on."""
        running = [node for node in self.simulation.nodes.values() if node.is_running]
        return [node for node in running if group_id in (None, node.lamp.group_id)]

    def colours(self, group_id: int | None = None) -> set[tuple[int, ...]]:
        """Every first colour that the nodes show."""
        return {tuple(node.lamp.look.color1) for node in self.nodes(group_id)}

    def brightness(self, group_id: int | None = None) -> set[int]:
        return {node.lamp.brightness for node in self.nodes(group_id)}

    def write_store(self, data_dir: Path) -> None:
        """What the host learned about this fleet in an earlier run."""
        store = Store.open(data_dir / "racelink", SystemClock())
        with store.transaction() as draft:
            for group in self.fleet.groups:
                draft.groups[GroupId(group.id)] = Group(
                    id=GroupId(group.id), name=group.name, network_id="default", display_order=group.id
                )
            for device in self.fleet.devices:
                draft.devices[device.mac] = Device(
                    mac=device.mac,
                    name=device.name,
                    dev_type=device.dev_type,
                    group_id=GroupId(device.group_id),
                    network_id="default",
                )
            followed = {"startblocks_follow_heat": self.blocks_follow_heat}
            draft.settings = draft.settings.model_copy(update=followed)
            for index, target in self.seats.items():
                draft.seats[index] = Seat(index=index, target=target)
        store.close()


@contextmanager
def race_day(data_dir: Path, field: Field) -> Iterator[RotorHazard]:
    """A running server that knows the fleet and is connected to its gateway."""
    with field.switched_on():
        field.write_store(data_dir)
        server = RotorHazard(data_dir, RACELINK={"rl_comms_port": field.gateway.url})
        with server.running(initialize):
            until(lambda: ": connected," in status_of(server), f"the gateway; instead: {status_of(server)}")
            yield server


def status_of(server: RotorHazard) -> str:
    """What the settings panel says."""
    return server.ui.markdown["rl_status"][1]


def said(server: RotorHazard, part: str) -> None:
    """Waits until a message has it in it."""
    until(lambda: any(part in message for message in server.ui.messages), f"a message with {part!r}")
