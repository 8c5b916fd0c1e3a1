"""Who has to stand back for a race: automation while it is on, everything else for its abort or stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from racelink_core.domain.command import Command, LocateCommand, SyncCommand
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.services.race_watch import RaceIsOn
from tests.services.rig import OPERATOR, Rig, until
from tests.services.scenes import (
    AUTOMATION,
    EVERYONE,
    RACE,
    air_length,
    brightnesses,
    delay,
    effect,
    on_air,
    order,
    scene_rig,
    startblock,
    until_running,
)

ABORT = Origin("race event RACE_ABORT", Priority.RACE_END)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with scene_rig(tmp_path) as rig:
        rig.host.dispatcher.submit(effect(33), OPERATOR)
        yield rig


class Sent(list[CommandResult]):
    """Commands sent side by side; their results in the order in which they ended."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self._rig, self._threads = rig, list[threading.Thread]()

    def send(self, command: Command, origin: Origin, **when: float) -> None:
        def work() -> None:
            self.append(self._rig.host.dispatcher.submit(command, origin, **when))  # type: ignore[arg-type]

        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def ended(self) -> list[CommandStatus]:
        for thread in self._threads:
            thread.join()
        return [result.status for result in self]


@pytest.mark.parametrize("is_running", [False, True])
def test_automation_is_refused_while_a_race_is_on_and_the_history_says_why(rig: Rig, is_running: bool) -> None:
    rig.host.race.staged()
    if is_running:
        rig.host.race.started()
    result = rig.host.dispatcher.submit(effect(90), AUTOMATION)
    assert (result.status, result.code) == (CommandStatus.REJECTED, "race_is_on")
    with pytest.raises(RaceIsOn):
        order(rig, effect(91), origin=AUTOMATION, key="sunset")
    records = {record.kind: record for record in rig.host.history.page(limit=2)}
    for record in records.values():
        assert (record.status, record.code) == ("rejected", "race_is_on")
        assert "A race is on" in str(record.detail)
    assert records["scene"].name == "sunset"
    assert brightnesses(rig) == {33}
    rig.host.race.ended()
    assert rig.host.dispatcher.submit(effect(90), AUTOMATION).ok


def test_an_automatic_scene_ends_when_a_race_is_staged_and_one_of_an_operator_goes_on(rig: Rig) -> None:
    automatic = order(rig, effect(90), delay(60_000), origin=AUTOMATION)
    until_running(automatic, 1)
    waiting = order(rig, effect(91), origin=AUTOMATION)
    rig.host.race.staged()
    results = [rig.host.scene_runner.wait(run) for run in (automatic, waiting)]
    assert [(result.error, result.detail) for result in results] == [
        ("cancelled", "A race is staging, and automation never overrides it.")
    ] * 2
    by_hand = order(rig, effect(92), delay(60_000))
    until_running(by_hand, 1)
    rig.host.race.staged()
    assert rig.host.scene_runner.running is by_hand


def test_operators_and_race_events_are_heard_while_a_race_is_on_and_so_are_starting_blocks(rig: Rig) -> None:
    rig.host.race.staged()
    assert rig.host.dispatcher.submit(effect(90), OPERATOR).ok
    assert rig.host.dispatcher.submit(effect(91), RACE).ok
    assert rig.host.dispatcher.submit(SyncCommand(), RACE).ok
    assert rig.host.dispatcher.submit(startblock(), AUTOMATION).code != "race_is_on"


def test_an_abort_overtakes_race_events_and_they_do_not_come_after_it(rig: Rig) -> None:
    start = air_length(rig)
    sent = Sent(rig)
    for brightness in range(101, 111):
        sent.send(effect(brightness), RACE)
    until(lambda: sent, "the first of them")
    assert rig.host.dispatcher.submit(effect(20), ABORT).ok
    statuses = sent.ended()
    assert brightnesses(rig) == {20}
    overtaken = [result for result in sent if result.status is CommandStatus.OVERTAKEN]
    assert overtaken
    assert overtaken[0].code == "overtaken"
    assert "RACE_ABORT came before" in str(overtaken[0].detail)
    assert set(statuses) == {CommandStatus.SENT, CommandStatus.OVERTAKEN}
    on_air_now = [opcode for opcode, _ in on_air(rig, start)]
    assert on_air_now.count(Opcode.CONTROL) == statuses.count(CommandStatus.SENT) + 1


