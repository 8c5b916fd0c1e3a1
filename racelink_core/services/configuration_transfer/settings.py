"""The host's settings, without those that mean something on one computer only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.configuration_document import InvalidConfiguration, read_record
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
from racelink_core.services.configuration_transfer.taking import Taking

LOCAL = frozenset({"wled_presets_file"})
"""Which of the files on this computer is in use."""


def written(snapshot: Snapshot) -> dict[str, Any]:
    return snapshot.settings.model_dump(mode="json", exclude=set(LOCAL))


def read(value: object) -> Settings:
    """Raises InvalidConfiguration."""
    if isinstance(value, Mapping) and (local := LOCAL & value.keys()):
        raise InvalidConfiguration(f"parts.settings.{min(local)}", "this belongs to one computer and is not imported")
    return read_record(Settings, value, "parts.settings")


def take(settings: Settings, taking: Taking) -> None:
    """What the document does not name stays, in both modes."""
    present, tally = taking.draft.settings, taking.tally("settings")
    for name in sorted(settings.model_fields_set):
        if getattr(present, name) == getattr(settings, name):
            tally.same += 1
        else:
            tally.replaced.append(name.replace("_", " "))
    update = {name: getattr(settings, name) for name in settings.model_fields_set}
    taking.draft.settings = present.model_copy(update=update)
