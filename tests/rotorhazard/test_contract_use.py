"""What the plugin uses of RotorHazard exists in the recorded contract, with the arguments that it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import racelink_rh_plugin
from tests.rotorhazard.double.contract import EVENT_NAMES, TOP_LEVEL, importable, members_of

SOURCES = sorted(Path(racelink_rh_plugin.__file__).parent.rglob("*.py"))
SUB_APIS = ("config", "db", "events", "fields", "race", "server", "ui")
MODULES = ("RHUI", "EventActions", "data_export", "data_import", "eventmanager", "led_event_manager")


def nodes() -> Iterator[ast.AST]:
    for source in SOURCES:
        yield from ast.walk(ast.parse(source.read_text(encoding="utf-8")))


def chain(node: ast.expr) -> list[str]:
    """`self._rhapi.ui.panels` as its names; empty for what is no plain chain."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else []


def api_path(node: ast.expr) -> list[str]:
    """What is asked of the API object: `["ui", "panels"]`."""
    names = chain(node)
    for name in ("rhapi", "_rhapi"):
        if name in names:
            return names[names.index(name) + 1 :]
    return []


def test_every_member_that_is_used_is_in_the_contract() -> None:
    used = {tuple(path[:2]) for node in nodes() if isinstance(node, ast.Attribute) and (path := api_path(node))}
    assert ("ui", "register_panel") in used, "the search itself works"
    for names in used:
        if names[0] in SUB_APIS:
            assert len(names) == 1 or names[1] in members_of(names[0]), f"rhapi.{'.'.join(names)}"
        else:
            assert names[0] in TOP_LEVEL, f"rhapi.{names[0]}"


def test_every_call_gives_arguments_that_the_contract_takes() -> None:
    calls = [(api_path(node.func), node) for node in nodes() if isinstance(node, ast.Call)]
    checked = 0
    for path, call in calls:
        if len(path) == 2 and path[0] in SUB_APIS:
            check_call(call, members_of(path[0])[path[1]]["signature"])
            checked += 1
    assert checked > 10


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("RHUI", "UIField"),
        ("RHUI", "UIFieldSelectOption"),
        ("EventActions", "ActionEffect"),
        ("data_export", "DataExporter"),
        ("data_import", "DataImporter"),
        ("led_event_manager", "LEDEffect"),
    ],
)
def test_every_class_is_built_as_the_contract_says(module: str, name: str) -> None:
    described = importable(module, name)
    calls = [node for node in nodes() if isinstance(node, ast.Call) and chain(node.func) == [name]]
    assert calls
    for call in calls:
        if "dataclass_fields" in described:
            parameters = described["constructor"].removeprefix(f"{name}(").partition(")")[0]
            names = [part.partition(":")[0].strip() for part in parameters.split(", ")]
            assert len(call.args) <= len(names)
            assert {keyword.arg for keyword in call.keywords} <= set(names)
        else:
            check_call(call, described["constructor"])


def test_only_what_the_contract_lists_is_imported_from_the_server() -> None:
    imports = [node for node in nodes() if isinstance(node, ast.ImportFrom) and node.module in MODULES]
    assert {node.module for node in imports} == set(MODULES)
    for node in imports:
        for alias in node.names:
            assert importable(str(node.module), alias.name)


def test_every_event_that_is_listened_to_exists() -> None:
    calls = [node for node in nodes() if isinstance(node, ast.Call) and chain(node.func) == ["listen"]]
    names = [call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)]
    assert "STARTUP" in names
    assert set(names) <= set(EVENT_NAMES)


def test_the_server_is_imported_in_one_module_only() -> None:
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        importing = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in MODULES]
        assert not importing or source.name == "rotorhazard.py", source.name


def check_call(call: ast.Call, signature: str) -> None:
    function = ast.parse(f"def {signature}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    names = [argument.arg for argument in function.args.args]
    given = [*names[: len(call.args)], *(str(keyword.arg) for keyword in call.keywords)]
    required = names[: len(names) - len(function.args.defaults)]
    assert len(call.args) <= len(names), signature
    assert set(given) <= set(names), signature
    assert set(required) <= set(given), signature
