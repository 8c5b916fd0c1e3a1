"""Properties and functions of devices. Source: spec http-api, section 4; spec services, sections 8.2 and 8.3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from flask import Response
from pydantic import AliasChoices, BeforeValidator, Field, StringConstraints, model_validator

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.node_options import PropertyValue, Segment
from racelink_core.domain.outcome import CommandStatus
from racelink_core.domain.special_functions import ParameterValue, coerced
from racelink_core.domain.specials import find_function
from racelink_core.domain.whole_number import whole_number
from racelink_core.services.config_errors import ConfigRefused, ConfigSilent
from racelink_core.web.api.devices import Macs
from racelink_core.web.api.tasks import TaskReply, refuse_while_busy, task_reply
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response, http_status
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Address, Integer, RequestBody, find_device, find_devices, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.special_rows import CapabilityRow, capability_rows

if TYPE_CHECKING:
    from racelink_core.host import Host

Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_ONE_DEVICE = ("not_found", "not_unicast", "ambiguous_address", "unsupported_option")
_STATUS_OF_FAILURES = {"no_reply": 200}
"""A node that keeps silent is no failure of the host."""
_RADIO = ("unavailable", "device_without_network", "not_sent", "lane_full")


class SegmentValue(RequestBody):
    """LEDs from `start` up to, and without, `stop`."""

    start: Integer
    stop: Integer


def _value(raw: object) -> object:
    """A number or a segment, told apart before the models look at it, so that a failure is one sentence."""
    if isinstance(raw, Mapping):
        start, stop = whole_number(raw.get("start")), whole_number(raw.get("stop"))
        if start is None or stop is None:
            raise ValueError("expected whole numbers start and stop")
        return {"start": start, "stop": stop}
    number = whole_number(raw)
    if number is None:
        raise ValueError("expected a whole number, or an object with start and stop")
    return number


Value = Annotated[int | SegmentValue, BeforeValidator(_value)]


class SpecialsReply(Reply):
    """Forms by capability; a device's `dev_type_caps` says which it has."""

    specials: Mapping[str, CapabilityRow]


class WritePropertyBody(RequestBody):
    """One device (`mac`) or several (`macs`); a value, or `push` for what is stored for each of them."""

    mac: Address | None = None
    macs: Macs | None = None
    key: Key
    value: Value | None = None
    push: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _says_whom_and_what(self) -> WritePropertyBody:  # noqa: N804 - runs on the instance
        if (self.mac is None) == (self.macs is None):
            raise ValueError("give mac, or macs for several devices")
        if (self.value is not None) is self.push:
            raise ValueError("give a value, or push to send what is stored")
        return self


class ReadPropertyBody(RequestBody):
    mac: Address
    key: Key


class ReadPropertyReply(Reply):
    """`value`: what the device has. `expected`: what is stored, or else a fresh device has; null if that varies."""

    mac: Mac
    key: str
    value: int | SegmentValue
    expected: int | SegmentValue | None
    comparison: Literal["match", "diverged"]


class ImportPropertyBody(RequestBody):
    mac: Address
    key: Key
    value: Value


class ImportPropertyReply(Reply):
    """`written`: the flat keys that are stored now."""

    mac: Mac
    key: str
    value: int | SegmentValue
    written: tuple[str, ...]


class ActionBody(RequestBody):
    mac: Address
    function: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        validation_alias=AliasChoices("function", "fn")
    )
    params: dict[str, Any] = Field(default_factory=dict)


class ActionResult(FrozenModel):
    """`sent` is all that is known of an effect; a reset is `acknowledged`."""

    status: CommandStatus
    packets_sent: int


