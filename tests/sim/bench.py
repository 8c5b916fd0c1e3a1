"""A small simulated field in virtual time, and what its gateways say."""

from __future__ import annotations

from racelink_core.domain.address import BROADCAST, Mac, RadioAddress
from racelink_core.protocol.bodies import Body
from racelink_core.protocol.framing import FrameDecoder
from racelink_core.protocol.gateway_messages import Forwarded, GatewayMessage, decode_gateway_frame
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.sim.fleet_file import Fleet, FleetDevice, FleetNetwork
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.node import SimulatedNode
from racelink_core.sim.simulation import Simulation

GATEWAY = Mac("F412FA5A0001")
SURE = SimulationKnobs(usb_latency_ms=(2.0, 2.0))
"""No chance in the cable: what a trace says to the millisecond can be asked for."""


def fleet(nodes: int = 1, *, dev_type: int = 11, first_group: int = 1, networks: int = 1, specials=None) -> Fleet:
    return Fleet(
        id="bench",
        networks=tuple(
            FleetNetwork(id=f"net{number}", gateway_mac=Mac(f"F412FA5A{number:02X}01")) for number in range(networks)
        ),
        devices=tuple(
            FleetDevice(
                mac=Mac(f"3C6105000{number:03X}"),
                dev_type=dev_type,
                group_id=first_group + number,
                network_id="net0",
                specials=specials or {},
            )
            for number in range(nodes)
        ),
    )


class Bench:
    """`nodes` on one gateway. Times in ms from the last `mark`."""

    def __init__(
        self, nodes: int = 1, *, settled: bool = True, knobs: SimulationKnobs = SURE, seed: int = 1, **options
    ) -> None:
        self.simulation = Simulation(fleet(nodes, **options), seed=seed, settled=settled, knobs=knobs)
        self.engine = self.simulation.engine
        self.gateway: SimulatedGateway = next(iter(self.simulation.gateways.values()))
        self.nodes: list[SimulatedNode] = list(self.simulation.nodes.values())
        self.texts = b""
        self.said: list[tuple[float, GatewayMessage]] = []
        self._decoder = FrameDecoder()
        self._marked_s = 0.0
        self.gateway.port.open(self._hear)

    @property
    def node(self) -> SimulatedNode:
        return self.nodes[0]

    def ready(self) -> Bench:
        """After boot and first autosync."""
        self.run(3_000)
        self.mark()
        return self

    def mark(self) -> None:
        self.said.clear()
        self._marked_s = self.engine.now_s

    @property
    def now_ms(self) -> float:
        return (self.engine.now_s - self._marked_s) * 1000

    def run(self, ms: float) -> Bench:
        self.simulation.advance_to(self.engine.now_s + ms / 1000)
        return self

    def send(self, body: Body, receiver: RadioAddress = BROADCAST) -> Bench:
        self.gateway.port.write(RadioPacket(receiver, body).to_frame())
        return self

    def told(self, body: Body, receiver: RadioAddress = BROADCAST) -> Bench:
        """Sends and waits until it is out and acted upon."""
        return self.send(body, receiver).run(500)

    @property
    def events(self) -> list[GatewayMessage]:
        return [message for _, message in self.said]

    @property
    def frames(self) -> list[str]:
        """Events as hex, forwarded packets as their type byte."""
        return [
            f"{message.opcode | (0x80 if message.is_reply else 0):02x}"
            if isinstance(message, Forwarded)
            else message.to_frame()[2:].hex(" ")
            for _, message in self.said
        ]

    @property
    def at_ms(self) -> list[float]:
        return [at for at, _ in self.said]

    @property
    def replies(self) -> list[Forwarded]:
        return [message for _, message in self.said if isinstance(message, Forwarded) and message.is_reply]

    def _hear(self, data: bytes) -> None:
        self.texts += data
        for frame in self._decoder.feed(data):
            self.said.append((self.now_ms, decode_gateway_frame(frame)))
