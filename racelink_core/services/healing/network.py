"""Healing on one network: one greenlet that asks, compares and tells again, one lamp or small group at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from racelink_core.domain.address import BROADCAST, Mac, RadioAddress
from racelink_core.domain.clock import Clock
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile
from racelink_core.domain.timings import Timings
from racelink_core.domain.told import Told
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, Replies
from racelink_core.planning.addressing import network_of
from racelink_core.planning.airtime_budget import AirtimeBudget
from racelink_core.planning.light import light_of
from racelink_core.planning.questions import asks_group, content_ms, question_ms
from racelink_core.protocol.bodies import Body, GetStatus
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import StatusReply
from racelink_core.services.armed_nodes import ArmedNodes
from racelink_core.services.healing.cases import Case, Cases, Step
from racelink_core.services.healing.figures import Counts, Figures
from racelink_core.services.healing.following import Following
from racelink_core.services.healing.question import OpenQuestion
from racelink_core.services.presence import Presence
from racelink_core.services.told_state import ToldState
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_LOOK_AGAIN_S = 0.5
"""How often a hindrance is looked at that nobody reports the end of."""
_NOT_NOW_S = 2.0
_DUTY_FOR_UNSEEN = 0.5
"""What cannot be seen is only repeated while so much of the region's hour is left: lamps that are wrong come first."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What healing on every network needs.

    hindrance   why nothing may be sent on any network now, or None
    duty_left   share 0..1 that is left of what the region lets a network's gateway send in an hour; 1 = no limit
    """

    store: Store
    lane_of: Callable[[str], Lane]
    armed: ArmedNodes
    told: ToldState
    presence: Presence
    following: Following
    clock: Clock
    timings: Timings
    hindrance: Callable[[], str | None]
    duty_left: Callable[[str], float]


class NetworkHealing:
    def __init__(self, network_id: str, around: Surroundings, share: float) -> None:
        """`share` 0..1 of the network's time on air."""
        self._network_id, self._around = network_id, around
        self._clock, self._timings = around.clock, around.timings
        self._cases = Cases()
        self._counts = Counts()
        self._budget = AirtimeBudget(share, self._clock.monotonic())
        self._quiet_until_s = 0.0
        self._question = OpenQuestion(())
        self._given_up: dict[Mac, int] = {}
        self._warned: set[Mac] = set()
        """By MAC, the command at which it was given up."""
        self._state = "idle"
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._cancellation = Cancellation()
        self._is_stopped = False

    # What others report

    def commanded(self, macs: Iterable[Mac]) -> None:
        """They were told something new."""
        now_s = self._clock.monotonic()
        self.be_quiet()
        told = frozenset(macs)
        deaf = self._question.deaf_among(told, now_s)
        for mac in told:
            self._given_up.pop(mac, None)
            if mac in deaf or self._cases.is_missed(mac):
                self.open(mac, now_s, Step.REPEAT_MISSED)
            else:
                self.open(mac, self._quiet_until_s)

    def overlaid(self, macs: Iterable[Mac], seconds: float) -> None:
        self._cases.overlay(macs, self._clock.monotonic() + seconds)

    def differs(self, mac: Mac) -> None:
        """A STATUS that nobody here asked for shows something else than was told."""
        told = self._around.following.told(mac)
        if told is not None and mac not in self._cases and self._given_up.get(mac) != told.sequence:
            self.open(mac, self._clock.monotonic())

    def returned(self, mac: Mac, delay_s: float) -> None:
        """It was away, or has restarted."""
        self._given_up.pop(mac, None)
        self.open(mac, self._clock.monotonic() + delay_s)

    def open(self, mac: Mac, due_s: float, step: Step = Step.ASK) -> None:
        told = self._around.following.told(mac)
        if told is None or self._is_stopped:
            return
        self._cases.open(mac, told.sequence, due_s, step)
        self._woken.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"rl-healing-{self._network_id}", daemon=True)
            self._thread.start()

    def be_quiet(self) -> None:
        """For as long as more may follow upon what just happened."""
        self._quiet_until_s = self._clock.monotonic() + self._timings.healing_delay_s

    def change_share(self, share: float) -> None:
        self._budget.change_share(share, self._clock.monotonic())

    def clear(self) -> None:
        """Nobody is looked after any more, until something new is reported."""
        self._cases.clear()
        self._woken.set()

    def stop(self, timeout_s: float) -> None:
        self._is_stopped = True
        self._cancellation.cancel()
        self.clear()
        thread = self._thread
        if thread is not None:
            thread.join(self._clock.system_s(timeout_s))

    @property
    def figures(self) -> Figures:
        return Figures(
            self._network_id,
            replace(self._counts),
            len(self._cases),
            self._state,
            self._budget.most_ms,
            self._budget.left_ms(self._clock.monotonic()),
        )

    @property
    def given_up(self) -> tuple[Mac, ...]:
        """Those that still do not follow what they were told last."""
        return tuple(
            mac
            for mac, sequence in self._given_up.items()
            if (told := self._around.following.told(mac)) is not None and told.sequence == sequence
        )

    # The greenlet

    def _run(self) -> None:
        """Ends when there is nobody left to look after."""
        while not self._is_stopped and len(self._cases):
            try:
                wait_s = self._step()
            except RaceLinkError as error:
                self._state, wait_s = str(error), _LOOK_AGAIN_S
            except Exception:  # noqa: BLE001 - the edge of a worker: the other lamps must still get their turn
                _log.exception("Healing on network %s failed once", self._network_id)
                wait_s = _NOT_NOW_S
            if wait_s > 0 and not self._is_stopped:
                self._woken.wait(self._clock.system_s(wait_s))
            self._woken.clear()
        self._state, self._thread = "idle", None

    def _step(self) -> float:
        """Does at most one thing. Returns how long to wait for the next. Raises NoGateway and what sending raises."""
        now_s = self._clock.monotonic()
        hindrance = self._around.hindrance()
        if hindrance is not None:
            self._state = hindrance
            return _LOOK_AGAIN_S
        due = self._cases.due(now_s)
        if self._quiet_until_s > now_s:
            due = [case for case in due if case.step is Step.REPEAT_MISSED]
            if not due:
                self._state = "waiting for the end of a command"
                return self._quiet_until_s - now_s
        lane = self._around.lane_of(self._network_id)
        for case in in_slices(due):
            device = self._ready(case, now_s) if self._cases.is_current(case) else None
            if device is not None:
                return self._serve(lane, case, device, now_s)
        next_s = self._cases.next_due_s()
        if next_s is None:
            return 0.0
        if self._quiet_until_s > now_s:
            return min(self._quiet_until_s - now_s, _LOOK_AGAIN_S)
        self._state = "waiting until it is time to ask"
        return max(next_s - now_s, 0.01)

    def _serve(self, lane: Lane, case: Case, device: Device, now_s: float) -> float:
        profile = DEFAULT_PROFILE if lane.session is None or lane.session.profile is None else lane.session.profile
        told = self._around.following.told(case.mac)
        if told is None:
            self._cases.close(case)
            return 0.0
        if case.step is Step.ASK:
            asked = self._asked_together(case, device, profile, now_s)
            cost_ms = question_ms(len(asked), profile)
        else:
            asked = []
            cost_ms = content_ms(light_of(told).repetition(device.group_id, leaves_offset=True), profile)
        duty_left = self._around.duty_left(self._network_id)
        if duty_left <= 0:
            self._state = "the region's limit for one hour is used up"
            return _NOT_NOW_S
        if case.step is Step.REPEAT_UNSEEN and duty_left < _DUTY_FOR_UNSEEN:
            self._state = "keeping what is left of the region's limit for lamps that are wrong"
            return _NOT_NOW_S
        wait_s = self._budget.wait_s(cost_ms, now_s)
        if wait_s > 0:
            self._state = "saving time on air"
            return wait_s
        self._state = "at work"
        if asked:
            self._ask(lane, case, device, asked, profile)
        else:
            self._repeat(lane, case, device, told, profile)
        return 0.0

    # Who may be served

    def _ready(self, case: Case, now_s: float) -> Device | None:
        """The device, if it is its turn; else the case is put off or closed."""
        snapshot = self._around.store.snapshot
        device, told = snapshot.devices.get(case.mac), self._around.following.told(case.mac)
        if device is None or told is None or not self._is_looked_after(device, told):
            self._cases.close(case)
        elif told.sequence != case.sequence:
            self._cases.open(case.mac, told.sequence, now_s + self._timings.healing_delay_s)
        elif device.group_push_pending:
            case.due_s = now_s + _NOT_NOW_S
        elif self._may_be_armed(device):
            case.due_s = now_s + _LOOK_AGAIN_S
        elif self._cases.overlay_until_s(case.mac) > now_s:
            case.due_s = self._cases.overlay_until_s(case.mac)
        else:
            return device
        return None

    def _is_looked_after(self, device: Device, told: Told) -> bool:
        """An offline lamp is looked after again when it is heard."""
        if network_of(device, self._around.store.snapshot) != self._network_id:
            return False
        is_recent = self._around.following.age_s(told) <= self._timings.healing_memory_s
        return is_recent and self._around.store.readings.of(device.mac).online is not False

    def _may_be_armed(self, device: Device) -> bool:
        told = self._around.following.told(device.mac)
        if told is not None and told.armed:
            return True
        return self._around.armed.may_be_armed(
            self._network_id, device.radio_address, (device.group_id,), self._clock.monotonic()
        )

    def _may_be_touched(self, devices: Iterable[Device]) -> bool:
        """The last word, at the moment at which the lane is taken."""
        return not (
            self._is_stopped
            or self._around.hindrance() is not None
            or self._around.told.is_commanding(self._network_id)
            or any(map(self._may_be_armed, devices))
        )

    # Asking

    def _asked_together(self, case: Case, device: Device, profile: RadioProfile, now_s: float) -> list[Device]:
        """Everybody who will answer the question: the lamp itself, or its whole group where that is cheaper."""
        if case.is_single:
            return [device]
        snapshot, readings = self._around.store.snapshot, self._around.store.readings
        members = [
            each
            for each in snapshot.members(device.group_id)
            if network_of(each, snapshot) == self._network_id and readings.of(each.mac).online is not False
        ]
        if any(map(self._may_be_armed, members)):
            return [device]
        wanted = sum(each.step is Step.ASK and not each.is_single for each in self._due_of(members, now_s))
        return members if asks_group(wanted, len(members), profile) else [device]

    def _due_of(self, members: Sequence[Device], now_s: float) -> list[Case]:
        macs = {device.mac for device in members}
        return [case for case in self._cases.due(now_s) if case.mac in macs]

    def _ask(self, lane: Lane, case: Case, device: Device, asked: Sequence[Device], profile: RadioProfile) -> None:
        now_s = self._clock.monotonic()
        is_group = len(asked) > 1
        cases = [each for each in self._due_of(asked, now_s) if each.step is Step.ASK] if is_group else [case]
        senders = {each.radio_address for each in asked}
        times_sent = 0
        question = OpenQuestion(each.mac for each in asked)

        def collect() -> Matcher:
            return Matcher(
                senders=senders,
                on_match=question.answered,
                opcode=Opcode.STATUS,
                expected_count=len(senders),
                idle_timeout_s=self._timings.collect_idle_s if is_group else 0.0,
                max_timeout_s=self._timings.collect_ceiling_s if is_group else None,
            )

        def may_ask() -> bool:
            nonlocal times_sent
            may = self._quiet_until_s <= self._clock.monotonic() and self._may_be_touched(asked)
            if may:
                self._question = question
                times_sent += 1
            return may

        receiver = BROADCAST if is_group else device.radio_address
        try:
            replies = lane.request(
                RadioPacket(receiver, GetStatus(device.group_id)),
                collect,
                Priority.BACKGROUND,
                attempts=1,
                attempt_s=self._timings.unicast_attempt_s,
                cancellation=self._cancellation,
                may_ask=may_ask,
            )
        finally:
            question.end(self._clock.monotonic())
        self._spend(times_sent * question_ms(len(asked), profile))
        self._take_answers(cases, replies, is_group=is_group)

    def _take_answers(self, cases: Sequence[Case], replies: Replies, *, is_group: bool) -> None:
        answers: dict[RadioAddress, StatusReply] = {}
        for event in replies.events:
            if isinstance(event.message, Forwarded) and isinstance(event.message.reply, StatusReply):
                answers[event.message.sender] = event.message.reply
        was_asked = replies.reason not in ("cancelled", "link_lost") and replies.detail is None
        for case in cases:
            if not self._cases.is_current(case):
                continue
            answer = answers.get(case.mac.radio_address)
            if answer is not None:
                self._compare(case, answer)
            elif is_group:
                case.is_single = True
            elif not was_asked or replies.is_disturbed:
                case.due_s = self._clock.monotonic() + _LOOK_AGAIN_S
            else:
                self._unanswered(case)

    def _compare(self, case: Case, answer: StatusReply) -> None:
        following = self._around.following
        self._counts.checked += 1
        case.questions = 0
        differences = following.judge(case.mac, answer, is_fresh=True)
        if differences and case.repeats >= self._timings.healing_repeats:
            self._counts.given_up += 1
            self._given_up[case.mac] = case.sequence
            following.given_up(case.mac, differences, case.repeats)
            self._warn_once(case.mac, differences)
            self._cases.close(case)
        elif differences:
            case.step = Step.REPEAT
        else:
            self._warned.discard(case.mac)
            if case.repeats:
                self._counts.healed += 1
            else:
                self._counts.followed += 1
            if following.has_unseen_left(case.mac):
                case.step = Step.REPEAT_UNSEEN
            else:
                self._cases.close(case)

    def _unanswered(self, case: Case) -> None:
        case.questions += 1
        if case.questions < self._timings.healing_questions:
            pause_s = min(self._timings.healing_verify_s * 2 ** (case.questions - 1), self._timings.healing_patience_s)
            case.due_s = self._clock.monotonic() + pause_s
            return
        self._counts.unanswered += 1
        self._around.presence.silent(case.mac, "STATUS")
        self._cases.close(case)

    def _warn_once(self, mac: Mac, differences: tuple[str, ...]) -> None:
        """A race brings a command every few seconds: the log gets a line when a lamp first fails to follow."""
        if mac not in self._warned:
            self._warned.add(mac)
            _log.warning("%s does not follow: %s", mac, ", ".join(differences))

    # Telling again

    def _repeat(self, lane: Lane, case: Case, device: Device, told: Told, profile: RadioProfile) -> None:
        """From the second time on, or if it may be so, the lamp leaves offset mode first: it would drop all of it."""
        leaves_offset = case.repeats > 0 or lane.notes.may_be_in_offset((device.group_id,))
        for body in self._around.following.light(told).repetition(device.group_id, leaves_offset=leaves_offset):
            if not self._send(lane, case, device, body, profile):
                case.due_s = self._clock.monotonic() + _LOOK_AGAIN_S
                return
        self._around.following.repeated(case.mac, told)
        if case.step is Step.REPEAT_UNSEEN:
            self._counts.sent_unverified += 1
            self._cases.close(case)
            return
        self._counts.repeated += 1
        if case.step is Step.REPEAT_MISSED:
            case.step = Step.ASK
            case.due_s = max(self._quiet_until_s, self._clock.monotonic() + self._timings.healing_verify_s)
            return
        case.repeats += 1
        case.step = Step.ASK
        case.is_single = True
        case.due_s = self._clock.monotonic() + self._timings.healing_verify_s

    def _send(self, lane: Lane, case: Case, device: Device, body: Body, profile: RadioProfile) -> bool:
        """One packet at a time, so that nothing newer comes between the last look and the packet."""

        def at_our_turn(notes: OffsetNotes) -> Sequence[RadioPacket]:
            told = self._around.following.told(case.mac)
            is_newest = told is not None and told.sequence == case.sequence and self._cases.is_current(case)
            may_go = is_newest and self._may_be_touched((device,))
            return [RadioPacket(device.radio_address, body)] if may_go else ()

        outcomes = lane.send(at_our_turn, Priority.BACKGROUND, cancellation=self._cancellation)
        if any(outcome.attempts for outcome in outcomes):
            self._spend(content_ms((body,), profile))
        return any(outcome.ok for outcome in outcomes)

    def _spend(self, airtime_ms: float) -> None:
        self._counts.airtime_ms += airtime_ms
        self._budget.spend(airtime_ms, self._clock.monotonic())
