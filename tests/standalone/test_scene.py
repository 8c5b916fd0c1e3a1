"""`racelink scene plan`: what scenes send, for files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from racelink_core.standalone import scene

DATA = Path(__file__).parents[1] / "data"
CLUB = str(DATA / "fleets" / "club-8.json")
VENUE = str(DATA / "fleets" / "venue-60.json")


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    scene.add_arguments(parser)
    return scene.run(parser.parse_args(words))


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert run("plan", "--json", *words) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def sample(name: str) -> str:
    return str(next((DATA / "scenes").glob(f"{name}*.json")))


def test_each_scene_is_one_line_with_its_packets_and_sums(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = planned(capsys, "--fleet", CLUB, sample("01"), sample("03"))
    assert (first["key"], second["key"]) == ("race_start_cascade", "emergency_red")
    assert first["operations"][0] == {
        "action": 0,
        "network_id": "default",
        "receiver": "FFFFFF",
        "group_id": 255,
        "opcode": 9,
        "body": "FF020000C800",
        "radio_ms": 46.336,
    }
    assert first["totals"] == {
        "packets": 3,
        "bytes": 53,
        "radio_ms": 144.128,
        "busiest_network_radio_ms": 144.128,
        "wall_clock_ms": 1174.128,
    }
    assert first["degraded"] == first["rewrites"] == []


def test_the_naive_plan_costs_more_and_the_other_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    (naive,) = planned(capsys, "--naive", "--fleet", VENUE, sample("05"))
    (plan,) = planned(capsys, "--fleet", VENUE, sample("05"))
    saved_ms = naive["totals"]["radio_ms"] - plan["totals"]["radio_ms"]
    assert saved_ms == pytest.approx(sum(rewrite["saved_ms"] for rewrite in plan["rewrites"]), abs=0.01)
    assert saved_ms > 800
    assert naive["rewrites"] == []


def test_what_the_fleet_does_not_have_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    actions = [{"kind": "rl_preset", "target": {"kind": "groups", "value": [99]}, "params": {"presetId": 0}}]
    path = tmp_path / "gone.json"
    path.write_text(json.dumps({"actions": actions}))
    (plan,) = planned(capsys, "--fleet", CLUB, str(path))
    assert plan["key"] == "gone"
    assert plan["degraded"] == [{"action": 0, "code": "target_not_found"}]
    assert plan["operations"] == []


def test_without_json_it_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--fleet", CLUB, sample("01")) == 0
    out = capsys.readouterr().out
    assert "race_start_cascade: 3 packets, 53 bytes, 144.1 ms on air" in out
    assert "OFFSET: all groups, 0 ms + group x 200 ms" in out


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "cannot be read"), ("[]", "holds no scene"), ('{"actions": [{"kind": "disco"}]}', "actions.0")],
)
def test_a_file_that_is_no_scene_is_named_and_nothing_is_printed(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scene.json"
    path.write_text(text)
    assert run("plan", "--json", "--fleet", CLUB, sample("01"), str(path)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert path.name in captured.err


def test_a_fleet_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", "--fleet", "nowhere.json", sample("01")) == 2
    assert "nowhere.json" in capsys.readouterr().err
