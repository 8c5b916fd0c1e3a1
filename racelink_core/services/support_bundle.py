"""Everything that somebody who helps from afar asks for, as one archive without secrets.

What is in it is read on the hub, a slice at a time; it is packed in a native thread.
"""

from __future__ import annotations

import io
import json
import logging
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from racelink_core.domain.clock import Clock
from racelink_core.runtime.native_pool import NativePool
from racelink_core.runtime.turns import Turns
from racelink_core.services.history_outcomes import plain
from racelink_core.services.redaction import Redactor

_log = logging.getLogger(__name__)
_ABOUT = """RaceLink support bundle, made {moment}.

Passwords, tokens and logins are not in it, nor names of files outside of RaceLink's data directory. Names of lamps,
groups and networks are, and addresses of gateways and lamps. Look through it before you send it to anybody.

versions.json       what is installed
configuration.json  how the host was set up, and the operator's settings
problems.json       what RaceLink itself says is wrong
gateways.json       gateways and what was tried to reach them
networks.json       networks, groups and devices, with what each lamp last reported
scenes.json         RL presets and scenes
tasks.json          the last tasks
statistics.json     time on air by network and hour, answers and signal by device
databases.json      whether the databases are sound
history.jsonl       the last things that were done, newest first
traffic.jsonl       the last frames between host and gateways, oldest first
log.txt             the last lines of the log
"""

Document = Callable[[], Any]
"""Gives what plain JSON can hold, models and dataclasses included."""


class SupportBundle:
    """documents  one JSON file each, by name without ending
    rows       one file each with a JSON object per line
    lines      text files
    """

    def __init__(
        self,
        *,
        documents: Mapping[str, Document],
        rows: Mapping[str, Callable[[], Sequence[Any]]],
        lines: Mapping[str, Callable[[], Iterable[str]]],
        redactor: Redactor,
        pool: NativePool,
        clock: Clock,
    ) -> None:
        self._documents, self._rows, self._lines = documents, rows, lines
        self._redactor, self._pool, self._clock = redactor, pool, clock
        self._turns = Turns()
        self._one_at_a_time = threading.Lock()

    def make(self) -> bytes:
        """A ZIP archive. A part that cannot be read says so in its place. Raises PoolClosed."""
        with self._one_at_a_time:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock.unix()))
            files: list[tuple[str, str]] = [("about.txt", _ABOUT.format(moment=moment))]
            files += [
                (f"{name}.json", self._part(name, self._document, make)) for name, make in self._documents.items()
            ]
            files += [(f"{name}.jsonl", self._part(name, self._row_lines, make)) for name, make in self._rows.items()]
            files += [(f"{name}.txt", self._part(name, self._text, make)) for name, make in self._lines.items()]
            return self._pool.run(_packed, files)

    def _part(self, name: str, write: Callable[[Any], str], make: Callable[[], Any]) -> str:
        try:
            return write(make())
        except Exception as error:  # noqa: BLE001 - the other parts are wanted all the more
            _log.warning("The part %s of the support bundle could not be made", name, exc_info=True)
            return self._redactor.text(f"This part could not be made: {type(error).__name__}: {error}\n")

    def _document(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return json.dumps(self._clean(value), indent=1)
        # A large part piece by piece, so that nothing else waits for it.
        pieces = [f"{json.dumps(str(key))}: {self._pieces(each)}" for key, each in self._turns.between(value.items())]
        return "{\n" + ",\n".join(pieces) + "\n}\n"

    def _pieces(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            rows = [json.dumps(self._clean(each)) for each in self._turns.between(value)]
            return "[\n" + ",\n".join(rows) + "\n]"
        return json.dumps(self._clean(value))

    def _row_lines(self, rows: Sequence[Any]) -> str:
        return "".join(f"{json.dumps(self._clean(row))}\n" for row in self._turns.between(rows))

    def _text(self, lines: Iterable[str]) -> str:
        return "".join(f"{self._redactor.text(line)}\n" for line in self._turns.between(lines))

    def _clean(self, value: Any) -> Any:
        return self._redactor.value(plain(value))


def _packed(files: Sequence[tuple[str, str]]) -> bytes:
    """In the native thread."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files:
            packed.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()
