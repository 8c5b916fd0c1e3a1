"""Switches, restart and pairing of one node. Source: spec http-api, section 4; spec webui, section 2.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from flask import Response
from pydantic import Field, model_validator

from racelink_core.domain.node_options import NodeOption
from racelink_core.services.config_errors import ConfigRefused, ConfigSilent
from racelink_core.web.api.devices import ByteField
from racelink_core.web.api.tasks import refuse_while_busy
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Address, RequestBody, find_device, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.special_rows import (
    BitRow,
    CommandRow,
    FactRow,
    bit_rows,
    command_rows,
    pairing_rows,
)

if TYPE_CHECKING:
    from racelink_core.host import Host

_NEEDS_ONE = (NodeOption.FORGET_MASTER, NodeOption.REBOOT)


class NodeConfigBody(RequestBody):
    """`macs` with exactly one is the same as `mac`. `flags` is an older name of `data0`."""

    mac: Address | None = None
    macs: Annotated[tuple[Address, ...], Field(min_length=1, max_length=1)] | None = None
    option: ByteField
    data0: ByteField | None = None
    flags: ByteField | None = None
    data1: ByteField = 0
    data2: ByteField = 0
    data3: ByteField = 0

    @model_validator(mode="after")
    def _names_one_device(self) -> NodeConfigBody:  # noqa: N804 - runs on the instance
        if (self.mac is None) == (self.macs is None):
            raise ValueError("give exactly one device, as mac")
        return self

    @property
    def address(self) -> str:
        return self.mac if self.mac is not None else (self.macs or ("",))[0]

    @property
    def data(self) -> tuple[int, int, int, int]:
        """Restart and forgetting do nothing with 0; left out, it is what they need."""
        first = self.flags if self.data0 is None else self.data0
        if first is None:
            first = int(self.option in _NEEDS_ONE)
        return (first, self.data1, self.data2, self.data3)


class NodeConfigReply(Reply):
    """sent         packets that went out; forgetting a master takes two
    acked        the node confirmed all of them; a restart it never does
    recv3        the address on air
    explanation  what follows from it, for the page
    """

    sent: int
    acked: bool
    recv3: str
    option: int
    data0: int
    data1: int
    data2: int
    data3: int
    explanation: str


class NodeConfigSchemaReply(Reply):
    commands: tuple[CommandRow, ...]
    bits: tuple[BitRow, ...]
    pairing: tuple[FactRow, ...]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/node-config/schema")
    @describe(
        "List what one node can be told, the bits of its config byte, and how pairing works.",
        reply=NodeConfigSchemaReply,
        has_etag=True,
    )
    def node_config_schema() -> Response:
        return list_reply(NodeConfigSchemaReply(commands=command_rows(), bits=bit_rows(), pairing=pairing_rows()))

    @routes.post("/api/config")
    @describe(
        "Switch, restart or unpair one node. Refused by it or unanswered: 200 with `ok` false.",
        body=NodeConfigBody,
        reply=NodeConfigReply,
        errors=(
            "not_found",
            "not_unicast",
            "ambiguous_address",
            "unavailable",
            "device_without_network",
            "not_sent",
            "lane_full",
        ),
        not_done=("no_reply", "config_refused"),
        is_busy_gated=True,
    )
    def tell_node() -> Response:
        body = read_body(NodeConfigBody)
        mac, data = find_device(body.address, host.store.snapshot), body.data
        refuse_while_busy(host)
        what: dict[str, Any] = {
            "recv3": str(mac.radio_address),
            "option": body.option,
            **{f"data{index}": value for index, value in enumerate(data)},
        }
        try:
            told = host.node_commands.run(mac, body.option, data, WEB_OPERATOR)
        except (ConfigSilent, ConfigRefused) as error:
            return failure_response(200, error.code, str(error), sent=1, acked=False, **what)
        answer = {"sent": told.sent, "acked": told.is_acknowledged, "explanation": told.explanation, **what}
        return reply(NodeConfigReply.model_validate(answer))
