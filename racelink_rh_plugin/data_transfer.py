"""RaceLink's configuration in RotorHazard's lists of exporters and importers. None of RotorHazard's rows is touched.

Source: spec rotorhazard, section 4; design 6, "RotorHazard".
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from racelink_core.domain.configuration_document import PARTS, TITLES, Mode, NotAConfiguration, PartName
from racelink_core.domain.errors import RaceLinkError

from .notifier import Notifier
from .rotorhazard import RhApi, checkbox_field, data_exporter, data_importer, select_field

if TYPE_CHECKING:
    from racelink_core.host import Host
    from racelink_core.services.configuration_transfer.report import ConfigurationReport

_log = logging.getLogger(__name__)
NAME = "racelink_configuration"
MODE, TRY = "rl_import_mode", "rl_import_try"
_MODES: tuple[tuple[Mode, str], ...] = (
    ("merge", "Add and change; what is only here stays"),
    ("replace", "Replace; what the file does not have is removed"),
)
_MOST_BYTES = 4 << 20
_TOLD, _LOGGED = 3, 100
"""Remarks in the notification, and lines of the report in the log."""
_AFTER_RELOAD_S = 4.0
"""RotorHazard makes every open page load anew after an import that went well, which wipes what was said before."""
_OFF = frozenset({"", "0", "false", "off", "none"})


class DataTransfer:
    """Neither ever raises into RotorHazard: what goes wrong is said on its pages."""

    def __init__(self, host: Host, notifier: Notifier) -> None:
        self._host, self._notifier = host, notifier

    def register_exporter(self, args: Mapping[str, Any]) -> None:
        """Handler of DATA_EXPORT_INITIALIZE."""
        args["register_fn"](data_exporter(NAME, "RaceLink configuration", self._assemble, _formatted))

    def register_importer(self, args: Mapping[str, Any]) -> None:
        """Handler of DATA_IMPORT_INITIALIZE."""
        defaults = {TRY: True, MODE: _MODES[0][0], **{_field(part): True for part in PARTS}}
        fields = [
            checkbox_field(TRY, "Only tell what would happen", True),
            select_field(MODE, "How", _MODES, _MODES[0][0]),
            *(checkbox_field(_field(part), TITLES[part], True) for part in PARTS),
        ]
        args["register_fn"](data_importer(NAME, "RaceLink configuration", self._import, defaults, fields))

    def _assemble(self, _rhapi: RhApi) -> dict[str, Any] | None:
        """None: it failed."""
        try:
            return self._host.configuration_transfer.export()
        except Exception:  # noqa: BLE001 - the edge of an export: RotorHazard's page must go on
            _log.exception("The configuration was not exported")
            self._notifier.answer("The configuration was not exported. The server log says why.")
            return None

    def _import(self, _importer: object, _rhapi: RhApi, data: bytes | str, args: Mapping[str, Any]) -> bool:
        """Whether it was done, or tried."""
        try:
            document = _document(data)
            report = self._host.configuration_transfer.take(
                document, _chosen(document, args), _mode(args), dry_run=_is_on(args.get(TRY))
            )
        except RaceLinkError as error:
            _log.info("The configuration was not imported: %s", error)
            self._notifier.answer(str(error))
            return False
        except Exception:  # noqa: BLE001 - as above
            _log.exception("The configuration was not imported")
            self._notifier.answer("The configuration was not imported. The server log says why.")
            return False
        for line in report.lines[:_LOGGED]:
            _log.info("Import%s: %s", " (only tried)" if report.is_dry_run else "", line)
        self._say_after_reload(_in_short(report))
        return True

    def _say_after_reload(self, sentence: str) -> None:
        def say() -> None:
            time.sleep(_AFTER_RELOAD_S)
            self._notifier.answer(sentence)

        threading.Thread(target=say, name="rl-import-report", daemon=True).start()


def _formatted(document: Mapping[str, Any] | None) -> dict[str, str] | None:
    if document is None:
        return None
    from racelink_core.services.configuration_transfer.text import text_of

    return {"data": text_of(document), "encoding": "application/json", "ext": "json"}


def _document(data: bytes | str) -> dict[str, Any]:
    """Raises NotAConfiguration."""
    if len(data) > _MOST_BYTES:
        raise NotAConfiguration("It has more than 4 MiB.")
    try:
        document = json.loads(data, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as error:
        raise NotAConfiguration("It is not JSON.") from error
    if not isinstance(document, dict):
        raise NotAConfiguration("It is no JSON object.")
    return document


def _no_such_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _chosen(document: Mapping[str, Any], args: Mapping[str, Any]) -> tuple[PartName, ...] | None:
    """What is both ticked and in the file; None, where the file says nothing of parts, leaves it to the core."""
    held = document.get("parts")
    if not isinstance(held, Mapping):
        return None
    return tuple(part for part in PARTS if part in held and _is_on(args.get(_field(part), True)))


def _mode(args: Mapping[str, Any]) -> Mode:
    return "replace" if args.get(MODE) == "replace" else "merge"


def _is_on(value: object) -> bool:
    """Of a box in a form: pages send true and false, options are kept as "1" and "0"."""
    return str(value).strip().lower() not in _OFF


def _field(part: PartName) -> str:
    return f"rl_import_{part}"


def _in_short(report: ConfigurationReport) -> str:
    """The rest is in the log, and on RaceLink's own page before anything is done."""
    found = [f"{each.what}: {each.reason}" for each in (*report.refused, *report.remarks)]
    sentences = [report.summary, *found[:_TOLD]]
    if len(found) > _TOLD:
        sentences.append(f"{report.refused_count + report.remarks_count - _TOLD} more remarks are in the server log.")
    if report.pending_devices and not report.is_dry_run:
        sentences.append(f"{report.pending_devices} devices have to confirm their group: press Re-sync groups.")
    if report.is_dry_run:
        sentences.append("Nothing was changed.")
    return " ".join(sentences)
