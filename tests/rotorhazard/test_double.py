"""The double says what the recorded contract says: every name it offers exists, with the same parameters."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import EVENT_NAMES, TOP_LEVEL, importable, members_of
from tests.rotorhazard.double.modules import (
    ActionEffect,
    DataExporter,
    DataImporter,
    Evt,
    LEDEffect,
    UIField,
    UIFieldSelectOption,
    UIFieldType,
)
from tests.rotorhazard.double.race import Heat, Pilot, RaceClass, SavedRace

SUB_APIS = ("config", "db", "events", "fields", "race", "server", "ui")
CONTROLS = {
    "config": {"drop_unregistered_sections"},
    "db": {
        "is_open",
        "was_damaged",
        "write_defaults",
        "fields",
        "asked",
        "rows_of_pilots",
        "rows_of_heats",
        "rows_of_classes",
        "rows_of_races",
    },
    "race": {"follow"},
    "events": {"errors", "fired", "settle", "spawn", "count", "unfinished", "calls"},
    "fields": {"panel_of"},
    "ui": {"markdown", "buttons", "registrations", "rebuilt", "messages"},
}
"""What a test uses to look into the double; no plugin may."""

Parameters = list[tuple[str, object]]
_REQUIRED = object()


def recorded_parameters(signature: str) -> Parameters:
    """Name and default of each parameter of a signature in the contract."""
    function = ast.parse(f"def {signature}: pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    names = [argument.arg for argument in function.args.args]
    defaults = [ast.literal_eval(default) for default in function.args.defaults]
    return list(zip(names, [_REQUIRED] * (len(names) - len(defaults)) + defaults, strict=True))


def actual_parameters(function: Callable[..., Any]) -> Parameters:
    return [
        (name, _REQUIRED if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self"
    ]


@pytest.mark.parametrize("sub_api", SUB_APIS)
def test_every_member_of_the_double_is_in_the_contract_with_its_parameters(sub_api: str, tmp_path: Path) -> None:
    double, contract = getattr(RotorHazard(tmp_path).rhapi, sub_api), members_of(sub_api)
    offered = {name for name in (*dir(type(double)), *vars(double)) if not name.startswith("_")}
    for name in sorted(offered - CONTROLS.get(sub_api, set())):
        assert name in contract, f"rhapi.{sub_api}.{name} does not exist in RotorHazard"
        member = inspect.getattr_static(type(double), name, None)
        is_method = contract[name]["kind"] == "method"
        assert inspect.isfunction(member) == is_method, f"rhapi.{sub_api}.{name} is a {contract[name]['kind']}"
        if inspect.isfunction(member):
            assert actual_parameters(member) == recorded_parameters(contract[name]["signature"]), name


def test_the_api_object_has_the_version_and_the_shortcuts_of_the_contract(tmp_path: Path) -> None:
    rhapi = RotorHazard(tmp_path).rhapi
    for name in ("API_VERSION_MAJOR", "API_VERSION_MINOR"):
        assert getattr(rhapi, name) == TOP_LEVEL[name]
    assert {name for name in vars(rhapi) if name.startswith("server_")} <= set(TOP_LEVEL)
    assert rhapi.__("unknown text") == "unknown text"


@pytest.mark.parametrize("double", [UIField, UIFieldSelectOption])
def test_a_class_for_fields_has_the_recorded_attributes_and_defaults(double: type[Any]) -> None:
    recorded = importable("RHUI", double.__name__)["dataclass_fields"]
    assert {field.name for field in dataclasses.fields(double)} == set(recorded)
    for field in dataclasses.fields(double):
        is_required = field.default is dataclasses.MISSING
        assert is_required == recorded[field.name]["required"], field.name
        assert is_required or field.default == recorded[field.name]["default"], field.name


def test_field_types_events_and_action_effects_are_those_of_the_contract() -> None:
    assert {kind.name: kind.value for kind in UIFieldType} == importable("RHUI", "UIFieldType")["enum"]
    assert {name: getattr(Evt, name) for name in EVENT_NAMES} == EVENT_NAMES
    recorded = importable("led_event_manager", "LEDEffect")
    assert actual_parameters(LEDEffect.__init__) == recorded_parameters(recorded["constructor"])
    for name, signature in recorded["methods"].items():
        assert actual_parameters(getattr(LEDEffect, name)) == recorded_parameters(signature), name
    recorded = importable("EventActions", "ActionEffect")
    assert actual_parameters(ActionEffect.__init__) == recorded_parameters(recorded["constructor"])
    assert actual_parameters(ActionEffect.runEffect) == recorded_parameters(recorded["methods"]["runEffect"])


def test_exporters_and_importers_are_those_of_the_contract() -> None:
    recorded = importable("data_export", "DataExporter")
    assert actual_parameters(DataExporter.__init__) == recorded_parameters(recorded["constructor"])
    assert actual_parameters(DataExporter.export) == recorded_parameters(recorded["methods"]["export"])
    recorded = importable("data_import", "DataImporter")
    assert actual_parameters(DataImporter.__init__) == recorded_parameters(recorded["constructor"])
    assert actual_parameters(DataImporter.run_import) == recorded_parameters(recorded["methods"]["run_import"])


def test_a_second_handler_of_one_name_replaces_the_first_and_low_priorities_run_inside_the_trigger(
    tmp_path: Path,
) -> None:
    events, seen = RotorHazard(tmp_path).events, []
    events.on("x", lambda args: seen.append("lost"), name="one")
    events.on("x", lambda args: seen.append("late"), name="one")
    events.on("x", lambda args: seen.append("second"), priority=60, name="two")
    events.on("x", lambda args: seen.append("first"), priority=50, name="three")
    events.trigger("x", {})
    assert seen == ["first", "second"], "what is asynchronous has not run yet"
    events.settle()
    assert seen == ["first", "second", "late"]


def test_touching_rows_before_the_database_is_there_is_remembered(tmp_path: Path) -> None:
    database = RotorHazard(tmp_path).rhapi.db
    with pytest.raises(Exception, match="no such table"):
        database.option_set("anything", 1)
    assert database.was_damaged


@pytest.mark.parametrize("row", [Pilot, Heat, RaceClass, SavedRace])
def test_rows_have_only_columns_and_properties_of_the_contract(row: type[Any]) -> None:
    recorded = importable("Database", {"SavedRace": "SavedRaceMeta"}.get(row.__name__, row.__name__))
    fields = {field.name for field in dataclasses.fields(row)}
    assert fields <= set(recorded["columns"])
    properties = {name for name, member in vars(row).items() if isinstance(member, property)}
    assert properties <= set(recorded["properties"])
