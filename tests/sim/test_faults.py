"""What breaks on request, and that the same seed breaks it the same way."""

from __future__ import annotations

import pytest

from racelink_core.domain.errors import InvalidValue
from racelink_core.protocol.bodies import Control, GetDevices, GetStatus
from tests.sim.bench import Bench


def story(seed: int) -> list[tuple[float, str, tuple[str, ...]]]:
    bench = Bench(nodes=20, settled=False, seed=seed)
    bench.simulation.fault("loss", "*", 0.3, 7)
    bench.run(8_000)
    bench.told(GetDevices(0)).run(3_000)
    return [(sent.start_s, sent.raw.hex(), tuple(sent.heard_by)) for sent in bench.simulation.air_log]


def test_the_same_seed_gives_the_same_air_and_another_one_another() -> None:
    assert story(1) == story(1) != story(2)


def test_total_loss_and_its_end() -> None:
    bench = Bench(nodes=2).ready()
    bench.simulation.fault("loss", bench.node.mac, 1)
    bench.told(Control(255, 5, mode=9))
    assert [node.lamp.look.mode for node in bench.nodes] == [0, 9]
    bench.simulation.fault("loss", bench.node.mac, 0)
    bench.told(Control(255, 5, mode=8))
    assert [node.lamp.look.mode for node in bench.nodes] == [8, 8]


def test_a_deaf_node_says_and_shows_nothing_new() -> None:
    bench = Bench().ready()
    bench.simulation.fault("deaf", bench.node.mac[-6:], True)
    bench.told(GetStatus(255))
    assert bench.replies == []
    bench.simulation.fault("deaf", "*", False)
    bench.told(GetStatus(255))
    assert len(bench.replies) == 1


def test_what_a_gateway_says_is_delayed_doubled_and_buried_in_noise() -> None:
    bench = Bench().ready()
    bench.simulation.fault("delay", "*", 40)
    bench.send(GetDevices(9)).run(200)
    assert bench.at_ms[0] == pytest.approx(83, abs=2)
    bench.simulation.fault("delay", "*", 0)
    bench.simulation.fault("duplicate", "*", 1)
    bench.mark()
    bench.send(GetDevices(9)).run(200)
    assert bench.frames == ["f1 01", "f1 01", "f3 01", "f3 01", "f1 00", "f1 00"]
    bench.simulation.fault("duplicate", "*", 0)
    bench.texts = b""
    bench.simulation.fault("garbage", "*", 20, 1)
    bench.run(10)
    assert len(bench.texts) == 20


def test_unplugging_takes_port_and_power_and_comes_back_after_its_time() -> None:
    bench = Bench().ready()
    bench.simulation.fault("unplug", "*", 2)
    assert not bench.gateway.port.is_present
    bench.run(2_100)
    assert bench.gateway.port.is_present
    bench.gateway.port.open(bench._hear)
    bench.run(1_000)
    assert bench.frames == ["f1 00", "f1 01", "f3 01", "f1 00"]


def test_a_rebooting_gateway_drops_what_it_was_sending() -> None:
    bench = Bench().ready()
    bench.send(Control(255, 5, mode=9)).run(20)
    bench.simulation.fault("reboot", bench.gateway.mac)
    bench.run(2_000)
    assert bench.frames == ["f1 01", "f1 00", "f1 01", "f3 01", "f1 00"]
    assert bench.node.lamp.look.mode == 0


@pytest.mark.parametrize(
    ("kind", "target", "value"),
    [
        ("melt", "*", None),
        ("loss", "*", 2),
        ("loss", "*", "much"),
        ("loss", "*", True),
        ("deaf", "F412FA5A0001", True),
        ("deaf", "*", 1),
        ("reboot", "0001", None),
        ("unplug", "*", -1),
    ],
)
def test_an_impossible_fault_says_what_is_possible(kind: str, target: str, value: object) -> None:
    bench = Bench()
    with pytest.raises(InvalidValue):
        bench.simulation.fault(kind, target, value)


@pytest.mark.parametrize("word", ["deaf", "deaf_node", "deaf node"])
def test_a_fault_goes_by_its_short_and_its_long_word(word: str) -> None:
    bench = Bench().ready()
    bench.simulation.fault(word, bench.node.mac)
    assert bench.node.is_deaf
