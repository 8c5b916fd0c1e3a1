"""Starting blocks follow the heat, judged by what was on air and what the simulated blocks show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.startblock import SlotEntry
from racelink_core.domain.target import BroadcastTarget, DeviceTarget
from racelink_core.protocol.radio_packet import parse_radio
from tests.services.blocks import COVERAGE, HIGH, LOW, MIDDLE, OTHER, blocks, shown
from tests.services.rig import GATEWAY, OPERATOR, Rig, until

EMPTY = ("--", "")


class Heat:
    """In the place of RotorHazard."""

    def __init__(self, **pilots: str) -> None:
        """By slot, as `s1="Ann"`; each on the channel R1."""
        self.is_readable = True
        self.read = 0
        self.choose(**pilots)

    def choose(self, **pilots: str) -> None:
        self.entries = [
            SlotEntry(slot=int(slot[1:]), callsign=callsign, channel="R1") for slot, callsign in pilots.items()
        ]

    def __call__(self) -> list[SlotEntry]:
        self.read += 1
        if not self.is_readable:
            raise RaceLinkError("The heat cannot be read.")
        return self.entries


@contextmanager
def followed(directory: Path, heat: Heat) -> Iterator[Rig]:
    """Every block shows the heat."""
    with blocks(directory) as rig:
        rig.host.startblock.heat = heat
        rig.host.heat_follower.heat_changed()
        until(lambda: all(len(shown(rig, mac)) >= 4 for mac in COVERAGE), "the first heat on all blocks")
        idle(rig)
        yield rig


def idle(rig: Rig) -> None:
    until(lambda: rig.host.heat_follower.is_idle, "a follower with nothing to do")


def change(rig: Rig, heat: Heat, **pilots: str) -> None:
    heat.choose(**pilots)
    rig.host.heat_follower.heat_changed()
    idle(rig)


def streams(rig: Rig) -> int:
    """How many fragments of streams were on air so far."""
    return sum(parse_radio(sent.raw).opcode == Opcode.STREAM for sent in rig.simulation.simulation.air_log)


def test_only_the_slot_that_changed_is_sent_and_only_to_blocks_that_show_it(tmp_path: Path) -> None:
    heat = Heat(s1="Ann", s2="Bob", s3="Cy")
    with followed(tmp_path, heat) as rig:
        assert shown(rig, LOW) == {1: ("R1", "ANN"), 2: ("R1", "BOB"), 3: ("R1", "CY"), 4: EMPTY}
        sent_before = rig.host.history.records()[0]
        change(rig, heat, s1="Ann", s2="Dee", s3="Cy")
        assert shown(rig, LOW)[2] == shown(rig, OTHER)[2] == ("R1", "DEE")
        record = rig.host.history.records()[0]
        assert record is not sent_before
        assert record.origin.name == "current heat"
        assert set(record.result.devices) == {LOW, OTHER}, "the others do not show slot 2"
        assert record.result.packets_sent == 2


def test_a_burst_of_events_that_changes_nothing_sends_nothing(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        before, read = streams(rig), heat.read
        for _ in range(40):
            rig.host.heat_follower.heat_changed()
        idle(rig)
        assert streams(rig) == before
        assert heat.read - read <= 2, "the burst is over before the heat is read"


def test_what_somebody_else_has_already_shown_is_not_sent_again(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        heat.choose(s1="Bob")
        rig.host.startblock.start(BroadcastTarget(), None, OPERATOR)
        rig.host.heat_follower.heat_changed()
        rig.finished()
        before = streams(rig)
        idle(rig)
        assert streams(rig) == before
        assert shown(rig, LOW)[1] == ("R1", "BOB")


def test_what_an_operator_shows_stays_until_the_heat_changes_there(tmp_path: Path) -> None:
    heat = Heat(s1="Ann", s2="Bob")
    with followed(tmp_path, heat) as rig:
        greeting = [SlotEntry(slot=1, callsign="Welcome"), SlotEntry(slot=2, callsign="Bob", channel="R1")]
        rig.host.startblock.start(DeviceTarget(value=LOW), greeting, OPERATOR)
        rig.finished()
        change(rig, heat, s1="Ann", s2="Dee")
        assert shown(rig, LOW)[1] == ("--", "WELCOME")
        assert shown(rig, LOW)[2] == ("R1", "DEE")


def test_from_staging_to_start_nothing_is_sent_and_what_is_obsolete_then_never_is(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        before = streams(rig)
        rig.host.tasks.pause(3600.0)
        rig.host.heat_follower.race_is_staging()
        heat.choose(s1="Obsolete")
        rig.host.heat_follower.heat_changed()
        until(lambda: not rig.host.heat_follower.is_idle, "a follower that waits")
        heat.choose(s1="Bob")
        rig.host.heat_follower.heat_changed()
        assert streams(rig) == before
        rig.host.tasks.resume()
        idle(rig)
        assert shown(rig, LOW)[1] == ("R1", "BOB")
        assert not any("Obsolete" in str(record.command) for record in rig.host.history.records())


def test_a_race_that_stages_in_the_middle_of_a_change_stops_it_between_two_slots(tmp_path: Path) -> None:
    heat = Heat()
    with followed(tmp_path, heat) as rig:
        heat.choose(**{f"s{slot}": f"Pilot {slot}" for slot in range(1, 9)})
        rig.host.heat_follower.heat_changed()
        until(lambda: shown(rig, LOW)[1] != EMPTY, "the first slot")
        rig.host.tasks.pause(3600.0)
        rig.host.heat_follower.race_is_staging()
        until(lambda: rig.host.history.records()[0].origin.name == "current heat", "the end of what was begun")
        assert shown(rig, HIGH)[8] == EMPTY
        heat.choose(s8="Last")
        rig.host.tasks.resume()
        until(lambda: shown(rig, HIGH)[8] == ("R1", "LAST"), "the rest, as it is now")
        until(lambda: shown(rig, LOW)[1] == EMPTY, "what was shown before the start is obsolete")


def test_a_silent_block_is_said_once_and_told_as_soon_as_it_is_heard(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        said: list[str] = []
        rig.host.heat_follower.on_problem = said.append
        rig.simulation.fault("deaf", LOW, True)
        for name in ("Bob", "Cy", "Dee"):
            change(rig, heat, s1=name)
        assert len(said) == 1
        assert rig.host.store.snapshot.devices[LOW].name in said[0]
        assert [problem.code for problem in rig.host.problems()].count("startblock_behind") == 1
        assert sum("did not confirm the pilots" in record.message for record in caplog.records) == 1
        assert shown(rig, OTHER)[1] == ("R1", "DEE"), "the others are not kept waiting"
        rig.simulation.fault("deaf", LOW, False)
        rig.host.status.start((DeviceTarget(value=LOW),), OPERATOR)
        until(lambda: shown(rig, LOW)[1] == ("R1", "DEE"), "what it missed")
        until(lambda: not rig.host.heat_follower.problems(), "no problem any more")


def test_a_block_that_has_restarted_gets_all_of_its_slots_again(tmp_path: Path) -> None:
    heat = Heat(s5="Eve")
    with followed(tmp_path, heat) as rig:
        rig.nodes[HIGH].display.clear()
        before = {mac: dict(rig.nodes[mac].display) for mac in (LOW, MIDDLE)}
        rig.simulation.fault("off", HIGH)
        rig.simulation.fault("on", HIGH)
        until(lambda: shown(rig, HIGH) == {5: ("R1", "EVE"), 6: EMPTY, 7: EMPTY, 8: EMPTY}, "all of it")
        idle(rig)
        assert set(rig.host.history.records()[0].result.devices) == {HIGH}
        assert before == {mac: dict(rig.nodes[mac].display) for mac in (LOW, MIDDLE)}


def test_a_gateway_that_comes_back_brings_the_blocks_up_to_date(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        said: list[str] = []
        rig.host.heat_follower.on_problem = said.append
        rig.simulation.fault("unplug", GATEWAY)
        until(lambda: not rig.host.gateways.status().ready, "the loss")
        change(rig, heat, s1="Bob")
        assert said == [], "the lost gateway is said elsewhere"
        rig.simulation.fault("replug", GATEWAY)
        until(lambda: shown(rig, LOW)[1] == ("R1", "BOB"), "the new heat")


def test_a_heat_that_cannot_be_read_is_said_once_and_nothing_is_shown_in_its_place(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        said: list[str] = []
        rig.host.heat_follower.on_problem = said.append
        heat.is_readable = False
        for _ in range(3):
            change(rig, heat)
        assert said == ["The heat cannot be read."]
        assert [problem.code for problem in rig.host.heat_follower.problems()] == ["heat_unreadable"]
        assert shown(rig, LOW)[1] == ("R1", "ANN")
        heat.is_readable = True
        change(rig, heat, s1="Bob")
        assert shown(rig, LOW)[1] == ("R1", "BOB")
        assert rig.host.heat_follower.problems() == ()


def test_switched_off_it_leaves_the_blocks_alone_and_switched_on_it_catches_up(tmp_path: Path) -> None:
    heat = Heat(s1="Ann")
    with followed(tmp_path, heat) as rig:
        follows(rig, False)
        change(rig, heat, s1="Bob")
        assert shown(rig, LOW)[1] == ("R1", "ANN")
        follows(rig, True)
        until(lambda: shown(rig, LOW)[1] == ("R1", "BOB"), "the heat")


def test_a_change_of_coverage_is_followed(tmp_path: Path) -> None:
    heat = Heat(s5="Eve")
    with followed(tmp_path, heat) as rig:
        with rig.host.store.transaction() as draft:
            specials = {"startblock_first_slot": 1, "startblock_slots": 5}
            draft.devices[LOW] = draft.devices[LOW].model_copy(update={"specials": specials})
        idle(rig)
        record = rig.host.history.records()[0]
        assert set(record.result.devices) == {LOW}
        assert record.result.packets_sent == 1, "slot 5, which is new there"


def follows(rig: Rig, is_on: bool) -> None:
    with rig.host.store.transaction() as draft:
        draft.settings = draft.settings.model_copy(update={"startblocks_follow_heat": is_on})
    idle(rig)
