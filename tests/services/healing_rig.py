"""A settled, primed fleet whose healing is watched on air."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from racelink_core.configuration import HostConfiguration
from racelink_core.domain.address import Mac
from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.reading import Reading
from racelink_core.domain.target import BroadcastTarget, Target
from racelink_core.domain.timings import Timings
from racelink_core.host import Host
from racelink_core.protocol.bodies import Control
from racelink_core.protocol.radio_packet import OnAir, parse_radio
from racelink_core.services.healing import Figures
from racelink_core.sim.air import Transmission
from racelink_core.sim.node import SimulatedNode
from racelink_core.standalone.demo import settle
from tests.services.rig import Rig, until

OPERATOR = Origin("test", Priority.OPERATOR)
FLEETS = Path(__file__).parents[1] / "data" / "fleets"
PRIMED = Control(255, 0x05)
EVERYONE = BroadcastTarget()


def effect(mode: int, brightness: int = 77, target: Target = EVERYONE, *, arm: bool = False) -> RlEffectCommand:
    """Everything it tells can be seen in STATUS."""
    return RlEffectCommand(
        target=target,
        params=EffectParameters(mode=mode, brightness=brightness),
        flags_override=FlagsOverride(arm_on_sync=True) if arm else FlagsOverride(),
    )


class HealingRig(Rig):
    def tell(self, command: object, origin: Origin = OPERATOR) -> None:
        assert self.host.dispatcher.submit(command, origin).ok  # type: ignore[arg-type]

    def reading(self, mac: Mac) -> Reading:
        return self.host.store.readings.of(mac)

    def deaf(self, macs: Sequence[Mac], is_deaf: bool = True) -> None:
        for mac in macs:
            self.simulation.fault("deaf", mac, is_deaf)

    @property
    def figures(self) -> Figures:
        return self.host.healing.figures[0]

    def healed(self) -> Figures:
        until(lambda: self.figures.waiting == 0, "the end of healing")
        return self.figures

    def shows(self, mode: int, nodes: Sequence[SimulatedNode] | None = None) -> bool:
        return all(node.lamp.look.mode == mode for node in nodes or self.running.values())

    def change_settings(self, **changes: object) -> None:
        with self.host.store.transaction() as draft:
            draft.settings = draft.settings.model_copy(update=changes)

    @property
    def air(self) -> list[tuple[Transmission, OnAir]]:
        self.simulation.pump.run_to_now()
        return [(sent, parse_radio(sent.raw)) for sent in self.simulation.simulation.air_log]

    def sent(self, since: int = 0) -> list[OnAir]:
        """By gateways, after that many packets on air."""
        return [packet for _, packet in self.air[since:] if not packet.is_reply]

    def questions(self, since: int = 0) -> list[OnAir]:
        return [packet for packet in self.sent(since) if packet.opcode == Opcode.STATUS]

    def told_singly(self, since: int = 0) -> list[OnAir]:
        """PRESET and CONTROL to one lamp."""
        broadcast = bytes.fromhex("FFFFFF")
        return [
            packet
            for packet in self.sent(since)
            if packet.opcode in (Opcode.PRESET, Opcode.CONTROL) and packet.receiver != broadcast
        ]


@contextmanager
def healing_host(
    directory: Path,
    fleet: str = "club-8",
    *,
    speed: float = 20.0,
    percent: int = 50,
    is_settled: bool = True,
    timings: Timings | None = None,
) -> Iterator[HealingRig]:
    url = f"sim://{FLEETS / fleet}.json"
    host = Host(HostConfiguration(data_directory=directory, gateways=(url,), speed=speed, timings=timings or Timings()))
    rig = HealingRig(host)
    try:
        if is_settled:
            settle(host)
            rig.change_settings(healing_airtime_percent=percent)
            for node in rig.running.values():
                node.lamp.control(PRIMED)
        host.start()
        until(lambda: host.gateways.status().ready, "a gateway")
        yield rig
    finally:
        host.stop()
