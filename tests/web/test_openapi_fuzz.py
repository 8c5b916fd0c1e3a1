"""Requests made from the API's own description, right and wrong ones: each answer keeps to what is described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint
from tests.web.conftest import wait_until

EXAMPLES = 12
FEWER_EXAMPLES = 5
"""Of a second host, for which only the answers differ."""
CONFORMANCE = [status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = ("/sse", "/api/events")
"""Streams that end only when the browser leaves; `test_live.py` reads them."""
UNAVAILABLE = 503
WHOM = {"mac": "3C610555202E", "macs": ["3C610555202E", "3C6105DA39AC"], "groupId": 1}
KNOWN = {
    "id": 4,
    "gateway_mac": "F412FA5A0001",
    "key": "default",
    "order": [4, 3, 2, 1],
    "target": {"kind": "broadcast"},
}


def operations(app: Flask) -> Iterator[Any]:
    """Those that take something away come last."""
    schema = schemathesis.openapi.from_wsgi("/racelink/api/openapi.json", app)
    found = [each.ok() for each in schema.get_all_operations()]
    for operation in sorted(found, key=lambda each: str(each.method).lower() == "delete"):
        if operation.path not in ENDLESS:
            yield operation


def with_known_names(case: Any) -> None:
    """Chance would never find a device that is there, nor give just one of several ways to name it."""
    if "address" in case.path_parameters:
        case.path_parameters["address"] = WHOM["mac"]
    if isinstance(case.body, dict):
        case.body.update({name: value for name, value in KNOWN.items() if name in case.body})
        named = [name for name in WHOM if name in case.body]
        for name in named:
            del case.body[name]
        if named:
            case.body[named[0]] = WHOM[named[0]]


def problems_of(operation: Any, mode: GenerationMode, host: Host, examples: int) -> list[str]:
    count = 0

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal count
        count += 1
        if mode is GenerationMode.POSITIVE and count % 2:
            with_known_names(case)
        response = case.call()
        if response.status_code == UNAVAILABLE:
            assert response.json()["detail"]["code"] in ("unavailable", "lane_full"), response.text
            case.validate_response(response, checks=CONFORMANCE)
        else:
            case.validate_response(response, checks=[*CONFORMANCE, not_a_server_error])

    try:
        ask()
    except Unsatisfiable:
        pass  # nothing is sent, so nothing can be wrong
    except (Failure, FailureGroup, AssertionError) as error:
        return [f"{operation.label} ({mode.value}): {error}"]
    finally:
        host.tasks.cancel()
        wait_until(lambda: not host.tasks.is_running)
    return []


def modes(operation: Any) -> tuple[GenerationMode, ...]:
    """What takes nothing cannot be asked wrongly."""
    takes_something = list(operation.iter_parameters()) or list(operation.body)
    return (GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes_something else []))


def fuzzed(host: Host, examples: int = EXAMPLES) -> list[str]:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess()))
    return [
        problem
        for operation in operations(app)
        for mode in modes(operation)
        for problem in problems_of(operation, mode, host, examples)
    ]


def test_every_answer_of_a_host_with_a_fleet_is_as_described(host: Host) -> None:
    problems = fuzzed(host)
    assert not problems, "\n".join(problems)


def test_every_answer_of_a_host_without_a_gateway_is_as_described(idle_host: Host) -> None:
    problems = fuzzed(idle_host, FEWER_EXAMPLES)
    assert not problems, "\n".join(problems)
