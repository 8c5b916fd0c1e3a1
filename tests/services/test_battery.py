"""What status reports of weak batteries lead to."""

from __future__ import annotations

from pathlib import Path

from racelink_core.domain.address import Mac
from racelink_core.domain.target import BroadcastTarget
from tests.services.rig import OPERATOR, Rig, running_host


def drain(rig: Rig, mac: Mac, voltage_mv: int) -> None:
    """From now on the node reports this."""
    node = rig.nodes[mac]
    node._full_mv = voltage_mv
    node._charged_at_s = rig.simulation.simulation.engine.now_s


def polled(rig: Rig) -> list[str]:
    """What is said about batteries after one more status poll."""
    rig.host.status.start(BroadcastTarget(), OPERATOR)
    rig.finished()
    return [problem.text for problem in rig.host.problems() if problem.code == "battery_low"]


def test_a_weak_battery_is_named_after_its_second_report_and_forgotten_when_it_is_charged(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac, other = list(rig.running)[:2]
        rig.host.devices.rename(mac, "Gate 1")
        rig.host.devices.rename(other, "Gate 2")
        drain(rig, mac, 3_350)
        assert polled(rig) == []
        assert polled(rig) == ["Low battery: Gate 1 (3.4 V). Charge or change it before the next race."]
        assert rig.host.store.readings.of(mac).battery_low
        drain(rig, other, 3_301)
        polled(rig)
        assert polled(rig)[0].startswith("Low battery: Gate 2 (3.3 V), Gate 1 (3.4 V).")
        drain(rig, mac, 3_450)
        assert "Gate 1" in polled(rig)[0], "it takes a tenth of a volt more"
        drain(rig, mac, 4_100)
        drain(rig, other, 4_100)
        assert polled(rig) == []


def test_what_was_low_before_a_restart_is_said_when_the_lamp_is_heard_again(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac = next(iter(rig.running))
        drain(rig, mac, 3_350)
        polled(rig)
        assert polled(rig)
    with running_host(tmp_path) as rig:
        assert rig.host.store.readings.of(mac).battery_low
        assert not [problem for problem in rig.host.problems() if problem.code == "battery_low"]
        drain(rig, mac, 3_350)
        rig.host.grouping.start_resync(OPERATOR)
        rig.finished()
        assert polled(rig)


def test_many_weak_batteries_are_one_sentence(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        for mac in rig.running:
            drain(rig, mac, 3_350)
        polled(rig)
        [text] = polled(rig)
        assert "and 2 more" in text
