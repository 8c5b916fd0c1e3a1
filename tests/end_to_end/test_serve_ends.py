"""However a server ends, its serial port and its data directory are there for the next one."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.programs import Site, program, simulated_fleet, until
from tests.faults.plant import held


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly_with_the_serial_port_free(tmp_path: Path, number: int) -> None:
    with simulated_fleet("--settled", home=tmp_path) as fleet:
        words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address)
        with program(*words, home=tmp_path) as served:
            Site(served.url()).until_ready()
            code, errors = served.end(number)
            assert (code, "Traceback" in errors) == (0, False), errors
            with held(fleet.address):
                pass


def test_after_a_kill_the_next_server_has_the_same_port_and_the_same_data(tmp_path: Path) -> None:
    with simulated_fleet("--settled", home=tmp_path) as fleet:
        words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address)
        with program(*words, home=tmp_path) as first:
            site = Site(first.url())
            site.until_ready()
            site.post("api/groups/create", {"name": "Kept"})
            first.end(signal.SIGKILL)
        with program(*words, home=tmp_path) as second:
            site = Site(second.url())
            site.until_ready()
            assert "Kept" in {group["name"] for group in site.get("api/groups")["groups"]}
            assert second.end(signal.SIGTERM)[0] == 0


def test_a_server_on_a_port_in_use_says_so_and_takes_it_when_it_is_free(tmp_path: Path) -> None:
    with simulated_fleet("--settled", home=tmp_path) as fleet:
        words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address)
        with held(fleet.address) as let_go, program(*words, home=tmp_path) as served:
            site = Site(served.url())
            text = until(lambda: site.problem("port_busy"), "the problem")
            assert fleet.address in text
            assert "another program" in text
            let_go()
            site.until_ready()
            code, errors = served.end(signal.SIGTERM)
            assert (code, "Traceback" in errors) == (0, False), errors


def test_a_server_with_an_unreadable_database_runs_and_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "racelink.sqlite").write_bytes(b"this is no database" * 500)
    with simulated_fleet("--settled", home=tmp_path) as fleet:
        words = ("serve", "--port", "0", "--data", str(data), "--gateway", fleet.address)
        with program(*words, home=tmp_path) as served:
            site = Site(served.url())
            site.until_ready()
            problems = site.get("api/master")["problems"]
            assert [problem["code"] for problem in problems] == ["store"]
            effect = {"mode": 0, "brightness": 33}
            assert site.command("rl_effect", target={"kind": "broadcast"}, params=effect)["status"] == "sent"
            until(lambda: sum(node["brightness"] == 33 for node in fleet.nodes()) == 7, "the lamps")
            site.post("api/groups/create", {"name": "New"})
            assert served.end(signal.SIGTERM)[0] == 0
    with sqlite3.connect(data / "racelink.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()
