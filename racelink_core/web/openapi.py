"""The OpenAPI 3.1 document, made from what the routes say of themselves (`description.py`) and from their models.

It is the one source of what is written about the API: the readable page, the types of the WebUI, the tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.json_schema import CoreModeRef, DefsRef, GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from racelink_core import __version__
from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.turns import Turns
from racelink_core.web.description import RouteDescription, description_of
from racelink_core.web.failures import http_status
from racelink_core.web.model_parts import build
from racelink_core.web.routes import Routes
from racelink_core.web.task_row import TaskRow

_REFERENCE = "#/components/schemas/{model}"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_EVERYWHERE = ("unauthorized", "forbidden_host", "too_many_attempts", "internal", "store_closed")
_CHANGES = ("forbidden_origin", "store_busy", "store_error", "store_full", "store_not_saved", "nothing_saved")
_BODY = ("invalid_json", "invalid_request", "unsupported_media_type", "too_large")
_STATUS_OF_ACCESS = {"forbidden_host": 403, "too_many_attempts": 429, "too_large": 413, "unsupported_media_type": 415}
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
_PARAMETER_TYPES: Mapping[str, dict[str, Any]] = {"IntegerConverter": {"type": "integer", "minimum": 0}}
_STATUS_WORDS = {
    200: "Done.",
    304: "Nothing has changed since the answer with this `ETag`.",
    400: "The request cannot be followed; nothing was changed.",
    401: "Log in first.",
    403: "It was sent by a page of another site, or, without a login, to another name than localhost.",
    404: "It names something that is not there.",
    409: "Something else is under way.",
    413: "Too large.",
    415: "Of another content type.",
    429: "Too many wrong logins. `Retry-After` says how many seconds to wait.",
    500: "It failed.",
    503: "What is needed is not there now.",
}
_ABOUT = """Every answer is JSON with `ok`. A failure has `error`, a sentence for people, and `detail.code`, for
programs. Whole numbers are also taken as digit strings and as numbers like 3.0; addresses with any separators and in
any case, in 12 digits or the last 6. An empty body is `{}`. Lists have an `ETag`: send it as `If-None-Match` to get 304
while nothing changes. What changes the host's state is refused when it comes from a page of another site."""


class FailureDetail(BaseModel):
    """`code` is stable; further fields depend on it."""

    model_config = ConfigDict(extra="allow")

    code: str


class Failure(BaseModel):
    """Every answer that is not what was asked for."""

    model_config = ConfigDict(extra="allow")

    ok: Literal[False]
    error: str
    detail: FailureDetail


class Busy(Failure):
    """A task is running; ask again when it is done, or cancel it."""

    busy: Literal[True]
    task: TaskRow


