"""The 7-bit opcodes that host and nodes exchange. Source: spec wire, section 5."""

from __future__ import annotations

from enum import IntEnum


class Opcode(IntEnum):
    DEVICES = 0x01
    SET_GROUP = 0x02
    STATUS = 0x03
    PRESET = 0x04
    CONFIG = 0x05
    SYNC = 0x06
    STREAM = 0x07
    CONTROL = 0x08
    OFFSET = 0x09
    GET_CONFIG = 0x0A
    HEADLESS = 0x0B
    INDICATE = 0x0C
    RF_CONFIG = 0x0D
    GET_RF_CONFIG = 0x0E
    ACK = 0x7E
