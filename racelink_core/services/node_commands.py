"""Switches, restart and forgetting the master of one node. Source: spec services, sections 8.1 and 8.4; design 6."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.node_commands import SWITCH_BITS
from racelink_core.domain.node_options import Data, NodeOption
from racelink_core.domain.origin import Origin
from racelink_core.protocol.bodies import Config
from racelink_core.services.config_exchange import ConfigExchange
from racelink_core.services.config_records import ConfigRecords
from racelink_core.state.store import Store

_REBOOTING = "It restarts now and cannot confirm that. It announces itself in about three seconds."
_FORGOTTEN = (
    "It has forgotten its master: it keeps its group and what it shows, and obeys nobody before it is discovered again."
)


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """sent          packets that a node was told
    is_acknowledged  the node confirmed all of it; a restart it never does
    explanation      what follows from it, for the page; empty: nothing to add
    """

    sent: int
    is_acknowledged: bool
    explanation: str = ""


class NodeCommands:
    def __init__(self, store: Store, exchange: ConfigExchange, records: ConfigRecords) -> None:
        self._store, self._exchange, self._records = store, exchange, records

    def run(self, mac: Mac, option: int, data: Data, origin: Origin) -> CommandAnswer:
        """A switch of `SWITCH_BITS`, FORGET_MASTER or REBOOT; the latter two want data0 = 1.

        Waits for the acknowledgement, where there is one. Raises NotFound, InvalidValue, ConfigRefused, ConfigSilent,
        ConfigNotSent, DeviceWithoutNetwork or NoGateway.
        """
        device = self._store.snapshot.device(mac)
        if option in SWITCH_BITS:
            if data[0] > 1:
                raise InvalidValue("data0", f"a switch is 0 or 1, got {data[0]}")
            self._switch(device, NodeOption(option), data, origin)
            return CommandAnswer(1, True)
        if option not in (NodeOption.FORGET_MASTER, NodeOption.REBOOT):
            raise InvalidValue("option", f"{option} is no command for a node")
        if data[0] != 1:
            raise InvalidValue("data0", f"option {option} does nothing unless data0 is 1, got {data[0]}")
        return self._reboot(device, data, origin) if option == NodeOption.REBOOT else self._forget(device, origin)

    def _switch(self, device: Device, option: NodeOption, data: Data, origin: Origin) -> None:
        self._exchange.tell(device, Config(option, *data), origin.priority)
        self._records.switched(device.mac, SWITCH_BITS[option], bool(data[0]))

    def _reboot(self, device: Device, data: Data, origin: Origin) -> CommandAnswer:
        """The acknowledgement waits for its moment on air when the node restarts, and is lost (spec wire, 12)."""
        self._exchange.restart(device, Config(NodeOption.REBOOT, *data), origin.priority)
        return CommandAnswer(1, False, _REBOOTING)

    def _forget(self, device: Device, origin: Origin) -> CommandAnswer:
        """Option 80 does nothing, and 02 alone comes back with the next restart of a node that remembers its master."""
        self._switch(device, NodeOption.PERSIST_MASTER, (0, 0, 0, 0), origin)
        self._exchange.tell(device, Config(NodeOption.CLEAR_MASTER, 1), origin.priority)
        return CommandAnswer(2, True, _FORGOTTEN)
