"""A real host is killed with SIGKILL in the middle of a bulk move; the nodes live on. Then it starts again."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.programs import Fleet, Program, Site, program, simulated_fleet, until


def started(fleet: Fleet, directory: Path, home: Path) -> tuple[Program, Site]:
    words = ("serve", "--port", "0", "--data", str(directory), "--gateway", fleet.address)
    serving = Program(*words, home=home)
    site = Site(serving.url())
    site.until_ready()
    return serving, site


def booted(fleet: Fleet) -> bool:
    """A node says who it is as soon as it has booted; one of the eight is switched off."""
    return len({packet["sender"] for packet in fleet.air() if packet["opcode"] == 1}) >= 7


def groups_on_air(fleet: Fleet) -> dict[str, int]:
    return {node["mac"]: node["group_id"] for node in fleet.nodes()}


def rows(site: Site) -> list[dict[str, Any]]:
    return list(site.get("api/devices")["devices"])


def untruthful(site: Site, fleet: Fleet) -> list[str]:
    """Devices that are not pending although their node holds another group."""
    on_air = groups_on_air(fleet)
    return [
        row["addr"] for row in rows(site) if not row["group_push_pending"] and on_air[row["addr"]] != row["groupId"]
    ]


@pytest.mark.parametrize("moved_before_the_kill", [1, 4])
def test_what_a_killed_host_had_moved_is_known_and_the_rest_is_mended(
    tmp_path: Path, moved_before_the_kill: int
) -> None:
    with simulated_fleet(home=tmp_path) as fleet:
        until(lambda: booted(fleet), "booted nodes")
        first, site = started(fleet, tmp_path / "data", tmp_path)
        try:
            site.post("api/discover", {"newGroupName": "Gates"})
            assert site.finished()["found"] == 7
            new_id = site.post("api/groups/create", {"name": "Pit wall"})["id"]
            macs = [row["addr"] for row in rows(site)]
            site.post("api/devices/update-meta", {"macs": macs, "groupId": new_id})
            until(lambda: site.get("api/groups")["groups"][-1]["device_count"] == 7, "the new records")
            until(lambda: list(groups_on_air(fleet).values()).count(new_id) >= moved_before_the_kill, "the first nodes")
        finally:
            first.end(signal.SIGKILL)
        assert list(groups_on_air(fleet).values()).count(new_id) < 7, "it was killed too late to prove anything"
        second, site = started(fleet, tmp_path / "data", tmp_path)
        try:
            assert untruthful(site, fleet) == []
            assert {row["groupId"] for row in rows(site)} == {new_id}
            until(lambda: not any(row["group_push_pending"] for row in rows(site)), "every confirmation, unasked")
            assert untruthful(site, fleet) == []
            assert [row["groupId"] for row in rows(site)] == [new_id] * 7
        finally:
            code, errors = second.end(signal.SIGINT)
        assert code == 0, errors
        assert "Traceback" not in errors


def test_drift_that_nobody_noticed_is_mended_when_the_node_says_who_it_is(tmp_path: Path) -> None:
    """A node that restarts while no host runs has lost its group, and the host believes that it has it."""
    with simulated_fleet(home=tmp_path) as fleet:
        until(lambda: booted(fleet), "booted nodes")
        first, site = started(fleet, tmp_path / "data", tmp_path)
        site.post("api/discover", {"newGroupName": "Gates"})
        assert site.finished()["assigned"] == 7
        first.end(signal.SIGKILL)
        lost = next(mac for mac, group in groups_on_air(fleet).items() if group)
        fleet.fault("reboot", lost)
        until(lambda: groups_on_air(fleet)[lost] == 0, "the restart")
        with program(
            "serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address, home=tmp_path
        ) as second:
            site = Site(second.url())
            site.until_ready()
            site.post("api/discover", {"discoveryGroup": 0})
            site.finished()
            until(lambda: groups_on_air(fleet)[lost] == 1, "its group")
            assert untruthful(site, fleet) == []
