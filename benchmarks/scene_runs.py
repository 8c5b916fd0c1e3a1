"""Scenes on 200 simulated lamps behind three gateways: wall clock against the radio, fan-out, and timed fire.

For wall clocks the simulator runs in a process of its own, behind real ptys. It says when the light changed.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, spread
from benchmarks.simulated_fleet import FLEETS, host_on, simulated_ports
from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.command import RlEffectCommand, SyncCommand
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.scene import Action, Choreography
from racelink_core.domain.target import BroadcastTarget, GroupsTarget
from racelink_core.gateway.traffic import KEPT_FRAMES
from racelink_core.host import Host
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.sim.driver import SimulatedDriver
from racelink_core.sim.fleet_file import load_fleet
from racelink_core.standalone.demo import settle

FLEET = "festival-200.json"
NETWORKS = 3
ACTIONS = 20
ROUNDS = 8
FIRES = 60
SPEED = 4.0
TX_DONE = 0xF3
LEAD_S = 2.2
"""How long before its moment a timed scene is started; what is being asked just then has been answered."""
ORIGIN = Origin("benchmark", Priority.OPERATOR)


def prepare(host: Host) -> None:
    """The host knows the fleet, as after a weekend of use, and leaves the air to the scenes."""
    known = load_fleet(FLEETS / FLEET).to_snapshot()
    with host.store.transaction() as draft:
        draft.networks.clear()
        draft.networks.update(known.networks)
        draft.groups.update(known.groups)
        draft.devices.update(known.devices)
        draft.settings = draft.settings.model_copy(update={"healing": False})


def walk(host: Host, networks: int) -> tuple[Action, ...]:
    """Group after group changes its colour, on the first networks side by side."""
    snapshot = host.store.snapshot
    groups = [
        [group.id for group in snapshot.groups.values() if group.network_id == network_id]
        for network_id in list(snapshot.networks)[:networks]
    ]
    return tuple(
        RlEffectCommand(
            target=GroupsTarget(value=tuple(each[step % len(each)] for each in groups)),
            params=EffectParameters(mode=step, brightness=40 + step, color1=(step, 2, 3)),
        )
        for step in range(ACTIONS)
    )


def play(host: Host, actions: tuple[Action, ...], fire_at_s: float | None = None) -> float:
    """Milliseconds from the order to the end."""
    began_s = time.monotonic()
    run = host.scene_runner.start(RunRequest("benchmark", Choreography(actions=actions), ORIGIN, fire_at_s))
    result = host.scene_runner.wait(run)
    took_ms = (time.monotonic() - began_s) * 1000
    if not result.ok:
        raise SystemExit(f"the scene was not sent whole: {result}")
    return took_ms


def slowest_gateway(host: Host, since: int) -> tuple[float, int]:
    """Milliseconds from each write to its TX_DONE, summed: time on air and the measured overhead. And how many."""
    busy_ms: dict[str, float] = {}
    packets: dict[str, int] = {}
    written_s: dict[str, float] = {}
    for frame in host.gateways.traffic.after(since, KEPT_FRAMES):
        if frame.is_to_gateway:
            written_s[frame.gateway] = frame.at_s
        elif frame.content[0] == TX_DONE and frame.gateway in written_s:
            took_ms = (frame.at_s - written_s.pop(frame.gateway)) * 1000
            busy_ms[frame.gateway] = busy_ms.get(frame.gateway, 0.0) + took_ms
            packets[frame.gateway] = packets.get(frame.gateway, 0) + 1
    slowest = max(busy_ms, key=lambda gateway: busy_ms[gateway])
    return busy_ms[slowest], packets[slowest]


def speed_of_runs(host: Host) -> None:
    took: dict[int, list[float]] = {}
    ratios: list[float] = []
    between_ms: list[float] = []
    for networks in (1, NETWORKS):
        actions = walk(host, networks)
        play(host, actions)
        for _ in range(ROUNDS):
            since = host.gateways.traffic.last_number
            took_ms = play(host, actions)
            radio_ms, packets = slowest_gateway(host, since)
            took.setdefault(networks, []).append(took_ms)
            ratios.append((took_ms - radio_ms / packets) / radio_ms)
            between_ms.append((took_ms - radio_ms) / packets)
    print(f"A scene of {ACTIONS} actions, {len(ratios)} runs on one network or {NETWORKS}")
    for figure in spread("wall clock less one packet, over time on air + overhead", ratios, "x", 1.05):
        print(figure)
    for figure in spread("what the runner adds to each packet", between_ms, "ms"):
        print(figure)
    alone_ms, together_ms = (sorted(took[networks])[ROUNDS // 2] for networks in (1, NETWORKS))
    print(Figure("one network, median", alone_ms, "ms"))
    print(Figure(f"{NETWORKS} networks side by side, median", together_ms, "ms"))
    print(Figure(f"{NETWORKS} networks against one", together_ms / alone_ms, "x"))


def errors_of_fires(host: Host, simulation: SimulatedDriver) -> None:
    errors_ms: list[float] = []
    missed = 0
    for number in range(FIRES):
        arm = RlEffectCommand(
            target=BroadcastTarget(),
            params=EffectParameters(brightness=50 + number % 2 * 100),
            flags_override=FlagsOverride(arm_on_sync=True),
        )
        began_s = host.clock.monotonic()
        fire_at_s = began_s + LEAD_S
        play(host, (arm, SyncCommand()), fire_at_s)
        shown: dict[str, float] = {}
        for node in simulation.simulation.nodes.values():
            shown_s = simulation.pump.clock_s(node.lamp.shown_since_s)
            if shown_s > began_s:
                error_ms = abs(shown_s - fire_at_s) * 1000
                shown[node.network_id] = max(shown.get(node.network_id, 0.0), error_ms)
        missed += NETWORKS - len(shown)
        errors_ms += shown.values()
    print(f"Timed fire on {NETWORKS} networks at once, {FIRES} times")
    for figure in spread("between the wanted and the shown moment", errors_ms, "ms", 10.0):
        print(figure)
    print(Figure("networks whose lamps did not hear it", missed, "", 0))


@contextmanager
def host_with_fleet() -> Iterator[Host]:
    """The fleet in the same process: its time is exact, however busy the machine is."""
    with TemporaryDirectory() as directory:
        configuration = HostConfiguration(
            data_directory=Path(directory), gateways=(f"sim://{FLEETS / FLEET}",), speed=SPEED
        )
        host = create_host(configuration)
        try:
            settle(host)
            prepare(host)
            host.start()
            while len(host.gateways.lanes()) < NETWORKS:
                time.sleep(0.05)
            yield host
        finally:
            host.stop()


def main() -> None:
    with simulated_ports(FLEET, NETWORKS, "--settled") as ports, host_on(ports, prepare) as host:
        speed_of_runs(host)
    with host_with_fleet() as host:
        assert host.simulation is not None
        errors_of_fires(host, host.simulation)


if __name__ == "__main__":
    main()
