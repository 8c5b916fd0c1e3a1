"""Telling one node an option and asking it for one: CONFIG and GET_CONFIG, unicast, each with its own answer.

Source: spec services, section 8.3; spec wire, sections 11.4 and 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.device import Device
from racelink_core.domain.node_options import Data
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Priority
from racelink_core.domain.timings import Timings
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, Replies, ack_from, reply_from
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import Config, GetConfig
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import Ack, AckStatus, ConfigReply
from racelink_core.services.config_errors import ConfigNotSent, ConfigRefused, ConfigSilent, DeviceWithoutNetwork
from racelink_core.services.presence import Presence
from racelink_core.services.tasks import TaskHandle
from racelink_core.state.store import Store

_READ_ATTEMPTS = 2
_LOOK_AGAIN_S = 0.2
_DISTURBED = "more urgent commands kept getting in the way of its answer"


class Answer(Enum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    SILENT = "silent"
    NOT_SENT = "not_sent"
    """It did not leave the gateway, or other traffic drowned the answer: the node did nothing wrong."""
    CANCELLED = "cancelled"
    """Before its first attempt."""


@dataclass(frozen=True, slots=True)
class Written:
    """at_s    Clock seconds of the answer; 0 without one
    status  of the acknowledgement
    detail  why it was not sent
    """

    answer: Answer
    at_s: float = 0.0
    status: int = AckStatus.OK
    detail: str = ""


class ConfigExchange:
    """An ACK says what opcode it is for and not which option. So a node that still owes the answer to one write is
    not told anything else before that answer can no longer come.
    """

    def __init__(
        self, store: Store, lane_of: Callable[[str], Lane], presence: Presence, clock: Clock, timings: Timings
    ) -> None:
        self._store, self._lane_of, self._presence = store, lane_of, presence
        self._clock, self._timings = clock, timings
        self._owed_until_s: dict[Mac, dict[Config, float]] = {}

    def write(
        self,
        device: Device,
        config: Config,
        priority: Priority,
        *,
        attempts: int | None = None,
        task: TaskHandle | None = None,
    ) -> Written:
        """Waits for the acknowledgement; never inside a transaction.

        attempts   None: as many as a unicast request has
        task       whose cancellation ends it, as long as nothing was sent
        Raises NoGateway, LaneFull or DeviceWithoutNetwork.
        """
        lane, asked = self._lane(device), 0
        while True:
            if not self._let_owed_answers_pass(device.mac, config, task):
                return Written(Answer.SILENT if asked else Answer.CANCELLED)
            asked = 0

            def expect() -> Matcher:
                nonlocal asked
                asked += 1
                return ack_from(device.mac, Opcode.CONFIG)

            replies = lane.request(
                RadioPacket(device.radio_address, config),
                expect,
                priority,
                attempts=attempts or self._timings.unicast_attempts,
                attempt_s=self._timings.unicast_attempt_s,
            )
            owes_another = self._owes_until_s(device.mac, besides=config) is not None
            if asked > 1 or not replies.events:
                owed = self._owed_until_s.setdefault(device.mac, {})
                owed[config] = self._clock.monotonic() + self._timings.late_answer_s
            if not owes_another:
                return _judged(replies)

    def tell(self, device: Device, config: Config, priority: Priority, task: TaskHandle | None = None) -> float:
        """As `write`, for what has to be acknowledged. Returns the moment of the acknowledgement, in Clock seconds.

        A node that stays silent counts as offline. Raises ConfigRefused, ConfigSilent, ConfigNotSent, NoGateway,
        LaneFull or DeviceWithoutNetwork.
        """
        written = self.write(device, config, priority, task=task)
        if written.answer is Answer.SILENT:
            self.gave_up(device.mac)
            raise ConfigSilent(device)
        if written.answer is Answer.REFUSED:
            raise ConfigRefused(device, written.status)
        if written.answer is not Answer.ACKNOWLEDGED:
            raise ConfigNotSent(device, written.detail or "it was cancelled before anything was sent")
        return written.at_s

    def gave_up(self, mac: Mac) -> None:
        """The node did not answer, and is not asked again."""
        self._presence.silent(mac, Opcode.CONFIG.name)

    def restart(self, device: Device, config: Config, priority: Priority) -> None:
        """Sends the order to restart, which a node cannot acknowledge: it counts as away until it is heard again.

        Raises NoGateway, LaneFull, DeviceWithoutNetwork or ConfigNotSent.
        """
        packet = RadioPacket(device.radio_address, config)
        [outcome] = self._lane(device).send([packet], priority)
        if not outcome.ok:
            raise ConfigNotSent(device, outcome.reason or "the gateway did not send it")
        self._presence.restarts(device.mac)

    def read(self, device: Device, option: int, priority: Priority) -> Data | None:
        """The live value; None when the node does not answer, which a node that lacks the option does not either.

        Raises NoGateway, LaneFull, DeviceWithoutNetwork or ConfigNotSent.
        """
        replies = self._lane(device).request(
            RadioPacket(device.radio_address, GetConfig(option)),
            lambda: reply_from(device.mac, Opcode.GET_CONFIG, option),
            priority,
            attempts=_READ_ATTEMPTS,
            attempt_s=self._timings.unicast_attempt_s,
        )
        for event in replies.events:
            if isinstance(event.message, Forwarded) and isinstance(event.message.reply, ConfigReply):
                return event.message.reply.data
        why = _why_not_asked(replies)
        if why is not None:
            raise ConfigNotSent(device, why)
        return None

    def _lane(self, device: Device) -> Lane:
        network_id = network_of(device, self._store.snapshot)
        if network_id is None:
            raise DeviceWithoutNetwork(device)
        return self._lane_of(network_id)

    def _let_owed_answers_pass(self, mac: Mac, config: Config, task: TaskHandle | None) -> bool:
        """False: the task was cancelled meanwhile."""
        while (until_s := self._owes_until_s(mac, besides=config)) is not None:
            if task is not None and task.is_cancelled:
                return False
            self._clock.sleep(min(until_s - self._clock.monotonic(), _LOOK_AGAIN_S))
        return True

    def _owes_until_s(self, mac: Mac, besides: Config) -> float | None:
        """Until when the answer to some other write may still come; None: it cannot."""
        now_s = self._clock.monotonic()
        owed = {config: until_s for config, until_s in self._owed_until_s.pop(mac, {}).items() if until_s > now_s}
        if owed:
            self._owed_until_s[mac] = owed
        return max((until_s for config, until_s in owed.items() if config != besides), default=None)


def _judged(replies: Replies) -> Written:
    for event in replies.events:
        if isinstance(event.message, Forwarded) and isinstance(event.message.reply, Ack):
            ack = event.message.reply
            return Written(Answer.ACKNOWLEDGED if ack.is_ok else Answer.REFUSED, event.at_s, ack.status)
    why = _why_not_asked(replies)
    return Written(Answer.SILENT) if why is None else Written(Answer.NOT_SENT, detail=why)


def _why_not_asked(replies: Replies) -> str | None:
    """None: it was asked in peace, and stayed silent."""
    if replies.detail is not None:
        return replies.detail
    if replies.reason in ("link_lost", "cancelled"):
        return "its gateway was lost"
    return _DISTURBED if replies.is_disturbed else None
