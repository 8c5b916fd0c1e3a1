"""What a gateway says has the names of the specification."""

from __future__ import annotations

import pytest

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.opcode import Opcode
from racelink_core.gateway.event_names import event_name
from racelink_core.protocol.gateway_messages import (
    Forwarded,
    GatewayFault,
    GatewayMessage,
    GatewayState,
    RejectReason,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
    UnknownMessage,
)
from racelink_core.protocol.replies import Ack, StatusReply

NODE = Mac("3C610555202E").radio_address


def heard(opcode: int, body: bytes, *, is_reply: bool = True) -> Forwarded:
    return Forwarded(NODE, BROADCAST, is_reply, opcode, body, rssi_dbm=-50, snr_db=9)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (StateChanged(GatewayState.IDLE), "STATE_CHANGED"),
        (StateReport(GatewayState.IDLE), "STATE_REPORT"),
        (TxDone(), "TX_DONE"),
        (TxRejected(1, RejectReason.TXPENDING), "TX_REJECTED (TXPENDING)"),
        (GatewayFault(""), "USB_ERROR"),
        (UnknownMessage(0x42, b""), "UNKNOWN (0x42)"),
        (heard(Opcode.ACK, Ack(Opcode.CONFIG, 0).to_bytes()), "ACK"),
        (heard(Opcode.STATUS, StatusReply(0, 0, 0, 0, 0, 0, 0).to_bytes()), "STATUS_REPLY"),
        (heard(Opcode.STATUS, b"", is_reply=False), "OVERHEARD (STATUS)"),
        (heard(0x7D, b""), "0x7D_REPLY"),
    ],
)
def test_it_is_named(message: GatewayMessage, name: str) -> None:
    assert event_name(message) == name