class AmbiguousModel(RaceLinkError):
    """Two models of the API have one name, so that a reference would not say which."""

    code = "ambiguous_model"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. `path` is relative to the prefix, parameters as `{name}`."""

    method: str
    path: str
    parameters: Mapping[str, dict[str, Any]]
    description: RouteDescription
    tag: str


def operations_of(routes: Routes) -> tuple[list[Operation], list[str]]:
    """The described operations in order of registration, and the addresses below `/api/` that nobody described."""
    described: list[Operation] = []
    missing: list[str] = []
    for rule in routes.rules():
        path, view = rule.rule, rule.endpoint
        description = description_of(view)
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if description is None:
            missing += [f"{method} {path}" for method in methods if path.startswith("/api/")]
            continue
        parameters: dict[str, dict[str, Any]] = {}
        for name in sorted(rule.arguments):
            converter = type(rule._converters[name]).__name__
            parameters[name] = dict(_PARAMETER_TYPES.get(converter, {"type": "string"}))
        described += [
            Operation(method, _template(path), parameters, description, view.__module__.rpartition(".")[2])
            for method in methods
        ]
    return described, missing


def document_of(operations: Iterable[Operation], base_path: str) -> dict[str, Any]:
    """Takes some 100 ms, in slices: other work goes on meanwhile. Raises AmbiguousModel."""
    turns = Turns()
    components = _Components(turns)
    paths: dict[str, dict[str, Any]] = {}
    for operation in turns.between(operations):
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "RaceLink", "version": __version__, "description": _ABOUT},
        "servers": [{"url": base_path or "/"}],
        "security": [{}, {"basic": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Inside RotorHazard its admin login; by itself any user name and the password.",
                },
                "token": {"type": "http", "scheme": "bearer", "description": "Standalone, beyond this computer."},
            },
        },
    }


def codes_by_status(operation: Operation) -> dict[int, list[str]]:
    """Every code that this operation may answer instead of 200."""
    description = operation.description
    codes = [*_EVERYWHERE, *description.errors]
    if operation.method not in _SAFE_METHODS:
        codes += _CHANGES
    if description.body is not None or description.file is not None:
        codes += _BODY
    if description.query is not None:
        codes.append("invalid_request")
    found: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        found.setdefault(_STATUS_OF_ACCESS.get(code) or http_status(code), []).append(code)
    if description.is_busy_gated:
        found.setdefault(409, []).append("task_running")
    return dict(sorted(found.items()))


class _Components:
    """Collects the schemas of models, each under its name."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.schemas: dict[str, dict[str, Any]] = {}
        self._done: set[tuple[type[BaseModel], JsonSchemaMode]] = set()

    def of(self, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
        """A reference to the model's schema."""
        reference = {"$ref": _REFERENCE.format(model=model.__name__)}
        if (model, mode) in self._done:
            return reference
        self._done.add((model, mode))
        build(model, self._turns)
        generator = _Generator(self._turns)
        self._keep(model.__name__, generator.whole(model, mode))
        for name, definition in self._turns.between(generator.definitions.items()):
            self._keep(name, definition)
        return reference

    def of_query(self, model: type[BaseModel]) -> dict[str, Any]:
        """The schema itself: a query's fields are parameters, each by itself."""
        build(model, self._turns)
        return _Generator(self._turns).whole(model, "validation")

    def _keep(self, name: str, schema: dict[str, Any]) -> None:
        tidy = _tidied(schema)
        known = self.schemas.setdefault(name, tidy)
        if known == tidy:
            return
        if {**known, "required": None} != {**tidy, "required": None}:
            raise _ambiguous(name)
        # Sent and received: what has a default may be left out of what is sent, so it is not promised either.
        required = [field for field in known.get("required", ()) if field in tidy.get("required", ())]
        self.schemas[name] = {**known, "required": required}


class _Generator(GenerateJsonSchema):
    """Names every definition for good as soon as it is met, and leaves the order as it is: pydantic's `generate` finds
    short names and sorts in one go, which takes longer than all the rest.
    """

    def __init__(self, turns: Turns) -> None:
        super().__init__(ref_template=_REFERENCE)
        self._turns = turns

    def whole(self, model: type[BaseModel], mode: JsonSchemaMode) -> JsonSchemaValue:
        """The model's schema; those that it refers to are in `definitions`."""
        self._mode = mode
        schema = self.generate_inner(TypeAdapter(model).core_schema)
        return self.definitions[self.json_to_defs_refs[schema["$ref"]]] if "$ref" in schema else schema

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        self._turns.give_way_if_long()
        return super().generate_inner(schema)

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        """The name of the class. Raises AmbiguousModel where another one has it."""
        qualified_name = core_mode_ref[0].partition(":")[0]
        name = DefsRef(self.normalize_name(qualified_name.rpartition(".")[2]))
        if name in self.defs_to_core_refs:
            raise _ambiguous(name)
        return name

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """What we answer is always whole, also where the model has a default."""
        return self.mode == "serialization" or super().field_is_required(field, total)


def _ambiguous(name: str) -> AmbiguousModel:
    return AmbiguousModel(f"Two models of the API are called {name}. Give one of them another name.")


def _operation(operation: Operation, components: _Components) -> dict[str, Any]:
    description = operation.description
    entry: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "tags": [operation.tag],
        "summary": description.summary,
        "parameters": list(_parameters(operation, components)),
        "responses": {
            "200": {"description": _STATUS_WORDS[200], "content": _answer(description, components)},
            **({"304": {"description": _STATUS_WORDS[304]}} if description.has_etag else {}),
            **{
                str(status): {"description": _STATUS_WORDS[status], "content": _failure(codes, components)}
                for status, codes in codes_by_status(operation).items()
            },
        },
    }
    if not entry["parameters"]:
        del entry["parameters"]
    body = _body(description, components)
    if body is not None:
        entry["requestBody"] = body
    return entry


