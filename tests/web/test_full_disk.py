"""A change that the disk has no room for, asked for over HTTP."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from racelink_core.host import Host
from racelink_core.state.errors import StoreError, StoreFull, StoreNotSaved, write_errors

Usage = namedtuple("Usage", "total used free")


def limit_pages(host: Host, pages: int) -> None:
    connection = host.store._database.connection
    host.store._pool.run(lambda: connection.execute(f"PRAGMA max_page_count = {pages:d}"))


def names(client: FlaskClient) -> list[str]:
    answer = client.get("/racelink/api/groups").json
    assert answer is not None
    return [group["name"] for group in answer["groups"]]


def test_a_full_disk_refuses_the_change_and_the_host_goes_on(idle_host: Host, idle_client: FlaskClient) -> None:
    limit_pages(idle_host, 1)  # sqlite takes the present size instead
    created = ["Unconfigured"]
    for number in range(500):
        name = f"{number:064d}"
        answer = idle_client.post("/racelink/api/groups/create", json={"name": name})
        if answer.status_code != 200:
            break
        created.append(name)
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "store_full"
    assert "Free some space" in answer.json["error"]
    assert names(idle_client) == created
    limit_pages(idle_host, 1 << 30)
    assert idle_client.post("/racelink/api/groups/create", json={"name": "Room again"}).status_code == 200
    assert names(idle_client) == [*created, "Room again"]


@pytest.mark.parametrize(("free_bytes", "expected"), [(0, StoreFull), (1000, StoreFull), (1 << 30, StoreNotSaved)])
def test_an_error_while_writing_is_a_full_disk_when_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, expected: type[StoreError]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 30, 0, free_bytes))
    with pytest.raises(expected), write_errors(str(tmp_path / "racelink.sqlite")):
        raise sqlite3.OperationalError("disk I/O error")


def test_a_disk_that_cannot_be_asked_has_failed_and_is_not_called_full(tmp_path: Path) -> None:
    with pytest.raises(StoreNotSaved), write_errors(str(tmp_path / "gone" / "racelink.sqlite")):
        raise sqlite3.OperationalError("disk I/O error")


def test_before_the_first_search_has_ended_no_gateway_is_called_missing(idle_host: Host) -> None:
    (problem,) = idle_host.problems()
    assert problem.code == "searching"
    assert "looking for gateways" in problem.text