def test_an_abort_for_one_group_drops_nothing_meant_for_another_and_nothing_sent_by_hand(rig: Rig) -> None:
    sent = Sent(rig)
    sent.send(effect(101, 1), RACE)
    sent.send(effect(102, 1), RACE)
    sent.send(effect(103, 2), RACE)
    sent.send(LocateCommand(target=EVERYONE), OPERATOR)
    assert rig.host.dispatcher.submit(effect(20, 1), ABORT).ok
    sent.ended()
    assert brightnesses(rig) == {20, 103}
    assert sent[-1].ok, "what an operator ordered comes last, but comes"


def test_what_is_bound_to_the_stop_of_a_race_ends_the_scenes_of_its_other_events(rig: Rig) -> None:
    show = order(rig, effect(70), delay(60_000), origin=RACE)
    until_running(show, 1)
    assert rig.host.dispatcher.submit(effect(20, 2), ABORT).ok
    assert rig.host.scene_runner.wait(show).error == "cancelled"
    final = order(rig, effect(71), delay(60_000), origin=ABORT)
    until_running(final, 1)
    assert rig.host.dispatcher.submit(effect(21, 2), ABORT).ok
    assert rig.host.scene_runner.running is final, "the scene of the stop itself"


def test_the_scene_of_a_stop_begins_at_once_whatever_the_setting_for_race_events(rig: Rig) -> None:
    with rig.host.store.transaction() as draft:
        draft.settings = draft.settings.model_copy(update={"scene_start_race_event": "refuse"})
    show = order(rig, effect(70), delay(60_000), origin=RACE)
    until_running(show, 1)
    assert rig.host.scene_runner.wait(order(rig, effect(20), origin=ABORT)).ok
    assert brightnesses(rig) == {20}


def test_a_flash_for_a_moment_comes_then_and_others_go_before_it(rig: Rig) -> None:
    sent = Sent(rig)
    sent.send(effect(200), RACE, shown_at_s=rig.host.clock.monotonic() + 10.0)
    assert rig.host.dispatcher.submit(effect(50), OPERATOR).ok
    assert brightnesses(rig) == {50}
    until(lambda: brightnesses(rig) == {200}, "the flash")
    assert sent.ended() == [CommandStatus.SENT]


def test_a_flash_for_a_moment_that_has_passed_comes_at_once(rig: Rig) -> None:
    past_s = rig.host.clock.monotonic() - 5.0
    assert rig.host.dispatcher.submit(effect(200), RACE, shown_at_s=past_s).ok
    assert brightnesses(rig) == {200}


def test_a_flash_for_a_moment_is_taken_back_when_the_race_ends_before(rig: Rig) -> None:
    rig.host.race.staged()
    sent = Sent(rig)
    sent.send(effect(200), RACE, shown_at_s=rig.host.clock.monotonic() + 300.0)
    rig.host.race.ended()
    assert sent.ended() == [CommandStatus.OVERTAKEN]
    assert "ended before" in str(sent[0].detail)
    assert brightnesses(rig) == {33}


def test_what_is_too_late_is_not_sent(rig: Rig) -> None:
    result = rig.host.dispatcher.submit(effect(200), RACE, until_s=rig.host.clock.monotonic())
    assert (result.status, result.code) == (CommandStatus.FAILED, "too_late")
    assert brightnesses(rig) == {33}


def test_of_what_waits_in_one_slot_only_the_newest_is_sent(rig: Rig) -> None:
    sent = Sent(rig)
    for brightness in range(101, 121):
        sent.send(effect(brightness), RACE, slot=7)
    statuses = sent.ended()
    assert brightnesses(rig) == {120}
    assert statuses.count(CommandStatus.OVERTAKEN) > 10
