"""The WebUI's types are made from the API's description, and the WebUI asks for nothing that is not in it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
CALL = re.compile(r"\bapi\.(get|post|put|remove)\(\s*[\"'`]([^\"'`]+)[\"'`]")


@pytest.fixture
def types() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_types", ROOT / ".ci" / "api_types.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def document(idle_client: FlaskClient) -> dict[str, Any]:
    return dict(idle_client.get("/racelink/api/openapi.json").json or {})


def test_the_types_are_those_of_the_description(types: ModuleType, document: dict[str, Any]) -> None:
    stored = (ROOT / "static" / "app" / "api-types.d.ts").read_text(encoding="utf-8")
    assert stored == types.declarations(document), "run .ci/api_types.py"


def test_the_page_asks_only_for_what_is_described(document: dict[str, Any]) -> None:
    asked = [
        (file.name, "delete" if method == "remove" else method, path)
        for file in (ROOT / "static").rglob("*.js")
        for method, path in CALL.findall(file.read_text(encoding="utf-8"))
    ]
    assert len(asked) > 10
    for file, method, path in asked:
        pattern = re.sub(r"\$\{[^}]*\}", "{}", path.partition("?")[0])
        described = {
            re.sub(r"\{[^}]*\}", "{}", each) for each, methods in document["paths"].items() if method in methods
        }
        assert f"/api/{pattern}" in described, f"{file}: {method} {path}"


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"$ref": "#/components/schemas/Row"}, "Row"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number | null"),
        ({"const": "all", "type": "string"}, '"all"'),
        ({"enum": ["a", 1]}, '"a" | 1'),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "Array<string | null>"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, "[number, string]"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"allOf": [{"$ref": "#/components/schemas/Row"}, {}]}, "Row"),
        ({}, "unknown"),
    ],
)
def test_each_kind_of_schema_has_a_type(types: ModuleType, schema: dict[str, Any], written: str) -> None:
    assert types.type_of(schema) == written
