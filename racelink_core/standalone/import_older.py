"""`racelink import`: takes over a file or folder of an older RaceLink, while no host runs on the data directory."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from racelink_core.configuration import default_data_directory
from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.clock import SystemClock
from racelink_core.runtime.native_pool import NativePool
from racelink_core.services.import_report import ImportReport
from racelink_core.services.older_import import NothingToImport, OlderImport
from racelink_core.state.importers.findings import Finding
from racelink_core.state.importers.folders import read_file, read_folder
from racelink_core.state.importers.sources import Source
from racelink_core.state.store import Store

_LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="a file of an older RaceLink, or its folder (~/.racelink)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where everything is stored, as for racelink serve")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be taken over")
    parser.add_argument("--replace", action="store_true", help="older records replace those that are there and differ")


def run(arguments: argparse.Namespace) -> int:
    """0 when done, 1 when it cannot be done; stderr says why."""
    clock, pool = SystemClock(), NativePool()
    store: Store | None = None
    try:
        sources = _sources(arguments.path)
        store = Store.open(arguments.data or default_data_directory(), clock)
        older = OlderImport(store, clock, pool)
        report = older.run(sources, "program", "replace" if arguments.replace else "keep", dry_run=arguments.dry_run)
    except RaceLinkError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if store is not None:
            store.close()
        pool.close()
    _print(report)
    return 0


def _sources(path: Path) -> list[Source]:
    """Raises NothingToImport."""
    if not path.exists():
        raise NothingToImport(str(path), [f"There is nothing at {path}."])
    sources = read_folder(path) if path.is_dir() else [read_file(path)]
    if not sources:
        raise NothingToImport(str(path))
    return sources


def _print(report: ImportReport) -> None:
    if report.is_dry_run:
        print("Nothing was changed; this is what an import would do.")
    print(f"Read: {', '.join(report.sources)}")
    for kind in report.taken:
        print(
            f"{kind.kind}: {len(kind.added)} new, {len(kind.replaced)} replaced, "
            f"{len(kind.kept)} kept as they are here, {kind.same} the same"
        )
    _print_findings("Taken, but not as it stood there", report.changed, report.changed_count)
    _print_findings("Left out", report.left_out, report.left_out_count)
    if report.undo is not None:
        print(f"To go back: {report.undo}")


def _print_findings(title: str, findings: tuple[Finding, ...], count: int) -> None:
    if not count:
        return
    print(f"{title}: {count}")
    for finding in findings[:_LISTED]:
        print(f"  {finding.kind} {finding.what}: {finding.reason}")
    if count > _LISTED:
        print(f"  and {count - _LISTED} more")
