"""Addresses of nodes and gateways: the 6-byte MAC and the 3 bytes of it that travel on air.

Source: spec wire, section 4.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from racelink_core.domain.errors import InvalidValue

_SEPARATORS = re.compile(r"[\s:.\-]")
_MAC = re.compile(r"[0-9A-F]{12}")


class RadioAddress(bytes):
    """The 3 bytes that address a station on air: the last half of its MAC, or the broadcast address."""

    __slots__ = ()

    def __new__(cls, raw: bytes) -> RadioAddress:
        """Raises InvalidValue unless `raw` has exactly 3 bytes."""
        if len(raw) != 3:
            raise InvalidValue("address", f"a radio address has 3 bytes, not {len(raw)}: {bytes(raw).hex(' ')}")
        return super().__new__(cls, raw)

    @classmethod
    def parse(cls, text: str) -> RadioAddress:
        """Reads 6 hex digits, or takes the last 6 of 12; any separators. Raises InvalidValue."""
        digits = _SEPARATORS.sub("", text).upper()
        if not re.fullmatch(r"[0-9A-F]{6}|[0-9A-F]{12}", digits):
            raise InvalidValue("address", f"expected 6 or 12 hex digits, got {text!r}")
        return cls(bytes.fromhex(digits[-6:]))

    @property
    def is_broadcast(self) -> bool:
        return self == BROADCAST

    def __str__(self) -> str:
        return self.hex().upper()

    def __repr__(self) -> str:
        return f"RadioAddress({self.hex().upper()})"


BROADCAST = RadioAddress(b"\xff\xff\xff")
ETHERNET_HOST = RadioAddress(b"ETH")
"""The synthetic sender address that every host has on an Ethernet network."""


class Mac(str):
    """A station's MAC in the host's canonical form: 12 upper-case hex digits, no separators."""

    __slots__ = ()

    def __new__(cls, text: str) -> Mac:
        """Accepts any separators and case. Raises InvalidValue unless 12 hex digits remain."""
        if isinstance(text, Mac):
            return text
        digits = _SEPARATORS.sub("", text).upper()
        if not _MAC.fullmatch(digits):
            raise InvalidValue("mac", f"expected 12 hex digits, got {text!r}")
        return super().__new__(cls, digits)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Mac:
        return cls(raw.hex())

    @property
    def radio_address(self) -> RadioAddress:
        return RadioAddress(bytes.fromhex(self[6:]))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls._validated, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def _validated(cls, text: str) -> Mac:
        try:
            return cls(text)
        except InvalidValue as error:
            raise ValueError(error.problem) from error
