"""The one document in which a configuration moves between hosts: its frame, and what makes it unusable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args

from pydantic import Field, ValidationError

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.whole_number import whole_number

FORMAT, VERSION = "racelink-configuration", 1
PartName = Literal["networks", "groups", "devices", "presets", "scenes", "seats", "race_bindings", "settings"]
PARTS: tuple[PartName, ...] = get_args(PartName)
"""In the order in which they are taken: what is referred to comes before what refers to it."""
TITLES: dict[PartName, str] = {
    "networks": "Networks",
    "groups": "Groups",
    "devices": "Devices",
    "presets": "RL presets",
    "scenes": "Scenes",
    "seats": "Seats",
    "race_bindings": "Race bindings",
    "settings": "Settings",
}
Mode = Literal["merge", "replace"]
"""merge: what the document has is added or changed; replace: what it does not have goes, in the chosen parts."""
ModelT = TypeVar("ModelT", bound=FrozenModel)


class NotAConfiguration(RaceLinkError):
    """It is some other file; nothing was changed."""

    code = "not_a_configuration"

    def __init__(self, advice: str) -> None:
        super().__init__(f"This is no configuration that RaceLink exported. {advice} Nothing was changed.")


class ConfigurationTooNew(RaceLinkError):
    """A newer RaceLink wrote it, in a form that this one does not know; nothing was changed."""

    code = "configuration_too_new"

    def __init__(self, version: int, racelink: str) -> None:
        super().__init__(
            f"RaceLink {racelink} wrote this file in form {version}; this RaceLink reads up to form {VERSION}. "
            "Update RaceLink here, then import again. Nothing was changed."
        )
        self.version = version


class InvalidConfiguration(RaceLinkError):
    """One value of the document makes no sense, so none of it was taken.

    path   where it stands, as in `parts.devices[3].name`
    """

    code = "invalid_configuration"

    def __init__(self, path: str, problem: str, racelink: str = "") -> None:
        origin = f" RaceLink {racelink} wrote the file." if racelink else ""
        super().__init__(f"{path}: {problem}.{origin} Nothing was changed.")
        self.path, self.problem = path, problem


class NetworkIdentity(FrozenModel):
    """How a network is recognised on another host."""

    name: Annotated[str, Field(max_length=64)] = ""
    gateway_mac: Mac | None = None


class Frame(NamedTuple):
    """racelink, exported   which version wrote it, and when
    parts                what it holds, not read yet
    groups, networks     the names behind the numbers, of parts that it does not hold; None: it does not say
    """

    racelink: str
    exported: str
    parts: Mapping[PartName, Any]
    groups: Mapping[int, str] | None
    networks: Mapping[str, NetworkIdentity]


class _References(FrozenModel):
    groups: dict[str, str] | None = None
    networks: dict[str, NetworkIdentity] = Field(default_factory=dict)


def read_frame(document: Mapping[str, Any]) -> Frame:
    """Raises NotAConfiguration, ConfigurationTooNew or InvalidConfiguration."""
    if document.get("format") != FORMAT:
        raise NotAConfiguration(_advice(document))
    racelink = _printable(document.get("racelink"))
    version = whole_number(document.get("schema_version"))
    if version is None or version < 1:
        raise InvalidConfiguration("schema_version", "expected a number, 1 or more", racelink)
    if version > VERSION:
        raise ConfigurationTooNew(version, racelink)
    stored = document.get("parts")
    if not isinstance(stored, Mapping):
        raise InvalidConfiguration("parts", "expected an object with the parts", racelink)
    unknown = next((name for name in stored if name not in PARTS), None)
    if unknown is not None:
        raise InvalidConfiguration(f"parts.{_printable(unknown)}", "this RaceLink knows no such part", racelink)
    references = read_record(_References, document.get("references", {}), "references")
    return Frame(
        racelink,
        _printable(document.get("exported")),
        {name: stored[name] for name in PARTS if name in stored},
        None if references.groups is None else _by_number(references.groups),
        references.networks,
    )


def read_record(model: type[ModelT], value: object, path: str) -> ModelT:
    """Raises InvalidConfiguration."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        inner = "".join(f"[{part}]" if isinstance(part, int) else f".{_printable(part)}" for part in first["loc"])
        raise InvalidConfiguration(path + inner, first["msg"].removeprefix("Value error, ")) from error


def _advice(document: Mapping[str, Any]) -> str:
    if document.get("format") == "racelink-scenes" or "scenes" in document or "scene" in document:
        return "It looks like a file of scenes: import it on the page Scenes."
    if "devices" in document or "groups" in document:
        return "It looks like a file of an older RaceLink: import it as that."
    return "Choose a file that was exported under Settings, Move the configuration."


def _by_number(groups: Mapping[str, str]) -> dict[int, str]:
    named: dict[int, str] = {}
    for text, name in groups.items():
        number = whole_number(text)
        if number is None:
            raise InvalidConfiguration(f"references.groups.{_printable(text)}", "expected the number of a group")
        named[number] = name
    return named


def _printable(value: object) -> str:
    """Short and on one line, whatever it is."""
    return "".join(each for each in value if each.isprintable())[:40] if isinstance(value, str) else ""
