"""The OpenAPI document as one page to read: no script, nothing from elsewhere, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from racelink_core.state.entities import in_slices

_PER_SLICE = 10
STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--word:#0b63c4}
@media(prefers-color-scheme:dark){:root{--word:#7db8ff}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h1{margin:.5rem 0}h2{margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{margin:1.5rem 0 .25rem;font-size:1rem}h3 code{font-size:1rem}
a{color:var(--word)}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
nav ul{columns:14rem;padding-left:1.2rem}p{margin:.25rem 0}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-top:1px solid var(--line)}
details{background:var(--soft);border-radius:.4rem;padding:.3rem .6rem;margin:.4rem 0}
"""
_METHODS = ("get", "post", "put", "patch", "delete")


def render_page(document: Mapping[str, Any]) -> str:
    """Everything that comes from the document is escaped. Computes in slices."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in in_slices(document["paths"].items(), _PER_SLICE):
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                by_tag.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    info = document["info"]
    contents = "".join(f'<li><a href="#{escape(tag)}">{escape(_words(tag))}</a></li>' for tag in by_tag)
    sections = "".join(
        f'<section aria-labelledby="{escape(tag)}"><h2 id="{escape(tag)}">{escape(_words(tag))}</h2>'
        f"{''.join(operations)}</section>"
        for tag, operations in by_tag.items()
    )
    models = "".join(
        _model(name, schema) for name, schema in in_slices(document["components"]["schemas"].items(), _PER_SLICE)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(info["title"])} API</title>
<style>{STYLE}</style>
</head>
<body>
<header><h1>{escape(info["title"])} API {escape(info["version"])}</h1>
<p>{_code(info["description"])}</p>
<p>All addresses begin with <code>{escape(document["servers"][0]["url"])}</code>.
<a href="openapi.json">The same as OpenAPI document</a>.</p></header>
<nav aria-label="Contents"><ul>{contents}<li><a href="#models">Models</a></li></ul></nav>
<main>{sections}<section aria-labelledby="models"><h2 id="models">Models</h2>{models}</section></main>
</body>
</html>
"""


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parts = [
        f'<h3 id="{escape(operation["operationId"])}"><code>{method.upper()} {escape(path)}</code></h3>',
        f"<p>{_code(operation['summary'])}</p>",
    ]
    query = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    if query:
        listed = ", ".join(f"<code>{escape(each['name'])}</code> {_type(each['schema'])}" for each in query)
        parts.append(f"<p>Query: {listed}</p>")
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Body ({escape(media_type)}): {_type(content['schema'])}</p>")
    for media_type, content in operation["responses"]["200"].get("content", {}).items():
        parts.append(f"<p>Answer ({escape(media_type)}): {_type(content['schema'])}</p>")
    failures = "".join(
        f"<tr><th scope='row'>{escape(status)}</th><td>{_code(response['description'])}</td>"
        f"<td>{', '.join(f'<code>{escape(code)}</code>' for code in _codes(response))}</td></tr>"
        for status, response in operation["responses"].items()
        if status != "200"
    )
    parts.append(
        f"<details><summary>What else it answers</summary><table><tr><th scope='col'>Status</th>"
        f"<th scope='col'>Meaning</th><th scope='col'>Codes</th></tr>{failures}</table></details>"
    )
    return f"<article>{''.join(parts)}</article>"


def _model(name: str, schema: Mapping[str, Any]) -> str:
    about = f"<p>{_code(schema['description'])}</p>" if "description" in schema else ""
    heading = f'<h3 id="model-{escape(name)}">{escape(name)}</h3>{about}'
    if "properties" not in schema:
        return f"<article>{heading}<p>{_type({**schema, 'description': ''})}</p></article>"
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(field)}</code></th><td>{_type(entry)}</td>"
        f"<td>{'' if field in schema.get('required', ()) else 'optional'}</td></tr>"
        for field, entry in schema["properties"].items()
    )
    return f"<article>{heading}<table><caption>Fields</caption>{rows}</table></article>"


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words, with links to models."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#model-{escape(name)}">{escape(name)}</a>'
    for combined, word in (("anyOf", " or "), ("oneOf", " or ")):
        if combined in schema:
            return word.join(map(_type, schema[combined]))
    if "allOf" in schema:
        codes = ", ".join(f"<code>{escape(code)}</code>" for code in _enumerated(schema))
        return f"{_type(schema['allOf'][0])}{f' ({codes})' if codes else ''}"
    if "const" in schema:
        return f"<code>{escape(repr(schema['const']))}</code>"
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    bounds = [f"{schema[key]}" if key in schema else "" for key in ("minimum", "maximum")]
    between = f" {bounds[0]} to {bounds[1]}".rstrip() if any(bounds) else ""
    return escape(f"{schema.get('type', 'anything')}{between}")


def _codes(response: Mapping[str, Any]) -> Iterator[str]:
    for content in response.get("content", {}).values():
        yield from _enumerated(content["schema"])


def _enumerated(schema: Mapping[str, Any]) -> Iterator[str]:
    """The codes in a failure's schema."""
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _enumerated(part)
    detail = schema.get("properties", {}).get("detail", {})
    yield from detail.get("properties", {}).get("code", {}).get("enum", ())


def _code(text: str) -> str:
    """Escaped, with `so` marked as code; an empty line begins a paragraph."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return marked.replace("\n\n", "</p><p>")


def _words(tag: str) -> str:
    return tag.replace("_", " ").capitalize()
