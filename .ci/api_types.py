"""Writes static/app/api-types.d.ts: the types of the WebUI, made from the API's own description and nothing else.

    .venv/bin/python .ci/api_types.py

A test compares the file with what this would write.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "static" / "app" / "api-types.d.ts"
_PLAIN = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}
_HEAD = """// The types of the HTTP API, made from its own description. Do not edit: run .ci/api_types.py instead.
"""


def type_of(schema: Mapping[str, Any]) -> str:
    """A JSON schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for combined in ("anyOf", "oneOf"):
        if combined in schema:
            return " | ".join(dict.fromkeys(type_of(each) for each in schema[combined]))
    if "allOf" in schema:
        return type_of(schema["allOf"][0])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(map(type_of, schema['prefixItems']))}]"
        return f"Array<{type_of(schema.get('items', {}))}>"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {type_of(values) if isinstance(values, dict) else 'unknown'}>"
    return _PLAIN.get(str(kind), "unknown")


def lines_of(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        yield ""
        if "description" in schema:
            yield f"/** {' '.join(schema['description'].split())} */"
        if "properties" not in schema:
            yield f"export type {name} = {type_of(schema)};"
            continue
        yield f"export interface {name} {{"
        for field, entry in schema["properties"].items():
            optional = "" if field in schema.get("required", ()) else "?"
            yield f"  {field}{optional}: {type_of(entry)};"
        if schema.get("additionalProperties") is True:
            yield "  [more: string]: unknown;"
        yield "}"
    for method in ("get", "post", "put", "delete"):
        yield ""
        yield f"/** By address below `api/`: what `{method.upper()}` takes and answers. */"
        yield f"export interface {method.capitalize()} {{"
        for path, methods in document["paths"].items():
            if method in methods and path.startswith("/api/"):
                yield from _route(path.removeprefix("/api/"), methods[method])
        yield "}"


def _route(path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    answer = operation["responses"]["200"]["content"].get("application/json")
    if answer is None or "$ref" not in str(answer):
        return
    taken = type_of(body["schema"]) if body else "undefined"
    yield f'  "{path}": {{ body: {taken}; reply: {type_of(_done(answer["schema"]))} }};'


def _done(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer without what the client turns into an error."""
    return schema["anyOf"][0] if "anyOf" in schema else schema


def declarations(document: Mapping[str, Any]) -> str:
    return _HEAD + "\n".join(lines_of(document)) + "\n"


def _document() -> dict[str, Any]:
    from gevent import monkey

    monkey.patch_all()
    sys.path.insert(0, str(ROOT))
    from flask import Flask

    from racelink_core import create_host
    from racelink_core.configuration import HostConfiguration
    from racelink_core.web import OpenAccess, create_blueprint

    with tempfile.TemporaryDirectory() as folder:
        host = create_host(HostConfiguration(data_directory=Path(folder)))
        try:
            app = Flask("types", static_folder=None)
            app.register_blueprint(create_blueprint(host, access=OpenAccess()))
            return dict(app.test_client().get("/racelink/api/openapi.json").get_json())
        finally:
            host.stop()


if __name__ == "__main__":
    FILE.write_text(declarations(_document()), encoding="utf-8")
    print(f"Wrote {FILE}")
