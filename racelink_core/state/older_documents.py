"""What older hosts stored, kept as it was written: rows to documents and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from racelink_core.state import schema
from racelink_core.state.rows import RowChange, StoredRow


def older_documents(rows: Sequence[StoredRow]) -> Mapping[str, str]:
    """By id. A damaged one is left out here and stays in the database."""
    return MappingProxyType(
        {row.id: row.document.decode("utf-8", "replace") for row in rows if isinstance(row.document, bytes)}
    )


def older_rows(changes: Mapping[str, str | None]) -> list[RowChange]:
    return [RowChange(schema.OLDER, key, document) for key, document in changes.items()]


def with_older(before: Mapping[str, str], changes: Mapping[str, str | None]) -> Mapping[str, str]:
    merged = {**before, **changes}
    return MappingProxyType({key: document for key, document in merged.items() if document is not None})
