"""A whole fleet: gateways, nodes and the air between them, in virtual time."""

from __future__ import annotations

from random import Random

from racelink_core.domain.address import Mac
from racelink_core.sim.air import Air, Transmission
from racelink_core.sim.engine import Engine
from racelink_core.sim.faults import Faults
from racelink_core.sim.fleet_file import Fleet, FleetNetwork
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.knobs import DEFAULT_KNOBS, SimulationKnobs
from racelink_core.sim.node import SimulatedNode


class Simulation:
    """Deterministic: the same fleet, seed, knobs and input give the same air log.

    settled  nodes start paired with their network's gateway and in their groups, instead of as after power-on
    start_s  where the engine's time begins; shells that run in real time let it be their clock's
    """

    def __init__(
        self,
        fleet: Fleet,
        seed: int = 0,
        settled: bool = False,
        knobs: SimulationKnobs = DEFAULT_KNOBS,
        start_s: float = 0.0,
    ) -> None:
        self.fleet, self.seed, self.knobs = fleet, seed, knobs
        self.engine = Engine(start_s)
        self.air = Air(self.engine, knobs, self._random("loss"))
        self.gateways: dict[Mac, SimulatedGateway] = {}
        self.nodes: dict[Mac, SimulatedNode] = {}
        for network in fleet.networks:
            if network.kind == "rf":
                self._add_gateway(network)
        self._add_nodes(settled)
        self._faults = Faults(self)

    def advance_to(self, now_s: float) -> None:
        self.engine.advance_to(now_s)

    @property
    def air_log(self) -> tuple[Transmission, ...]:
        """What was on air, oldest first; bounded."""
        return tuple(self.air.log)

    def fault(self, kind: str, target: str = "*", value: object = None, seed: int | None = None) -> None:
        """Breaks something now (see `faults`). Raises InvalidValue with what is possible."""
        self._faults.apply(kind, target, value, seed)

    def _add_gateway(self, network: FleetNetwork) -> None:
        mac = network.gateway_mac or _made_up_mac(network.id)
        gateway = SimulatedGateway(
            mac,
            network.id,
            network.profile,
            engine=self.engine,
            air=self.air,
            knobs=self.knobs,
            random=self._random(f"gateway {mac}"),
        )
        self.gateways[mac] = gateway
        gateway.power_on()

    def _add_nodes(self, settled: bool) -> None:
        profiles = {network.id: network.profile for network in self.fleet.networks if network.kind == "rf"}
        masters = {gateway.network_id: gateway.mac.radio_address for gateway in self.gateways.values()}
        for device in self.fleet.devices:
            if device.network_id not in profiles:
                continue
            profile = profiles[device.network_id]
            node = SimulatedNode(
                device,
                profile,
                engine=self.engine,
                air=self.air,
                knobs=self.knobs,
                random=self._random(f"node {device.mac}"),
            )
            self.nodes[device.mac] = node
            if device.online and settled:
                node.settle(device.group_id, masters[device.network_id])
            elif device.online:
                node.power_on()

    def _random(self, purpose: str) -> Random:
        return Random(f"{self.seed} {purpose}")


def _made_up_mac(network_id: str) -> Mac:
    return Mac(f"F412FA{Random(network_id).randrange(0xFFFFFF):06X}")
