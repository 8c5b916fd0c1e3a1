"""Judges as the plugin database's validator does, and never milder (spec rotorhazard, section 8)."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_REQUIRED = ("domain", "name", "description", "required_rhapi_version", "version")
_URIS = ("author_uri", "info_uri", "license_uri", "documentation_uri")
_TEXTS = ("author", "license")
_FORMS = {
    "domain": r"[a-z0-9_-]+",
    "version": r"\d+\.\d+\.\d+(-beta(\.\d+)?)?",
    "required_rhapi_version": r"\d+\.\d+",
    "zip_filename": r"[a-z0-9_-]+\.zip",
}
_DEPENDENCY = re.compile(r"git\+https://\S+|[A-Za-z0-9-]+((==|>=)\d+(\.\d+)*(\.\*)?)?")
_PRIVATE = "_racecontext"


def complaints(repository: Path) -> Iterator[str]:
    """Nothing for a repository that the database takes."""
    folder = repository / "custom_plugins"
    entries = list(folder.iterdir()) if folder.is_dir() else []
    if len(entries) != 1:
        yield f"custom_plugins has {len(entries)} entries"
        return
    (plugin,) = entries
    if not (plugin / "manifest.json").is_file():
        yield "there is no manifest.json in the plugin's folder"
        return
    manifest = json.loads((plugin / "manifest.json").read_text(encoding="utf-8"))
    yield from complaints_about(manifest)
    if manifest.get("domain") != plugin.name:
        yield "the domain is not the folder's name"
    for source in sorted(plugin.rglob("*.py")):
        yield from (f"{source.name} {complaint}" for complaint in _about_source(source.read_text(encoding="utf-8")))


def complaints_about(manifest: dict[str, Any]) -> Iterator[str]:
    yield from (f"{key} is missing" for key in _REQUIRED if key not in manifest)
    for key, value in manifest.items():
        if not _is_accepted(key, value):
            yield f"{key}: {value!r}"


def _is_accepted(key: str, value: Any) -> bool:
    if key in _FORMS:
        return isinstance(value, str) and re.fullmatch(_FORMS[key], value) is not None
    if key in _URIS:
        return value is None or (isinstance(value, str) and re.match(r"https?://[^/]", value) is not None)
    if key in _TEXTS:
        return value is None or isinstance(value, str)
    if key == "dependencies":
        return isinstance(value, list) and all(isinstance(each, str) and _DEPENDENCY.fullmatch(each) for each in value)
    return key in _REQUIRED and isinstance(value, str)


def _about_source(source: str) -> Iterator[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError as error:
        yield str(error)
        return
    if any(isinstance(node, ast.Attribute) and node.attr == _PRIVATE for node in nodes):
        yield f"uses {_PRIVATE}"
