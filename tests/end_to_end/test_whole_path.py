"""`racelink serve` and `racelink simulate` as two processes, used over HTTP and judged by the simulated nodes."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.programs import DEADLINE_S, Fleet, Site, program, simulated_fleet, until

EVERYONE = {"kind": "broadcast"}


class Stream:
    """Server-sent events, kept as they come."""

    def __init__(self, url: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self._response = requests.get(url, stream=True, timeout=DEADLINE_S)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def tokens(self) -> set[str]:
        return {token for event, data in self.events if event == "refresh" for token in data["what"]}

    def join(self) -> None:
        self._thread.join(DEADLINE_S)
        self._response.close()

    def _read(self) -> None:
        event = ""
        for line in self._response.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                self.events.append((event, json.loads(line[6:])))


def running(fleet: Fleet) -> list[dict[str, Any]]:
    """Every node with power: one of the fleet is switched off."""
    return [node for node in fleet.nodes() if node["voltage_mv"]]


def booted(fleet: Fleet) -> bool:
    """A node says who it is as soon as it has booted."""
    return len({packet["sender"] for packet in fleet.air() if packet["opcode"] == 1}) >= 7


@pytest.mark.parametrize("more", [pytest.param((), id="pty"), pytest.param(("--tcp", "0"), id="tcp")])
def test_a_fleet_is_found_grouped_lit_darkened_and_located(tmp_path: Path, more: tuple[str, ...]) -> None:
    with simulated_fleet(*more, home=tmp_path) as fleet:
        assert fleet.address.startswith("socket://" if more else "/dev/")
        words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address)
        with program(*words, home=tmp_path) as served:
            site = Site(served.url())
            site.until_ready()
            stream = Stream(f"{site.url}sse")

            site.post("api/discover", {"newGroupName": "Gates"})
            found = site.finished()
            assert (found["found"], found["assigned"]) == (7, 7)
            gates = found["createdGroupId"]
            macs = [device["addr"] for device in site.get("api/devices")["devices"]]
            grouped = {node["mac"] for node in fleet.nodes() if node["group_id"] == gates}
            assert grouped == {mac.replace(":", "") for mac in macs}
            assert {node["master"] for node in fleet.nodes() if node["group_id"] == gates} == {"5A0001"}
            assert {node["group_id"] for node in fleet.nodes() if node["mac"] not in grouped} == {0}

            pit = site.post("api/groups/create", {"name": "Pit wall"})["id"]
            site.post("api/devices/update-meta", {"macs": macs[:2], "groupId": pit})
            assert site.finished()["changed"] == 2
            assert {node["mac"] for node in fleet.nodes() if node["group_id"] == pit} == set(macs[:2])

            preset = site.get("api/rl-presets")["presets"][0]
            params = {"presetId": preset["id"], "brightness": 77}
            result = site.command("rl_preset", target={"kind": "groups", "value": [pit]}, params=params)
            assert result["status"] == "sent"
            until(lambda: {node["mac"] for node in fleet.nodes() if node["brightness"] == 77} == set(macs[:2]), "lamps")
            shown = [node["colors"][0] for node in fleet.nodes() if node["mac"] in macs[:2]]
            assert shown == [preset["params"]["color1"]] * 2

            site.command("blackout", target=EVERYONE)
            until(lambda: not any(node["on"] for node in fleet.nodes() if node["mac"] in grouped), "darkness")

            located = site.command("locate", target={"kind": "device", "value": macs[0]}, seconds=5)
            assert located["packets_sent"] == 1
            until(lambda: fleet.air()[-1]["receiver"] == macs[0][-6:], "the indicator on air")
            assert fleet.air()[-1]["heard_by"]

            until(lambda: {"devices", "groups"} <= stream.tokens(), "the changes in the stream")
            assert {"master", "task", "gateway"} <= {event for event, _ in stream.events}
            code, errors = served.end(signal.SIGTERM)
            assert (code, "Traceback" in errors) == (0, False), errors
            stream.join()
        code, errors = fleet.program.end(signal.SIGINT)
        assert (code, "Traceback" in errors) == (0, False), errors


def test_a_gateway_that_is_unplugged_and_plugged_in_is_seen_on_the_page_and_works_again(tmp_path: Path) -> None:
    with simulated_fleet("--settled", home=tmp_path) as fleet:
        words = ("serve", "--port", "0", "--data", str(tmp_path / "data"), "--gateway", fleet.address)
        with program(*words, home=tmp_path) as served:
            site = Site(served.url())
            site.until_ready()
            fleet.fault("unplug")
            assert fleet.address in until(lambda: site.problem("link_lost"), "the problem")
            fleet.fault("replug")
            site.until_ready()
            assert until(lambda: not site.get("api/master")["problems"], "no problem")
            params = {"mode": 0, "brightness": 33}
            assert site.command("rl_effect", target=EVERYONE, params=params)["status"] == "sent"
            until(lambda: sum(node["brightness"] == 33 for node in fleet.nodes()) == 7, "the lamps")
