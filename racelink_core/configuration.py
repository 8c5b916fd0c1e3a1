"""How a host is set up: one model, filled from defaults < file < environment < command line (design 3.18)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.timings import Timings
from racelink_core.links.url import parse_pins

ENVIRONMENT_PREFIX = "RACELINK_"
_SECRET = ("token", "password")


class ConfigurationError(RaceLinkError):
    """The program was set up wrongly; it does not start. `field` names what is to be mended."""

    code = "invalid_configuration"

    def __init__(self, field: str, problem: str, source: str) -> None:
        super().__init__(f"{field}: {problem} (in {source})" if field else f"{problem} (in {source})")
        self.field, self.problem, self.source = field, problem, source


def default_data_directory() -> Path:
    """The platform's place for a user's data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "RaceLink"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "RaceLink"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "racelink"


def older_home(environ: Mapping[str, str]) -> Path:
    """Where an older RaceLink kept its files: `RACELINK_HOME`, or `.racelink` in the user's folder."""
    named = environ.get("RACELINK_HOME")
    return Path(named) if named else Path.home() / ".racelink"


class HostConfiguration(FrozenModel):
    """gateways        URLs to use; empty: every port that answers as a gateway. A bare device path means serial://
    excluded_ports  device paths that are never opened or probed
    host, port      where the web server of `racelink serve` listens
    token, password what a client must send; without both only loopback is served, to everyone on this computer.
                    The token is for programs and is taken as a password, too
    speed           how much faster than life the clock runs; other than 1 only against a simulation
    home            where an older RaceLink kept its files, looked at on the first start; None: nowhere
    history_mb      how large the history may grow; the oldest goes first
    recording_mb    how large a recording of the traffic may grow before it ends by itself
    """

    data_directory: Path = Field(default_factory=default_data_directory)
    gateways: tuple[str, ...] = ()
    excluded_ports: tuple[str, ...] = ()
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=5077, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    token: str | None = Field(default=None, min_length=1, repr=False)
    password: str | None = Field(default=None, min_length=1, repr=False)
    speed: float = Field(default=1.0, gt=0, le=1000)
    home: Path | None = None
    history_mb: int = Field(default=20, ge=1, le=2000)
    recording_mb: int = Field(default=50, ge=1, le=2000)
    timings: Timings = Timings()

    @field_validator("gateways", mode="before")
    @classmethod
    def _gateway_urls(cls, value: Any) -> Any:
        """Every form that the option takes (spec services, 2.1)."""
        return parse_pins(value) if isinstance(value, str | list | tuple) else value

    @field_validator("excluded_ports", mode="before")
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value


def load_configuration(
    cli: Mapping[str, Any], environ: Mapping[str, str], file: Path | None = None
) -> HostConfiguration:
    """Raises ConfigurationError for a file that cannot be read, an unknown key or a bad value.

    cli      by field name; None and empty lists mean "not given"
    environ  `RACELINK_<FIELD>`; lists separated by commas, `RACELINK_TIMINGS` as a JSON object
    file     JSON object with the names of the fields
    """
    merged: dict[str, Any] = {}
    sources: dict[str, str] = {}
    layers = (
        ({} if file is None else _from_file(file), str(file)),
        (_from_environment(environ), "the environment"),
        ({name: value for name, value in cli.items() if value not in (None, [], ())}, "the command line"),
    )
    for values, source in layers:
        for name, value in values.items():
            if name not in HostConfiguration.model_fields:
                known = ", ".join(HostConfiguration.model_fields)
                raise ConfigurationError(name, f"unknown setting. Known are {known}", source)
            merged[name], sources[name] = value, source
    try:
        return HostConfiguration.model_validate(merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        source = sources.get(str(first["loc"][0]), "the configuration") if first["loc"] else "the configuration"
        if field in _SECRET:
            # Neither the message nor the error behind it may show the value.
            raise ConfigurationError(field, first["msg"], source) from None
        raise ConfigurationError(field, f"{first['msg']}, got {first.get('input')!r}", source) from error


def _from_file(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError("", f"The file cannot be read: {error.strerror}", str(file)) from error
    except ValueError as error:
        raise ConfigurationError("", f"The file is not JSON: {error}", str(file)) from error
    if not isinstance(content, dict):
        raise ConfigurationError("", "The file must hold one JSON object", str(file))
    return content


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = variable[len(ENVIRONMENT_PREFIX) :].lower()
        try:
            found[name] = json.loads(text) if name == "timings" else text
        except ValueError as error:
            raise ConfigurationError(name, f"not JSON: {error}", variable) from error
    return found
