"""What a whole host with a simulated fleet writes into its history."""

from __future__ import annotations

from pathlib import Path

from racelink_core.domain.address import Mac
from racelink_core.domain.command import BlackoutCommand, LocateCommand, RlEffectCommand
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from tests.services.rig import OPERATOR, Rig, running_host, until


def newest(rig: Rig, kind: str) -> HistoryRecord:
    return rig.host.history.page(kind=kind, limit=1)[0]


def test_a_command_to_a_group_names_its_devices_and_never_claims_more_than_sent(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        command = RlEffectCommand(target=GroupsTarget(value=(1,)), params=EffectParameters(mode=0, brightness=44))
        before = rig.host.clock.unix()
        assert rig.host.dispatcher.submit(command, OPERATOR).ok
        record = newest(rig, "rl_effect")
        assert (record.status, record.origin, record.priority) == ("sent", "test", "operator")
        assert record.target == "Gates (group 1)"
        assert record.params == {"params": {"mode": 0, "brightness": 44}}
        assert set(record.devices) == {"sent"}
        assert set(record.devices["sent"]) == set(rig.running)
        assert record.packets_sent >= 1
        assert record.duration_ms > 0
        assert before <= record.ts <= rig.host.clock.unix()


def test_everyone_is_nobody_by_name(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        assert rig.host.dispatcher.submit(BlackoutCommand(target=BroadcastTarget()), OPERATOR).ok
        record = newest(rig, "blackout")
        assert (record.target, record.devices) == ("everyone", {})


def test_a_command_that_was_refused_is_in_the_history_with_its_reason(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        mac = Mac("AABBCCDDEEFF")
        assert not rig.host.dispatcher.submit(LocateCommand(target=DeviceTarget(value=mac)), OPERATOR).ok
        record = newest(rig, "locate")
        assert record.status == "rejected"
        assert record.code
        assert record.detail
        assert record.target == mac
        assert record.packets_sent == 0


def test_a_task_has_a_beginning_and_an_end_and_its_requests_say_who_answered(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        lost = next(iter(rig.running))
        rig.simulation.simulation.nodes[lost].power_off()
        rig.host.status.start(BroadcastTarget(), OPERATOR)
        rig.finished()
        until(lambda: newest(rig, "task").status != "started", "the end")
        end, begin = rig.host.history.page(kind="task", limit=2)
        assert (end.name, end.status, begin.status) == ("status", "done", "started")
        assert end.result["silent"] == 1
        asked = rig.host.history.page(kind="request", origin="task status", limit=50)
        sweep = asked[-1]
        assert (sweep.name, sweep.target, sweep.params["group_id"]) == ("STATUS", "everyone", 1)
        assert lost in sweep.devices["silent"]
        assert set(sweep.devices["answered"]) <= set(rig.running) - {lost}
        alone = next(each for each in asked if each.devices == {"silent": (lost,)})
        assert (alone.status, alone.code) == ("silent", "no_reply")
        assert alone.packets_sent == 2, "the group was asked before"


def test_an_acknowledged_push_is_called_acknowledged(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        mac = next(iter(rig.running))
        rig.assign([mac], "Pit wall")
        pushes = [each for each in rig.host.history.page(kind="request", limit=100) if each.name == "SET_GROUP"]
        assert pushes[0].devices == {"acknowledged": (mac,)}
        assert (pushes[0].status, pushes[0].params) == ("acknowledged", {"group_id": 2})
        assert str(mac) in str(pushes[0].target)


def test_the_history_outlives_the_host(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        rig.discover()
        last = rig.host.history.page(limit=1)[0]
    with running_host(tmp_path) as rig:
        kept = rig.host.history.page(limit=100)
        assert last in kept
        assert rig.host.problems() == ()
