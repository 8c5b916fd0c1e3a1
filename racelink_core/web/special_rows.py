"""What the API says about node properties, functions and pairing. Source: spec http-api, section 4. Names are its."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.node_commands import CONFIG_BITS, NODE_COMMANDS, PAIRING_FACTS
from racelink_core.domain.node_options import NodeProperty
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.special_functions import SpecialFunction, Variable
from racelink_core.domain.specials import CATALOGUE


class OptionRow(FrozenModel):
    """`shape` uint16-pair: a value is `{start, stop}`, stored under `keys`. `may_be_empty`: 0 and 0 for no segment."""

    key: str
    label: str
    option: int
    min: int
    max: int
    bytes: int
    shape: Literal["scalar", "uint16-pair"]
    default: int | None
    readable: bool
    keys: tuple[str, ...]
    may_be_empty: bool


class ChoiceRow(FrozenModel):
    value: str
    label: str


class VariableRow(FrozenModel):
    """`options`: those of a select; null for other widgets. `min` and `max` bound the others."""

    label: str
    widget: Literal["number", "slider", "select", "toggle", "color"]
    min: int
    max: int
    default: int | None
    options: tuple[ChoiceRow, ...] | None


class FunctionRow(FrozenModel):
    """`confirm`: the question to ask first, null if none. `refresh`: read the properties again afterwards."""

    key: str
    label: str
    comm: str
    vars: tuple[str, ...]
    ui: Mapping[str, VariableRow]
    type: Literal["effect", "configuration", "stream"]
    unicast: bool
    broadcast: bool
    confirm: str | None
    refresh: bool


class CapabilityRow(FrozenModel):
    label: str
    options: tuple[OptionRow, ...]
    functions: tuple[FunctionRow, ...]


class CommandRow(FrozenModel):
    """`confirm`: the question to ask first, null if none."""

    key: str
    label: str
    option: int
    data0: int
    destructive: bool
    confirm: str | None
    explanation: str


class BitRow(FrozenModel):
    bit: int
    label: str
    default_visible: bool


class FactRow(FrozenModel):
    title: str
    text: str


_NO_PRESETS = ChoiceRow(value="", label="There is no RaceLink preset yet")


def capability_rows(presets: Iterable[RlPreset]) -> dict[str, CapabilityRow]:
    choices = tuple(ChoiceRow(value=str(preset.id), label=preset.label) for preset in presets) or (_NO_PRESETS,)
    return {
        name: CapabilityRow(
            label=specials.label,
            options=tuple(map(_option_row, specials.properties)),
            functions=tuple(_function_row(function, choices) for function in specials.functions),
        )
        for name, specials in CATALOGUE.items()
    }


def command_rows() -> tuple[CommandRow, ...]:
    return tuple(
        CommandRow(
            key=command.key,
            label=command.label,
            option=command.option,
            data0=command.data0,
            destructive=command.is_destructive,
            confirm=command.confirm,
            explanation=command.explanation,
        )
        for command in NODE_COMMANDS
    )


def bit_rows() -> tuple[BitRow, ...]:
    return tuple(BitRow(bit=each.bit, label=each.label, default_visible=each.is_shown) for each in CONFIG_BITS)


def pairing_rows() -> tuple[FactRow, ...]:
    return tuple(FactRow(title=fact.title, text=fact.text) for fact in PAIRING_FACTS)


def _option_row(prop: NodeProperty) -> OptionRow:
    return OptionRow(
        key=prop.key,
        label=prop.label,
        option=prop.option,
        min=prop.minimum,
        max=prop.maximum,
        bytes=prop.size,
        shape=prop.shape,
        default=prop.default,
        readable=True,
        keys=prop.flat_keys,
        may_be_empty=prop.may_be_empty,
    )


def _function_row(function: SpecialFunction, presets: tuple[ChoiceRow, ...]) -> FunctionRow:
    return FunctionRow(
        key=function.key,
        label=function.label,
        comm=function.comm,
        vars=tuple(variable.name for variable in function.variables),
        ui={variable.name: _variable_row(variable, presets) for variable in function.variables},
        type=function.kind,
        unicast=True,
        broadcast=function.broadcast,
        confirm=function.confirm,
        refresh=function.refresh,
    )


def _variable_row(variable: Variable, presets: tuple[ChoiceRow, ...]) -> VariableRow:
    return VariableRow(
        label=variable.label,
        widget=variable.widget,
        min=variable.minimum,
        max=variable.maximum,
        default=variable.default,
        options=presets if variable.source == "rl_presets" else None,
    )
