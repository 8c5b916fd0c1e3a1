"""Asks many nodes: a few questions are under way at any time, and what was not answered is asked again.

A node answers at a moment of its own choice, 50 to 300 ms after its question. Asked one after another, 200 nodes would
spend most of that time waiting. The best moment for the next questions is right after an answer: whoever wanted to
speak meanwhile found the channel busy and waits. Source: spec gateway-and-node-model, B3 and C6; design, section 6.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from racelink_core.domain.origin import Priority
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.gateway.asked import Asked
from racelink_core.gateway.guards import answer_among_others_s, answer_s
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendKind
from racelink_core.gateway.reply_matcher import Matcher, Replies
from racelink_core.gateway.turnstile import Hold
from racelink_core.protocol.radio_packet import RadioPacket

ANSWERS_DUE = 6
"""So many are awaited at once. More of them collide more often than they save time (measured, `fleet_200`)."""
_FEW_DUE = 4
"""When no more than so many are still due, the next questions go out."""


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """matcher  makes what listens for the answers, whose number it knows; a new one each time
    may_ask  has the last word when its turn comes
    """

    packet: RadioPacket
    matcher: Callable[[], Matcher]
    may_ask: Callable[[], bool] | None = None


@dataclass(eq=False, slots=True)
class _Asking:
    """A question that is out. Its matcher listens on after nobody waits for it any more: an answer may be late."""

    question: Question
    matcher: Matcher
    asked_at_s: float


class Inquiry:
    """Used once, on one lane. It judges nobody: silence among other answers proves nothing. Matchers tell who answered.

    is_to_rest  whether to end soon, or to let time pass; asked before each question, answers at once
    answered    called when a question is answered, on the greenlet of `run`: the next question waits for it
    goes_on     asked when nothing is due any more and it should rest: False ends it, and it may take its time
    """

    def __init__(
        self,
        lane: Lane,
        priority: Priority,
        *,
        is_to_rest: Callable[[], bool],
        goes_on: Callable[[], bool],
        answered: Callable[[], object] = lambda: None,
    ) -> None:
        self._lane, self._clock, self._priority = lane, lane.clock, priority
        self._is_to_rest, self._goes_on, self._tell = is_to_rest, goes_on, answered
        self._hold = Hold(priority, lets_equals_go=True)
        self._heard = threading.Event()
        self._due: list[_Asking] = []
        self._late: dict[Question, _Asking] = {}
        self._times_asked: dict[Question, int] = {}
        self._last_sign_s = lane.clock.monotonic()
        self._is_lost = False

    def run(self, questions: Sequence[Question], rounds: int) -> list[Question]:
        """Returns those that nobody answered, also those that were not asked because it was ended.

        Higher and equal priorities go out between two questions; lower ones get their turn as soon as they want one
        and nothing is due. Raises LaneFull, NotSendable or RadioForbidden.
        """
        left = list(questions)
        try:
            for _ in range(rounds):
                left = self._round(left)
                if not left or self._is_lost or (self._is_to_rest() and not self._goes_on()):
                    break
            return [question for question in left if not self._came_late(question)]
        finally:
            for asking in (*self._due, *self._late.values()):
                self._lane.forget(asking.matcher)
            self._lane.release(self._hold)

    def _round(self, questions: Sequence[Question]) -> list[Question]:
        waiting = deque(question for question in questions if not self._came_late(question))
        missed: list[Question] = []
        while waiting:
            if self._lane.is_wanted or self._is_to_rest():
                missed += self._listen(0)
                self._lane.release(self._hold)
                if not self._goes_on():
                    break
            while waiting and self._answers_due() < ANSWERS_DUE:
                question = waiting.popleft()
                if not self._came_late(question) and not self._ask(question):
                    missed.append(question)
                if self._is_to_rest():
                    break
            missed += self._listen(_FEW_DUE if waiting else 0)
            if self._is_lost:
                break
        missed += self._listen(0)
        self._lane.release(self._hold)
        return [*missed, *waiting]

    def _answers_due(self) -> int:
        return sum(asking.matcher.due for asking in self._due)

    def _ask(self, question: Question) -> bool:
        earlier = self._late.pop(question, None)
        if earlier is not None:
            self._lane.forget(earlier.matcher)
        matcher = question.matcher()
        matcher.changed = self._heard
        outcome = self._lane.ask(question.packet, matcher, self._hold, may_ask=question.may_ask)
        if outcome.ok:
            self._last_sign_s = outcome.done_at_s or self._clock.monotonic()
            self._due.append(_Asking(question, matcher, self._last_sign_s))
            self._times_asked[question] = self._times_asked.get(question, 0) + 1
        self._is_lost = self._is_lost or outcome.kind is SendKind.LINK_LOST
        return outcome.ok

    def _listen(self, enough: int) -> list[Question]:
        """Until no more than so many answers are due. Returns the questions that nobody waits for any more.

        It ends right after an answer, or after a silence in which anybody would have spoken: any other moment could be
        in the middle of somebody's answer, which the next question would drown.
        """
        missed: list[Question] = []
        while True:
            self._heard.clear()
            self._take_answers()
            missed += self._give_up(self._clock.monotonic() - self._patience_s)
            if self._answers_due() <= enough:
                return missed
            remaining_s = 0.0 if self._is_lost else self._last_sign_s + self._silence_s - self._clock.monotonic()
            if remaining_s > 0 and self._heard.wait(self._clock.system_s(remaining_s)):
                continue
            # This process may have stood still: only what was read until then counts as silence.
            session = self._lane.session
            known_s = self._clock.monotonic() if session is None else session.catch_up()
            self._take_answers()
            if self._is_lost or known_s >= self._last_sign_s + self._silence_s:
                missed += self._give_up(self._last_sign_s)

    def _take_answers(self) -> None:
        for asking in tuple(self._due):
            matcher = asking.matcher
            self._last_sign_s = max(self._last_sign_s, matcher.last_match_s or 0.0)
            self._is_lost = self._is_lost or matcher.reason_at(0.0) == "link_lost"
            if not matcher.due:
                self._due.remove(asking)
                self._finish(asking)

    def _give_up(self, asked_until_s: float) -> list[Question]:
        """Those asked until then are no longer waited for. Returns the ones without any answer."""
        missed: list[Question] = []
        for asking in tuple(self._due):
            if asking.asked_at_s <= asked_until_s:
                self._due.remove(asking)
                if not self._finish(asking):
                    self._late[asking.question] = asking
                    missed.append(asking.question)
        return missed

    @property
    def _silence_s(self) -> float:
        return answer_s(self._profile)

    @property
    def _patience_s(self) -> float:
        return answer_among_others_s(self._profile, _FEW_DUE)

    @property
    def _profile(self) -> RadioProfile | None:
        session = self._lane.session
        return None if session is None else session.profile

    def _came_late(self, question: Question) -> bool:
        asking = self._late.get(question)
        if asking is None or not self._finish(asking):
            return False
        del self._late[question]
        return True

    def _finish(self, asking: _Asking) -> bool:
        """Hands on what was heard, if anything was."""
        events, question = asking.matcher.events, asking.question
        if not events:
            return False
        self._lane.forget(asking.matcher)
        took_s = self._clock.monotonic() - asking.asked_at_s
        self._lane.asked(
            Asked(
                self._lane.network_id,
                question.packet,
                self._priority,
                took_s,
                self._times_asked[question],
                asking.matcher.senders,
                Replies("max_timeout" if asking.matcher.due else "count", events),
            )
        )
        self._tell()
        return True