def _parameters(operation: Operation, components: _Components) -> Iterator[dict[str, Any]]:
    for name, schema in operation.parameters.items():
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if operation.description.query is None:
        return
    schema = components.of_query(operation.description.query)
    for name, field in _tidied(schema)["properties"].items():
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": field}


def _body(description: RouteDescription, components: _Components) -> dict[str, Any] | None:
    if description.file is not None:
        schema = {
            "type": "object",
            "required": [description.file],
            "properties": {description.file: {"type": "string", "contentMediaType": "application/octet-stream"}},
        }
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if description.body is None:
        return None
    reference = components.of(description.body, "validation")
    is_required = bool(components.schemas[description.body.__name__].get("required", ()))
    return {"required": is_required, "content": {"application/json": {"schema": reference}}}


def _answer(description: RouteDescription, components: _Components) -> dict[str, Any]:
    if description.reply is None:
        return {description.media_type: {"schema": {"type": "string"}}}
    schema = components.of(description.reply, "serialization")
    if description.not_done:
        schema = {"anyOf": [schema, _with_code(components.of(Failure, "serialization"), description.not_done)]}
    return {"application/json": {"schema": schema}}


def _failure(codes: Collection[str], components: _Components) -> dict[str, Any]:
    schemas = []
    others = [code for code in codes if code != "task_running"]
    if others:
        schemas.append(_with_code(components.of(Failure, "serialization"), others))
    if len(others) < len(codes):
        schemas.append(_with_code(components.of(Busy, "serialization"), ["task_running"]))
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"application/json": {"schema": schema}}


def _with_code(reference: dict[str, Any], codes: Collection[str]) -> dict[str, Any]:
    detail = {"properties": {"code": {"enum": list(codes)}}}
    return {"allOf": [reference, {"properties": {"detail": detail}}]}


def _tidied(schema: Any) -> Any:
    """Without pydantic's titles, and with the names that JSON Schema has for bounds."""
    if isinstance(schema, list):
        return [_tidied(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    tidy: dict[str, Any] = {}
    for name, value in schema.items():
        if name in ("properties", "$defs"):
            tidy[name] = {key: _tidied(entry) for key, entry in value.items()}
        elif name not in ("title", "default", "const", "enum", "mapping"):
            bound = _BOUNDS.get(str(name), str(name))
            tidy[bound] = _tidied(value)
        elif name != "title":
            tidy[name] = value
    fixed = [name for name, field in tidy.get("properties", {}).items() if "const" in field]
    if fixed:
        # What tells one model from another has to be said, though the model would know by itself.
        tidy["required"] = list(dict.fromkeys((*fixed, *tidy.get("required", ()))))
    return tidy


def _template(path: str) -> str:
    """`/a/<int:b>` as `/a/{b}`."""
    parts = []
    for part in path.split("<"):
        inside, is_parameter, rest = part.partition(">")
        parts.append("{" + inside.rpartition(":")[2] + "}" + rest if is_parameter else part)
    return "".join(parts)


def _operation_id(operation: Operation) -> str:
    words = operation.path.replace("{", "").replace("}", "").replace("-", "_").removeprefix("/api").strip("/")
    return "_".join((operation.method.lower(), *filter(None, words.split("/"))))