class ActionReply(Reply):
    """`params`: the declared ones of those given, as they were understood."""

    result: ActionResult
    function: str
    params: Mapping[str, ParameterValue]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/specials")
    @describe("List the properties and functions of each kind of device.", reply=SpecialsReply, has_etag=True)
    def list_specials() -> Response:
        return list_reply(SpecialsReply(specials=capability_rows(host.store.snapshot.presets.values())))

    @routes.post("/api/specials/config")
    @describe(
        "Write one property of one device, or of several, and wait for each to acknowledge it.",
        body=WritePropertyBody,
        reply=TaskReply,
        errors=(*_ONE_DEVICE, "nothing_stored", "unavailable"),
        is_busy_gated=True,
    )
    def write_property() -> Response:
        body, snapshot = read_body(WritePropertyBody), host.store.snapshot
        value = None if body.value is None else _property_value(body.value)
        if body.macs is not None:
            return task_reply(host.bulk_config.start(find_devices(body.macs, snapshot), body.key, value, WEB_OPERATOR))
        mac = find_device(body.mac or "", snapshot)
        if value is None:
            return task_reply(host.device_config.start_push(mac, body.key, WEB_OPERATOR))
        return task_reply(host.device_config.start_write(mac, body.key, value, WEB_OPERATOR))

    @routes.post("/api/specials/get")
    @describe(
        "Ask a device for one property. No answer: 200 with `ok` false and the code timeout.",
        body=ReadPropertyBody,
        reply=ReadPropertyReply,
        errors=(*_ONE_DEVICE, *_RADIO),
        not_done=("timeout",),
    )
    def read_property() -> Response:
        body = read_body(ReadPropertyBody)
        mac = find_device(body.mac, host.store.snapshot)
        found = host.device_config.read(mac, body.key, WEB_OPERATOR)
        if found.live is None or found.comparison == "unknown":
            detail = {"comparison": "unknown"}
            return failure_response(200, "timeout", "timeout", detail, mac=mac, key=body.key)
        return reply(
            ReadPropertyReply(
                mac=mac,
                key=body.key,
                value=_value_row(found.live),
                expected=None if found.expected is None else _value_row(found.expected),
                comparison=found.comparison,
            )
        )

    @routes.post("/api/specials/config/import")
    @describe(
        "Store what a device has, without sending.",
        body=ImportPropertyBody,
        reply=ImportPropertyReply,
        errors=_ONE_DEVICE,
    )
    def import_property() -> Response:
        body = read_body(ImportPropertyBody)
        mac = find_device(body.mac, host.store.snapshot)
        written = host.device_config.take_over(mac, body.key, _property_value(body.value))
        return reply(ImportPropertyReply(mac=mac, key=body.key, value=body.value, written=written))

    @routes.post("/api/specials/action")
    @describe(
        "Run a function of one device. A reset that the device does not acknowledge: 200 with `ok` false.",
        body=ActionBody,
        reply=ActionReply,
        errors=(
            "not_found",
            "not_unicast",
            "ambiguous_address",
            "unsupported_function",
            "preset_not_found",
            *_RADIO,
            "tx_rejected",
            "timed_out",
            "link_lost",
        ),
        not_done=("no_reply", "config_refused"),
        is_busy_gated=True,
    )
    def run_function() -> Response:
        body, snapshot = read_body(ActionBody), host.store.snapshot
        mac = find_device(body.mac, snapshot)
        function = find_function(snapshot.device(mac), body.function)
        params = coerced(function.variables, body.params)
        refuse_while_busy(host)
        try:
            result = host.special_actions.run(mac, function, params, WEB_OPERATOR)
        except (ConfigSilent, ConfigRefused) as error:
            return failure_response(200, error.code, str(error), function=function.key)
        row = ActionResult(status=result.status, packets_sent=result.packets_sent)
        if result.ok:
            return reply(ActionReply(result=row, function=function.key, params=params))
        code = result.code or result.status.value
        status = http_status(code) if result.status is CommandStatus.REJECTED else _STATUS_OF_FAILURES.get(code, 500)
        message = result.detail or f"{function.label} was not sent."
        return failure_response(status, code, message, result=row.model_dump(mode="json"), function=function.key)


def _property_value(value: int | SegmentValue) -> PropertyValue:
    return value if isinstance(value, int) else Segment(value.start, value.stop)


def _value_row(value: PropertyValue) -> int | SegmentValue:
    return value if isinstance(value, int) else SegmentValue(start=value.start, stop=value.stop)
