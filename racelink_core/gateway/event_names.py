"""Names for what a gateway says, as diagnostics show them. Source: spec http-api, section 2.3."""

from __future__ import annotations

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.gateway_messages import (
    Forwarded,
    GatewayFault,
    GatewayMessage,
    RadioChanged,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
    UnknownMessage,
)
from racelink_core.protocol.replies import Ack, IdentifyReply, StatusReply


def event_name(message: GatewayMessage) -> str:
    """In capitals; a rejection with its reason."""
    match message:
        case StateChanged():
            return "STATE_CHANGED"
        case StateReport():
            return "STATE_REPORT"
        case TxDone():
            return "TX_DONE"
        case TxRejected():
            return f"TX_REJECTED ({message.reason.name})"
        case RadioChanged():
            return "RADIO_REPORT"
        case GatewayFault():
            return "USB_ERROR"
        case Forwarded():
            return _reply_name(message)
        case UnknownMessage():
            return f"UNKNOWN (0x{message.type_byte:02X})"


def _reply_name(message: Forwarded) -> str:
    if isinstance(message.reply, Ack):
        return "ACK"
    if isinstance(message.reply, StatusReply):
        return "STATUS_REPLY"
    if isinstance(message.reply, IdentifyReply):
        return "IDENTIFY_REPLY"
    name = Opcode(message.opcode).name if message.opcode in set(Opcode) else f"0x{message.opcode:02X}"
    return f"{name}_REPLY" if message.is_reply else f"OVERHEARD ({name})"
