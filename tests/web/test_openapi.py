"""The description of the API: whole, of one piece with the routes, and readable without internet."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel

from racelink_core.host import Host
from racelink_core.web import OpenAccess, create_blueprint
from racelink_core.web.api import whole_api
from racelink_core.web.api_page import render_page
from racelink_core.web.description import describe
from racelink_core.web.openapi import AmbiguousModel, Operation, description_of, document_of, operations_of

ADDRESS = "/racelink/api/openapi.json"


def app_of(host: Host, prefix: str = "/racelink") -> Flask:
    app = Flask("test", static_folder=None)
    app.register_blueprint(create_blueprint(host, access=OpenAccess(), url_prefix=prefix))
    return app


def document(host: Host, prefix: str = "/racelink") -> dict[str, Any]:
    answer = app_of(host, prefix).test_client().get(f"{prefix}/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


def references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()))
    return set().union(*map(references, part)) if isinstance(part, list) else set()


def test_every_route_of_the_api_is_described(idle_host: Host) -> None:
    described, missing = operations_of(whole_api(idle_host, "standalone"))
    assert missing == [], "put @describe below the route's decorator"
    assert len(described) > 30
    for operation in described:
        assert operation.description.summary.endswith("."), operation.path


def test_the_document_refers_to_nothing_that_it_does_not_hold(idle_host: Host) -> None:
    found = document(idle_host)
    assert found["openapi"].startswith("3.1.")
    held = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert references(found["paths"]) | references(found["components"]) <= held
    identities = [operation["operationId"] for methods in found["paths"].values() for operation in methods.values()]
    assert len(identities) == len(set(identities))


def test_an_operation_names_its_parts(idle_host: Host) -> None:
    paths = document(idle_host)["paths"]
    discover = paths["/api/discover"]["post"]
    body = discover["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/DiscoverBody"}
    assert discover["requestBody"]["required"] is False
    assert set(discover["responses"]) >= {"200", "400", "401", "403", "404", "409", "413", "415", "429", "500", "503"}
    assert "Busy" in str(discover["responses"]["409"])
    assert "304" in paths["/api/devices"]["get"]["responses"]
    assert "forbidden_origin" in str(discover["responses"]["403"])
    reading = paths["/api/devices"]["get"]["responses"]["403"]
    assert "forbidden_origin" not in str(reading), "reading is allowed from everywhere"
    [address] = paths["/api/devices/{address}"]["delete"]["parameters"]
    assert (address["name"], address["in"], address["required"]) == ("address", "path", True)
    limit = next(each for each in paths["/api/traffic"]["get"]["parameters"] if each["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 500, "default": 200}
    assert "text/event-stream" in paths["/sse"]["get"]["responses"]["200"]["content"]


def test_answers_promise_all_their_fields_and_no_others(idle_host: Host) -> None:
    schemas = document(idle_host)["components"]["schemas"]
    row = schemas["DeviceRow"]
    assert set(row["required"]) == set(row["properties"])
    assert row["additionalProperties"] is False
    assert "ok" in schemas["DevicesReply"]["required"]


def test_the_document_is_read_again_only_when_it_changed(idle_host: Host) -> None:
    client = app_of(idle_host).test_client()
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_two_models_with_one_name_are_noticed(idle_host: Host) -> None:
    def view(model: type[BaseModel]) -> Operation:
        described = describe("Do it.", reply=model)(lambda: None)
        description = description_of(described)
        assert description is not None
        return Operation("GET", f"/api/{id(model)}", {}, description, "test")

    def other() -> type[BaseModel]:
        class Row(BaseModel):
            words: str

        return Row

    class Row(BaseModel):
        number: int

    with pytest.raises(AmbiguousModel, match="Row"):
        document_of([view(Row), view(other())], "")


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.identities: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.identities += [value for name, value in attrs if name == "id" and value]


@pytest.mark.parametrize("prefix", ["/racelink", "/timer/lights", ""])
def test_the_page_needs_nothing_from_elsewhere(idle_host: Host, prefix: str) -> None:
    client = app_of(idle_host, prefix).test_client()
    answer = client.get(f"{prefix}/api/docs")
    assert answer.data == client.get(f"{prefix}/api/").data
    page = Page(answer.text)
    assert "script" not in page.tags
    for link in page.links:
        assert link == "openapi.json" or link.removeprefix("#") in page.identities
    assert len(page.identities) == len(set(page.identities))
    assert f"<code>{prefix or '/'}</code>" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for operation in ("POST /api/discover", "GET /api/devices", "DELETE /api/devices/{address}"):
        assert operation in answer.text


def test_the_page_escapes_what_it_shows(idle_host: Host) -> None:
    found = document(idle_host)
    found["info"]["description"] = "<script>alert(1)</script> & `x<y`"
    found["paths"]["/api/health"]["get"]["summary"] = '"><img src=x>'
    text = render_page(found)
    assert "<script>" not in text
    assert "<img" not in text
    assert re.search(r"<code>x&lt;y</code>", text)


def test_the_guide_names_only_what_there_is(idle_host: Host) -> None:
    """docs/api.md, whose examples somebody will copy."""
    guide = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    found = document(idle_host)
    named = set(re.findall(r"\$API/([a-z/-]+)", guide)) | set(re.findall(r'ask\("([a-z/-]+)"', guide))
    assert len(named) > 8
    assert {f"/api/{path}" for path in named} <= set(found["paths"])
    codes = {
        code for row in re.findall(r"^\| \d{3}.*$", guide, re.MULTILINE) for code in re.findall(r"`([a-z_]{5,})`", row)
    }
    text = json.dumps(found)
    for code in codes - {"fields", "method_not_allowed"}:
        assert f'"{code}"' in text, code
