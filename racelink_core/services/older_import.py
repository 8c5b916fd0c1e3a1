"""Takes over what an older RaceLink stored: at the first start by itself, later when asked. Originals stay untouched.

Source: spec services, section 15.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.native_pool import NativePool
from racelink_core.runtime.utc import utc_text
from racelink_core.services.import_merge import Merge
from racelink_core.services.import_report import ImportReport, KindReport, OnConflict, Trigger
from racelink_core.services.kept_scenes import take_kept_scenes
from racelink_core.services.trial import tried
from racelink_core.services.way_back import backed_up, way_back
from racelink_core.services.wled_presets import WledPresets
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices
from racelink_core.state.importers.findings import Findings
from racelink_core.state.importers.folders import read_folder
from racelink_core.state.importers.older_data import OlderData
from racelink_core.state.importers.sources import OlderOptions, Source, read_old
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_REPORT = "report"
OptionReader = Callable[[], Mapping[str, Any]]


class NothingToImport(RaceLinkError):
    """The source holds nothing of an older RaceLink; nothing was changed."""

    code = "nothing_to_import"

    def __init__(self, place: str, reasons: Sequence[str] = ()) -> None:
        said = " ".join(reasons[:3]) or f"Nothing of an older RaceLink was found in {place}."
        super().__init__(f"{said} Nothing was changed.")
        self.place = place


class OlderImport:
    """`home`: the folder of an older host's files; `options`: reads RotorHazard's options. None: there is none."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        file_pool: NativePool,
        *,
        home: Path | None = None,
        options: OptionReader | None = None,
        wled_presets: WledPresets | None = None,
    ) -> None:
        """file_pool     files may lie on a slow card, so they are read outside of the hub
        wled_presets  where files of WLED presets are kept; None: they are not taken
        """
        self._store, self._clock, self._file_pool = store, clock, file_pool
        self._home, self._options, self._wled_presets = home, options, wled_presets
        self._notice: str | None = None
        self._last_report: ImportReport | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """What an operator should know of the import at the first start; gone after `dismiss` or a restart."""
        return () if self._notice is None else (self._notice,)

    def dismiss(self) -> None:
        self._notice = None

    @property
    def last_report(self) -> ImportReport | None:
        """The last import that was not a dry run; one that changed nothing is forgotten at a restart."""
        if self._last_report is not None:
            return self._last_report
        stored = self._store.older_documents.get(_REPORT)
        if stored is None:
            return None
        try:
            return ImportReport.model_validate_json(stored)
        except ValidationError as error:
            _log.warning("The report of the last import cannot be read: %s", error)
            return None

    def at_first_start(self) -> None:
        """Only into a store that nobody has changed yet. Never raises: the start goes on without.

        Scenes that an earlier version could only keep are taken over at any start.
        """
        try:
            take_kept_scenes(self._store, utc_text(self._clock.unix()))
        except RaceLinkError as error:
            _log.warning("Scenes of an older RaceLink wait for the next start: %s", error)
        if not self._store.is_untouched or (self._home is None and self._options is None):
            return
        try:
            self._take_what_is_there()
        except Exception as error:  # noqa: BLE001 - the edge of a start: the race must not depend on old files
            _log.exception("Data of an older RaceLink was not taken over")
            self._notice = f"Data of an older RaceLink was found, but not taken over: {error}"

    def from_home(self) -> list[Source]:
        """Raises NothingToImport."""
        sources = [] if self._home is None else self._file_pool.run(read_folder, self._home)
        if not sources:
            raise NothingToImport(str(self._home or "the home folder"))
        return sources

    def from_options(self) -> list[Source]:
        """Raises NothingToImport."""
        if self._options is None:
            raise NothingToImport(
                "RotorHazard's options", ["RaceLink does not run inside RotorHazard, so there are no options to read."]
            )
        return [OlderOptions("RotorHazard's options", self._options())]

    def run(
        self, sources: Sequence[Source], trigger: Trigger, on_conflict: OnConflict = "keep", *, dry_run: bool = False
    ) -> ImportReport:
        """All of it or nothing. Records that are there stay, unless `on_conflict` is "replace". Twice is harmless.

        A backup is made before anything changes. Raises NothingToImport, StoreFull, StoreNotSaved, StoreBusy or
        StoreClosed; then nothing has changed.
        """
        data = read_old(sources)
        if data.is_empty:
            reasons = [f"{each.what}: {each.reason}" for each in data.findings.left_out]
            raise NothingToImport("there", reasons)
        planned = self._plan(data, trigger, on_conflict)
        if dry_run:
            return planned
        if planned.is_without_effect:
            self._last_report = planned.model_copy(update={"is_dry_run": False})
        else:
            backup = None if trigger == "first_start" else backed_up(self._store)
            self._last_report = self._apply(data, planned, backup)
        return self._last_report

    def _take_what_is_there(self) -> None:
        sources: list[Source] = []
        if self._options is not None:
            sources += self.from_options()
        if self._home is not None:
            sources += self._file_pool.run(read_folder, self._home)
        data = read_old(sources)
        if data.is_empty and not data.findings.left_out:
            return
        if data.is_empty:
            reasons = " ".join(f"{each.what}: {each.reason}" for each in data.findings.left_out[:3])
            self._notice = f"Of an older RaceLink nothing could be taken over. {reasons}"
            _log.info("%s", self._notice)
            return
        report = self.run(sources, "first_start")
        self._notice = f"{report.summary} The whole report is at /api/import/report."
        _log.info("%s", report.summary)
        for finding in report.left_out:
            _log.info("Not taken over: %s %s: %s", finding.kind, finding.what, finding.reason)

    def _plan(self, data: OlderData, trigger: Trigger, on_conflict: OnConflict) -> ImportReport:
        """The same as applying it, in a transaction that is given up."""
        planned = tried(self._store, lambda draft: self._merged(data, draft, trigger, on_conflict)[0])
        return planned.model_copy(update={"is_dry_run": True})

    def _apply(self, data: OlderData, planned: ImportReport, backup: Path | None) -> ImportReport:
        with self._store.transaction() as draft:
            report, merge = self._merged(data, draft, planned.trigger, planned.on_conflict)
            report = report.model_copy(update=self._way_back(backup))
            draft.older_documents[_REPORT] = report.model_dump_json()
        for mac, reading in in_slices(merge.readings.items(), 20):
            if self._store.readings.of(mac).last_seen_s == 0:
                self._store.readings.update(mac, **reading)
        self._store.flush()
        if self._wled_presets is not None and data.wled_files:
            self._wled_presets.take_over(data.wled_files)
        return report

    def _merged(
        self, data: OlderData, draft: Draft, trigger: Trigger, on_conflict: OnConflict
    ) -> tuple[ImportReport, Merge]:
        findings = Findings(data.findings)
        is_first = trigger == "first_start" and self._store.is_untouched
        utc = utc_text(self._clock.unix())
        merge = Merge(draft, self._store.older_documents, findings, on_conflict, is_first=is_first, utc=utc)
        taken = (*merge.run(data), *self._preset_files(data))
        report = ImportReport(
            utc=utc,
            trigger=trigger,
            is_dry_run=False,
            on_conflict=on_conflict,
            sources=tuple(data.sources),
            taken=taken,
            changed=findings.changed,
            changed_count=findings.changed_count,
            left_out=findings.left_out,
            left_out_count=findings.left_out_count,
        )
        return report, merge

    def _preset_files(self, data: OlderData) -> tuple[KindReport, ...]:
        """By name; what is there stays."""
        if self._wled_presets is None or not data.wled_files:
            return ()
        here = {file.name for file in self._wled_presets.list().files}
        new = tuple(file.name for file in data.wled_files if file.name not in here)
        return (KindReport(kind="wled_presets", added=new, same=len(data.wled_files) - len(new)),)

    def _way_back(self, backup: Path | None) -> dict[str, str | None]:
        if backup is None:
            return {"backup": None, "undo": "What you do not want, delete on the page. The older files are untouched."}
        return {"backup": str(backup), "undo": way_back(backup)}
