"""What one node can be told beside its properties: switches, restart, forgetting its master; and what pairing means.

Source: spec wire, section 12; spec services, section 8.4; spec webui, section 2.2; design, section 6.
"""

from __future__ import annotations

from typing import NamedTuple

from racelink_core.domain.node_options import NodeOption


class NodeCommand(NamedTuple):
    """confirm   the question to ask before it is sent; None: none is needed
    explanation  what it does, for the page
    """

    key: str
    label: str
    option: NodeOption
    data0: int
    explanation: str
    confirm: str | None = None

    @property
    def is_destructive(self) -> bool:
        return self.confirm is not None


class ConfigBit(NamedTuple):
    """One bit of the config byte in STATUS."""

    bit: int
    label: str
    is_shown: bool


class PairingFact(NamedTuple):
    title: str
    text: str


SWITCH_BITS = {NodeOption.MAC_FILTER: 0, NodeOption.PERSIST_MASTER: 1, NodeOption.ACCESS_POINT: 2}
"""The switches, and the bit of the config byte that shows each."""

NODE_COMMANDS: tuple[NodeCommand, ...] = (
    NodeCommand(
        "wlan_ap_open",
        "WLAN AP open",
        NodeOption.ACCESS_POINT,
        1,
        "Opens the lamp's own Wi-Fi, until it is closed or the lamp restarts.",
    ),
    NodeCommand("wlan_ap_closed", "WLAN AP closed", NodeOption.ACCESS_POINT, 0, "Closes the lamp's own Wi-Fi."),
    NodeCommand(
        "mac_filter_enabled",
        "MAC filter enabled",
        NodeOption.MAC_FILTER,
        1,
        "The lamp obeys its own master only.",
    ),
    NodeCommand(
        "mac_filter_disabled",
        "MAC filter disabled",
        NodeOption.MAC_FILTER,
        0,
        "The lamp obeys every gateway on its channel, strangers' too.",
    ),
    NodeCommand(
        "mac_filter_persist_enabled",
        "MAC filter persist enabled",
        NodeOption.PERSIST_MASTER,
        1,
        "The lamp remembers its master over a restart, and then listens to no other.",
    ),
    NodeCommand(
        "mac_filter_persist_disabled",
        "MAC filter persist disabled",
        NodeOption.PERSIST_MASTER,
        0,
        "The lamp forgets its master at the next restart and can then be paired by anybody.",
    ),
    NodeCommand(
        "forget_master",
        "Forget master MAC",
        NodeOption.FORGET_MASTER,
        1,
        "Two steps: remembering the master over a restart is switched off, then the master is forgotten. The lamp "
        "keeps its group and what it shows, and obeys nobody before it is paired again.",
        "The lamp will obey nobody, this gateway included, until it is discovered again. Forget its master?",
    ),
    NodeCommand(
        "reboot",
        "Reboot node",
        NodeOption.REBOOT,
        1,
        "The lamp restarts. It cannot confirm that; it is back when it announces itself, about three seconds later.",
        "The lamp goes dark and restarts; that takes a few seconds. Restart it now?",
    ),
)

CONFIG_BITS: tuple[ConfigBit, ...] = (
    ConfigBit(0, "MAC filter", True),
    ConfigBit(1, "MAC filter persist", True),
    ConfigBit(2, "WLAN AP open", True),
    *(ConfigBit(bit, f"Setting {bit}", False) for bit in range(3, 8)),
)

PAIRING_FACTS: tuple[PairingFact, ...] = (
    PairingFact(
        "A lamp obeys one master",
        "While its MAC filter is on, a lamp takes commands only from the gateway that is its master.",
    ),
    PairingFact(
        "A lamp without a master",
        "It answers a discovery and takes a group, and nothing else. Discover it, and it is yours.",
    ),
    PairingFact(
        "Giving a group is pairing",
        "The gateway that gives a lamp its group becomes its master; the lamp blinks for two seconds.",
    ),
    PairingFact(
        "After a restart",
        'Without "MAC filter persist" a lamp forgets its master when it restarts. RaceLink gives known lamps their '
        "group back by itself when they announce themselves.",
    ),
    PairingFact(
        "After a change of channel",
        'A lamp that is moved to another channel switches "MAC filter persist" off and restarts, open to pairing.',
    ),
    PairingFact(
        "Forgetting a master",
        "Only the master itself can tell a lamp to forget it: the lamp does not listen to anybody else.",
    ),
    PairingFact(
        "A lamp that belongs to another gateway",
        'If it was told to remember its master ("MAC filter persist"), it ignores this gateway. Let its own gateway '
        "forget it, or use the button or the WLED page of the lamp. Otherwise switch it off and on, and discover it.",
    ),
)
