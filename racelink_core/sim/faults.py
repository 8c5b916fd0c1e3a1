"""Everything that can be broken on request. What is drawn by lot comes from the request's seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, TypeVar

from racelink_core.domain.errors import InvalidValue
from racelink_core.sim.gateway import SimulatedGateway
from racelink_core.sim.node import SimulatedNode

if TYPE_CHECKING:
    from racelink_core.sim.simulation import Simulation

EVERYONE = "*"
_LONG_WORDS = {"duplicates": "duplicate", "stuck_transmit": "stuck", "deaf_node": "deaf"}


class Faults:
    """`target`: a MAC, the last 6 digits of one, or "*".

    kind        target            value
    loss        any               probability 0..1 that a packet from or to it is lost; 0 ends it
    delay       gateways          ms added to its cable in each direction; 0 ends it
    duplicate   gateways          probability 0..1 that what it says arrives twice; 0 ends it
    garbage     gateways          number of random bytes that it says now
    stuck       gateways          so many of its next transmissions hang until the watchdog ends them
    unplug      gateways          seconds until it is plugged in again; null = stays away
    replug      gateways          -
    reboot      any               -
    deaf        nodes             true (also when left out) or false
    off, on     nodes             power, -
    storage     any               true: radio settings can no longer be stored

    The words duplicates, stuck_transmit and deaf_node mean the same as the short ones.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._kinds: dict[str, Callable[[str, object, Random], None]] = {
            "loss": self._loss,
            "delay": self._delay,
            "duplicate": self._duplicate,
            "garbage": self._garbage,
            "stuck": self._stuck,
            "unplug": self._unplug,
            "replug": self._replug,
            "reboot": self._reboot,
            "deaf": self._deaf,
            "off": self._off,
            "on": self._on,
            "storage": self._storage,
        }

    def apply(self, kind: str, target: str, value: object, seed: int | None) -> None:
        """Raises InvalidValue, and then nothing was broken."""
        fault = self._kinds.get(_LONG_WORDS.get(kind.replace(" ", "_"), kind))
        if fault is None:
            raise InvalidValue("kind", f"{kind!r} is unknown; known are {', '.join(self._kinds)}")
        fault(target, value, Random(f"{self._simulation.seed if seed is None else seed} {kind} {target}"))

    def _loss(self, target: str, value: object, random: Random) -> None:
        chance = _probability(value)
        names = [EVERYONE] if target == EVERYONE else [station.mac for station in self._stations(target)]
        air = self._simulation.air
        air.use_loss_random(random)
        for name in names:
            if chance:
                air.loss[name] = chance
            else:
                air.loss.pop(name, None)

    def _delay(self, target: str, value: object, random: Random) -> None:
        delay_ms = _number(value, "ms", 0, 60_000)
        for gateway in self._gateways(target):
            gateway.port.delay_ms = delay_ms

    def _duplicate(self, target: str, value: object, random: Random) -> None:
        chance = _probability(value)
        for gateway in self._gateways(target):
            gateway.port.duplicates = (chance, random)

    def _garbage(self, target: str, value: object, random: Random) -> None:
        count = int(_number(32 if value is None else value, "bytes", 1, 4096))
        for gateway in self._gateways(target):
            gateway.port.emit(bytes(random.randrange(256) for _ in range(count)))

    def _stuck(self, target: str, value: object, random: Random) -> None:
        count = int(_number(1 if value is None else value, "transmissions", 0, 1000))
        for gateway in self._gateways(target):
            gateway.stuck_transmissions = count

    def _unplug(self, target: str, value: object, random: Random) -> None:
        away_s = None if value is None else _number(value, "seconds", 0, 86_400)
        for gateway in self._gateways(target):
            gateway.port.unplug()
            gateway.power_off()
            if away_s is not None:
                self._simulation.engine.call_in(away_s, lambda one=gateway: _plug(one))  # type: ignore[misc]

    def _replug(self, target: str, value: object, random: Random) -> None:
        for gateway in self._gateways(target):
            _plug(gateway)

    def _reboot(self, target: str, value: object, random: Random) -> None:
        for station in self._stations(target):
            station.reboot()

    def _deaf(self, target: str, value: object, random: Random) -> None:
        is_deaf = value is None or _flag(value)
        for node in self._nodes(target):
            node.is_deaf = is_deaf

    def _off(self, target: str, value: object, random: Random) -> None:
        for node in self._nodes(target):
            node.power_off()

    def _on(self, target: str, value: object, random: Random) -> None:
        for node in self._nodes(target):
            node.power_on()

    def _storage(self, target: str, value: object, random: Random) -> None:
        is_broken = _flag(value)
        for station in self._stations(target):
            station.is_storage_broken = is_broken

    def _stations(self, target: str) -> Sequence[SimulatedGateway | SimulatedNode]:
        simulation = self._simulation
        return _chosen(target, [*simulation.gateways.values(), *simulation.nodes.values()], "station")

    def _gateways(self, target: str) -> Sequence[SimulatedGateway]:
        return _chosen(target, list(self._simulation.gateways.values()), "gateway")

    def _nodes(self, target: str) -> Sequence[SimulatedNode]:
        return _chosen(target, list(self._simulation.nodes.values()), "node")


_T = TypeVar("_T", SimulatedGateway, SimulatedNode, SimulatedGateway | SimulatedNode)


def _chosen(target: str, among: list[_T], kind: str) -> list[_T]:
    digits = target.replace(":", "").upper()
    found = [one for one in among if target == EVERYONE or (len(digits) >= 6 and one.mac.endswith(digits))]
    if not found:
        raise InvalidValue("target", f'there is no {kind} {target!r}; give a MAC, its last 6 digits or "*"')
    return found


def _plug(gateway: SimulatedGateway) -> None:
    if not gateway.port.is_present:
        gateway.port.plug()
        gateway.power_on()


def _number(value: object, what: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise InvalidValue("value", f"expected {what}, {least:g} to {most:g}, got {value!r}")
    return float(value)


def _probability(value: object) -> float:
    return _number(value, "a probability", 0, 1)


def _flag(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, bool):
        raise InvalidValue("value", f"expected true or false, got {value!r}")
    return value
