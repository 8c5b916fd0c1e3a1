"""The configuration into a document, and a document into the configuration: all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from racelink_core import __version__
from racelink_core.domain.clock import Clock
from racelink_core.domain.configuration_document import (
    FORMAT,
    PARTS,
    VERSION,
    Frame,
    InvalidConfiguration,
    Mode,
    PartName,
    read_frame,
)
from racelink_core.domain.errors import InvalidValue, RaceLinkError
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.utc import utc_text
from racelink_core.services.configuration_transfer import parts
from racelink_core.services.configuration_transfer.choreography import say_what_scenes_miss
from racelink_core.services.configuration_transfer.networks import identity_of
from racelink_core.services.configuration_transfer.race import say_what_bindings_miss, say_what_seats_lost
from racelink_core.services.configuration_transfer.report import ConfigurationReport
from racelink_core.services.configuration_transfer.taking import Document, Taking
from racelink_core.services.groups_of_devices import reconcile_groups
from racelink_core.services.lanes import Lanes
from racelink_core.services.race_watch import RaceWatch
from racelink_core.services.scene_runner.policy import SceneBusy
from racelink_core.services.scene_runner.service import SceneRunner
from racelink_core.services.tasks import TaskRunning, Tasks
from racelink_core.services.trial import tried
from racelink_core.services.way_back import backed_up, way_back
from racelink_core.state.draft import Draft
from racelink_core.state.store import Store


class RaceUnderWay(RaceLinkError):
    """Somebody wanted to import while a race is on; nothing was changed."""

    code = "race_is_on"

    def __init__(self) -> None:
        super().__init__("A race is on, and an import would change its lights. Import when the race is over.")


class ConfigurationTransfer:
    def __init__(
        self, store: Store, clock: Clock, lanes: Lanes, *, tasks: Tasks, scenes: SceneRunner, race: RaceWatch
    ) -> None:
        self._store, self._clock, self._lanes = store, clock, lanes
        self._tasks, self._scenes, self._race = tasks, scenes, race

    def export(self, wanted: Collection[PartName] = PARTS) -> dict[str, Any]:
        """These parts, with the names behind the numbers of groups and networks that are not among them.

        Nothing in it is secret: logins and tokens are no part of the configuration.
        """
        snapshot = self._store.snapshot
        return {
            "format": FORMAT,
            "schema_version": VERSION,
            "racelink": __version__,
            "exported": utc_text(self._clock.unix()),
            "references": _references(snapshot, wanted),
            "parts": {name: parts.ALL[name].written(snapshot) for name in PARTS if name in wanted},
        }

    def take(
        self,
        document: Mapping[str, Any],
        wanted: Collection[PartName] | None = None,
        mode: Mode = "merge",
        *,
        dry_run: bool = False,
    ) -> ConfigurationReport:
        """`wanted`: None takes every part that the document holds. A backup is made before anything changes.

        Nothing is sent to any node. Raises NotAConfiguration, ConfigurationTooNew, InvalidConfiguration, InvalidValue
        for a part that the document does not hold, NoFreeGroup, RaceUnderWay, TaskRunning, SceneBusy, StoreError; then
        nothing has changed.
        """
        read = _read(document)
        chosen = _chosen(read, wanted)
        if not dry_run:
            self._refuse_while_busy()
        planned = tried(self._store, lambda draft: self._taken(draft, read, chosen, mode))
        if dry_run:
            return planned.model_copy(update={"is_dry_run": True})
        if planned.is_without_effect:
            return planned
        backup = backed_up(self._store)
        with self._store.transaction() as draft:
            report = self._taken(draft, read, chosen, mode)
            self._refuse_while_busy()  # somebody may have begun while the document was put in place
        return self._with_way_back(report, backup)

    def _taken(self, draft: Draft, document: Document, chosen: Collection[PartName], mode: Mode) -> ConfigurationReport:
        before = self._store.snapshot
        taking = Taking(draft, document, mode, utc_text(self._clock.unix()), self._lanes.lanes())
        for name in PARTS:
            if name in chosen:
                taking.tally(name)
                parts.ALL[name].take(document.parts[name], taking)
        for finish in taking.at_end:
            finish()
        reconcile_groups(draft)
        say_what_scenes_miss(taking, before)
        say_what_bindings_miss(taking, before)
        say_what_seats_lost(taking, before)
        findings = taking.findings
        return ConfigurationReport(
            is_dry_run=False,
            mode=mode,
            racelink=document.racelink,
            exported=document.exported,
            parts=taking.reports(),
            refused=findings.left_out,
            refused_count=findings.left_out_count,
            remarks=findings.changed,
            remarks_count=findings.changed_count,
            pending_devices=_newly_pending(before, draft),
        )

    def _refuse_while_busy(self) -> None:
        """Raises RaceUnderWay, TaskRunning or SceneBusy."""
        if self._race.is_on:
            raise RaceUnderWay
        task = self._tasks.current()
        if task is not None and task.state == "running":
            raise TaskRunning(task)
        running = self._scenes.running
        if running is not None:
            raise SceneBusy(running.scene_key, "Stop it before you import a configuration.")

    def _with_way_back(self, report: ConfigurationReport, backup: Path | None) -> ConfigurationReport:
        if backup is None:
            return report
        return report.model_copy(update={"backup": str(backup), "undo": way_back(backup)})


def _read(document: Mapping[str, Any]) -> Document:
    frame = read_frame(document)
    try:
        records = {name: parts.ALL[name].read(value) for name, value in frame.parts.items()}
    except InvalidConfiguration as error:
        raise InvalidConfiguration(error.path, error.problem, _other_version(frame)) from error
    groups: Mapping[int, str] | None = frame.groups
    if "groups" in records:
        groups = {group.id: group.name for group in records["groups"]}
    return Document(
        racelink=frame.racelink,
        exported=frame.exported,
        parts=records,
        groups=groups,
        networks={**frame.networks, **{each.id: identity_of(each) for each in records.get("networks", ())}},
    )


def _other_version(frame: Frame) -> str:
    return "" if frame.racelink == __version__ else frame.racelink


def _chosen(document: Document, wanted: Collection[PartName] | None) -> tuple[PartName, ...]:
    """Raises InvalidValue."""
    held = tuple(document.parts)
    if wanted is None:
        return held
    missing = [name for name in wanted if name not in held]
    if missing:
        raise InvalidValue("parts", f"the file holds no {missing[0]}; it holds: {', '.join(held) or 'nothing'}")
    return tuple(wanted)


def _references(snapshot: Snapshot, wanted: Collection[PartName]) -> dict[str, Any]:
    groups = {str(number): group.name for number, group in snapshot.groups.items()}
    networks = {each.id: identity_of(each).model_dump(mode="json") for each in snapshot.networks.values()}
    named = {"groups": groups, "networks": networks}
    return {name: value for name, value in named.items() if name not in wanted}


def _newly_pending(before: Snapshot, draft: Draft) -> int:
    """How many wait for another group than before."""
    waited = {mac: device.group_id for mac, device in before.devices.items() if device.group_push_pending}
    return sum(
        device.group_push_pending and waited.get(mac) != device.group_id for mac, device in draft.devices.items()
    )
